"""How often each way to rank passages has the right one first and in five, on the same chunks and questions:

python -m scripts.evals.ranking --data FOLDER     FOLDER keeps the ingested papers for the next run
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from app.desk import Desk
from knowledge.embedders import Vectors, open_embedder
from knowledge.fusion import WORDS_WEIGHT, fuse
from knowledge.retriever import CANDIDATES
from knowledge.words import Words
from scripts.evals.asking import open_desk
from scripts.evals.shelves import Ranked, Shelf, ranked_sets

ROOT = Path(__file__).resolve().parents[2]
PIECE = 500
"""Characters in a chunk of the plainest peer."""

Places = list[int | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What each side found for one question: id to cosine, id to BM25 score, the best hundred of each."""

    dense: Mapping[str, float]
    words: Mapping[str, float]
    covered: float


class Sides:
    """A shelf that can be searched by meaning and by words."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._rows = list(shelf.texts.items())
        self._embedder = open_embedder("minilm")
        self._vectors: Vectors = self._embedder.encode([text for _, text in self._rows])
        self._words = Words()

    def ask(self, question: str) -> Asked:
        cosines = self._vectors @ self._embedder.encode([question])[0]
        best = np.argsort(-cosines, kind="stable")[:CANDIDATES]
        dense = {self._rows[at][0]: float(cosines[at]) for at in best}
        said = self._words.search("shelf", "1", lambda: self._rows, question, CANDIDATES)
        return Asked(dense, dict(said), self._words.covered("shelf", "1", lambda: self._rows, question))


def by_words(asked: Asked) -> list[str]:
    return list(asked.words)


def by_meaning(asked: Asked) -> list[str]:
    return list(asked.dense)


def by_ranks(asked: Asked) -> list[str]:
    """Reciprocal rank fusion with its usual constant."""
    scores: dict[str, float] = {}
    for side in (asked.dense, asked.words):
        for at, key in enumerate(side, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (60 + at)
    return sorted(scores, key=lambda key: (-scores[key], key))


def fixed(weight: float, asked: Asked) -> list[str]:
    return list(fuse(asked.dense, asked.words, weight))


def covering(weight: float, asked: Asked) -> list[str]:
    return list(fuse(asked.dense, asked.words, weight * asked.covered))


FIXED = {f"one weight {weight}": partial(fixed, weight) for weight in (0.1, 0.25, 0.4, 0.5, 0.6)}
COVERING = {f"{weight} x covered": partial(covering, weight) for weight in (0.4, 0.5, 0.75, 0.9, 1.0)}
WAYS: dict[str, Callable[[Asked], list[str]]] = {
    "BM25": by_words, "dense": by_meaning, "reciprocal ranks": by_ranks, **FIXED, **COVERING,
}  # fmt: skip
PRODUCT = f"the product: {WORDS_WEIGHT} x covered, own questions"


def measure(desk: Desk, one: Ranked) -> dict[str, Places]:
    """Way to rank: the place of the right text for each question. The product's ways see the question as the answerer
    widens it, the peers as it was asked."""
    found: dict[str, Places] = {}
    sides = Sides(one.chunks)
    for question, right in one.questions:
        sought = desk.answerer.sought(question)
        asked = sides.ask(sought)
        for name, way in WAYS.items():
            found.setdefault(name, []).append(one.chunks.place(way(asked), right))
        order = [passage.chunk.id for passage in desk.retriever.retrieve(one.clinic.id, sought, limit=CANDIDATES)]
        found.setdefault(PRODUCT, []).append(one.chunks.place(order, right))
    return found | _peers(one)


def _peers(one: Ranked) -> dict[str, Places]:
    """LlamaIndex's default chunks by MiniLM and by BM25, and BM25 over pieces of equal length."""
    from llama_index.core.node_parser import SentenceSplitter

    large = Sides(_cut(one, SentenceSplitter().split_text))
    small = Sides(_cut(one, lambda text: [text[at : at + PIECE] for at in range(0, len(text), PIECE)]))
    peers = {
        "peer: LlamaIndex chunks, dense": (large, by_meaning),
        "peer: LlamaIndex chunks, BM25": (large, by_words),
        f"peer: {PIECE} characters, BM25": (small, by_words),
    }
    return {
        name: [sides.shelf.place(way(sides.ask(question)), right) for question, right in one.questions]
        for name, (sides, way) in peers.items()
    }


def _cut(one: Ranked, cutter: Callable[[str], Sequence[str]]) -> Shelf:
    texts, units = {}, {}
    for whole, text in one.whole.texts.items():
        for at, piece in enumerate(cutter(text)):
            key = f"{whole}#{at}"
            texts[key], units[key] = piece, whole if one.by_unit else key
    return Shelf(texts, units)


def left_out(found: Mapping[str, Mapping[str, Places]], corpora: Mapping[str, str], ways: Sequence[str]) -> str:
    """First / in five, the mean over corpora, each ranked by the way that is best for all the others."""
    shares = {way: _by_corpus(found, corpora, way) for way in ways}
    tested = []
    for corpus in dict.fromkeys(corpora.values()):
        others = {way: [sum(of) for key, of in shares[way].items() if key != corpus] for way in ways}
        tested.append(shares[max(ways, key=lambda way: sum(others[way]))][corpus])
    return " / ".join(f"{sum(side) / len(tested):.3f}" for side in zip(*tested, strict=True))


def _by_corpus(
    found: Mapping[str, Mapping[str, Places]], corpora: Mapping[str, str], way: str
) -> dict[str, tuple[float, float]]:
    pooled: dict[str, Places] = {}
    for name, places in found.items():
        pooled.setdefault(corpora[name], []).extend(places[way])
    return {corpus: (share(places, 1), share(places, 5)) for corpus, places in pooled.items()}


def share(places: Places, within: int) -> float:
    """Of all questions, those whose right text is among the first `within`."""
    return sum(place is not None and place < within for place in places) / max(1, len(places))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="keep the ingested papers here for the next run")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of real papers")
    options = parser.parse_args()
    found, corpora = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        with open_desk(options.data or scratch, scratch, multilingual=False) as asker:
            for one in ranked_sets(asker, ROOT, options.shared):
                found[one.name], corpora[one.name] = measure(asker.desk, one), one.corpus
    out = Console(width=max(120, 40 + 16 * len(found)))
    table = Table("right text first / in five", *found, title="Rankings")
    for way in next(iter(found.values())):
        table.add_row(way, *(f"{share(of[way], 1):.3f} / {share(of[way], 5):.3f}" for of in found.values()))
    out.print(table)
    for name, ways in (("one weight", FIXED), ("x covered", COVERING)):
        out.print(f"{name}, chosen with each corpus left out in turn: {left_out(found, corpora, list(ways))}")


if __name__ == "__main__":
    main()
