"""The corpus of statements about invented clinics, and what grounding makes of it. `python -m
tests.answering.grounding_corpus [--each]` prints the table: right ones kept, lies shown, by file and kind."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.answering.grounding import Verdict, supported
from knowledge.types import Chunk, ChunkKind, Passage

FOLDER = Path(__file__).parent / "grounding"


@dataclass(frozen=True)
class Case:
    """One sentence; `kind` is "right" or the kind of lie."""

    file: str
    kind: str
    sentence: str
    question: str
    cited: tuple[Passage, ...]

    def verdict(self) -> Verdict:
        return supported(self.sentence, self.cited, self.question)


def cases(*, held_out: bool | None = None) -> list[Case]:
    """All of them, or those whose files were written before or after the rules were done."""
    return [case for path in sorted(FOLDER.glob("*.yaml")) if _wanted(path, held_out) for case in _cases(path)]


def _wanted(path: Path, held_out: bool | None) -> bool:
    return held_out is None or path.name.startswith("held_out_") is held_out


def _cases(path: Path) -> Iterator[Case]:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    passages = {name: _passage(name, each) for name, each in raw["passages"].items()}
    for said in raw["say"]:
        cited = tuple(passages[name] for name in said["cite"])
        for kind, sentences in {"right": said["right"], **said["wrong"]}.items():
            yield from (Case(path.stem, kind, sentence, said["ask"], cited) for sentence in sentences)


def _passage(name: str, each: dict[str, Any]) -> Passage:
    heading, lead = tuple(each["heading"]), each.get("lead", "")
    if "cells" in each:
        cells = tuple((str(head), str(value)) for head, value in each["cells"])
        chunk = Chunk(1, ChunkKind.ROW, " | ".join(value for _, value in cells), heading, 1, lead, cells, name)
    elif "items" in each:
        chunk = Chunk(1, ChunkKind.LIST, "\n".join(each["items"]), heading, 1, lead, (), name)
    else:
        kind = ChunkKind.QUESTION if lead else ChunkKind.PROSE
        chunk = Chunk(1, kind, each["text"], heading, 1, lead, (), name)
    return Passage(chunk, f"doc_{name}", "Papers", None, 0.5)


def table(found: Sequence[Case]) -> str:
    """Shares by kind."""
    all_, shown = Counter(case.kind for case in found), Counter(c.kind for c in found if c.verdict().supported)
    lines = [f"{'right':14} kept  {shown['right']:4} of {all_['right']}"]
    lines += [f"{kind:14} shown {shown[kind]:4} of {all_[kind]}" for kind in sorted(all_) if kind != "right"]
    lies = sum(all_.values()) - all_["right"]
    return "\n".join([*lines, f"{'all lies':14} shown {sum(shown.values()) - shown['right']:4} of {lies}"])


if __name__ == "__main__":
    for held_out in (False, True):
        some = cases(held_out=held_out)
        if not some:
            continue
        print("held out" if held_out else "seen", len(some))
        print(table(some))
        if "--each" in sys.argv:
            for case in some:
                verdict = case.verdict()
                if verdict.supported is (case.kind != "right"):
                    print(f"  {case.kind:10} {case.sentence!r}: {verdict.why} [{case.file}]")
