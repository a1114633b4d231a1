"""What rankings are compared on: texts by id, and questions with a test for the right text."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.answering.base import Answer, AnswerKind
from app.store.queries.clinics import ClinicFacts
from scripts.evals.asking import Asker, clinic_of
from scripts.evals.judging import holds
from scripts.evals.sets import Measured, Question, invented_sets, sample_sets, shared_sets

Right = Callable[[str, str], bool]
"""(text, unit) to whether it is what the question asks for."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Texts by id, and by the same id the unit that each counts for: texts of one unit count once."""

    texts: Mapping[str, str]
    units: Mapping[str, str]

    def place(self, order: list[str], right: Right) -> int | None:
        """The place, from 0, of the first right text of `order`."""
        before: set[str] = set()
        for key in order:
            if right(self.texts[key], self.units[key]):
                return len(before)
            before.add(self.units[key])
        return None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A set on the desk's own chunks, and the same text whole, for stacks that cut it otherwise. `by_unit`: pieces of
    one unit of `whole` count once, however it is cut."""

    name: str
    corpus: str
    clinic: ClinicFacts
    chunks: Shelf
    whole: Shelf
    questions: tuple[tuple[str, Right], ...]
    by_unit: bool = False


def ranked_sets(asker: Asker, clone: Path, shared: Path) -> Iterator[Ranked]:
    """The English sets whose papers are there. A right text holds the words of the answer (clinics), is of the right
    passage, also for questions that it does not answer (SQuAD 2), or of the right paper (doc2dial, first turns)."""
    known, _ = shared_sets(shared)
    for one in [
        *sample_sets(clone / "scripts" / "sample_clinics"),
        *invented_sets(clone / "tests/answering/clinics"),
        *known,
    ]:
        if one.name != "squad2" and not one.name.endswith("spanish"):
            asked = tuple((question.text, _holding(question)) for question in one.questions if question.answerable)
            yield _ranked(asker, one, asked)
        elif one.name == "squad2":
            yield _squad(asker, shared / "squad2")
    if (shared / "doc2dial").is_dir():
        yield _dialogues(asker, shared / "doc2dial")


def _ranked(asker: Asker, one: Measured, questions: tuple[tuple[str, Right], ...], *, by_paper: bool = False) -> Ranked:
    clinic, papers = clinic_of(asker, one), asker.desk.papers
    live = papers.passages(clinic.id, [key for key, _ in papers.texts(clinic.id)])
    texts = {key: row[0].searchable() for key, row in live.items()}
    names = {key: row[2] for key, row in live.items()}
    whole: dict[str, str] = {}
    for key in sorted(live, key=lambda key: live[key][0].ordinal):
        whole[names[key]] = f"{whole.get(names[key], '')}\n\n{texts[key]}".strip()
    chunks = Shelf(texts, names if by_paper else {key: key for key in texts})
    return Ranked(
        one.name, one.corpus, clinic, chunks, Shelf(whole, {name: name for name in whole}), questions, by_paper
    )


def _squad(asker: Asker, folder: Path) -> Ranked:
    """Each passage is a paper of its own: a chunk of two passages would be right for either."""
    passages = list(_lines(folder / "passages.jsonl"))
    texts = {f"passage-{at:03}.md": line["text"] for at, line in enumerate(passages)}
    names = {line["passage_id"]: name for line, name in zip(passages, texts, strict=True)}
    asked = tuple((line["question"], _of(names[line["passage_id"]])) for line in _lines(folder / "questions.jsonl"))
    one = Measured("squad2 passages", "squad2 passages", (), (), tuple(texts.items()))
    return _ranked(asker, one, asked, by_paper=True)


def _dialogues(asker: Asker, folder: Path) -> Ranked:
    papers = list(_lines(folder / "documents.jsonl"))
    texts = {f"paper-{at:03}.md": f"# {paper['title']}\n\n{paper['text']}" for at, paper in enumerate(papers)}
    names = {paper["doc_id"]: name for paper, name in zip(papers, texts, strict=True)}
    lines = [line for line in _lines(folder / "questions.jsonl") if not line["history"]]
    asked = tuple((line["question"], _of(names[line["doc_id"]])) for line in lines)
    return _ranked(asker, Measured("doc2dial", "doc2dial", (), (), tuple(texts.items())), asked, by_paper=True)


def _holding(question: Question) -> Right:
    def right(text: str, _unit: str) -> bool:
        return any(holds(Answer(AnswerKind.ANSWER, "", text), gold, cut=False) for gold in question.gold)

    return right


def _of(unit: str) -> Right:
    return lambda _text, found: found == unit


def _lines(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)
