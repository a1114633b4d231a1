"""Fits the weights of `app/answering/weights.yaml` on the questions of this repository, and shows how they do on
clinics that they were not fitted on: each clinic is left out once, with others."""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.answering.base import Answer, AnswerKind
from app.answering.cosines import Models, Odds
from app.answering.extractive import quoted, understood
from app.answering.fixed import recognise
from app.answering.question import Asked
from app.answering.support import Known, Signs, fitted
from app.answering.terms import read_data_with, shipped
from app.answering.topics import Topics
from app.answering.units import Unit, units
from app.answering.weighing import MOST_COMPARED, MOST_READ, weighable
from app.answering.window import fitting, window
from app.dialogue.language import language_of
from app.usecases.answer_question import PASSAGES, answer_question
from knowledge.types import ChunkKind, Passage
from scripts.evals.asking import Asker, clinic_of, open_desk, outcomes
from scripts.evals.judging import holds, is_right
from scripts.evals.sets import PAIRS, Measured, Question, invented_sets, pair_sets, sample_sets, shared_sets
from scripts.evals.tally import COLUMNS, misses, tally
from scripts.pairs import UNSEEN, clinics

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "app" / "answering" / "weights.yaml"
NAMES = ("bias", *(one.name for one in fields(Signs)))
# Held-out clinics that have been looked at: they measure nothing any more, but may teach.
OPENED = frozenset({"lantern-hill", "mesquite-flats"})
# Units that are weighed for a fit: all by vectors, and twice as many read as at an answer.
EVERY, SEEN = 1000, 2 * MOST_READ
TAKEN = "its passage was taken away"
TAKEN_COUNTS, PAIR_COUNTS = 0.1, 0.5
# Clinics are left out in so many turns.
FOLDS = 5
RIDGE, STEPS, RATE = 0.004, 1500, 0.05
# Signs that are 0 where no vectors are known.
BY_VECTORS = ("about", "passage", "ahead", "question", "topic_shared", "topic_profile", "odds")
FORBIDDING = ("lacks_kind", "kind_apart")
# What a unit lacks never speaks for it. In few cases it would seem to: a gate has let through only the likely ones.
NEVER_FOR = [at for at, name in enumerate(NAMES) if name.startswith("lacks_")]
BOUNDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """A question and the passages that an answer to it may be quoted from."""

    corpus: str
    question: Question
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the signs of every unit that may answer it, a row each, and which of them are right."""

    corpus: str
    question: Question
    signs: Matrix
    right: npt.NDArray[np.bool_]


def main() -> None:
    options = _options()
    opened = [one for one in sample_sets(ROOT / "scripts" / "evals" / "held_out") if one.corpus in OPENED]
    own = [*sample_sets(ROOT / "scripts" / "sample_clinics"), *invented_sets(ROOT / "tests" / "answering" / "clinics")]
    own += opened + pair_sets(clinics(UNSEEN))
    others, _ = shared_sets(options.shared)
    with (
        tempfile.TemporaryDirectory() as temporary,
        open_desk(options.data, Path(temporary), multilingual=False) as asker,
    ):
        found = [one for measured in own for one in _found(asker, measured)]
        unread = [_case(one, _models(asker, _nothing), EVERY, EVERY) for one in found]
        vectors, kept = fit(unread), shipped(WEIGHTS.name)[Known.WORDS]
        words = (
            np.array([kept.get(name, 0.0) for name in NAMES])
            if options.keep_words
            else fit([_without_vectors(case) for case in unread])
        )
        use({Known.VECTORS: vectors})
        reading = _models(asker, asker.desk.index.odds)
        cases = [_case(one, reading, MOST_COMPARED, SEEN) for one in found]
        corpora = list(dict.fromkeys(case.corpus for case in cases))
        for left in (corpora[at::FOLDS] for at in range(FOLDS)):
            weights = fit([case for case in cases if case.corpus not in left])
            for corpus in left:
                _show(f"{corpus}, left out", weights, [case for case in cases if case.corpus == corpus])
            if options.ask:
                both = {Known.VECTORS: vectors, Known.READING: weights}
                _ask(asker, both, [one for one in own if one.corpus in left])
        sets = {Known.READING: fit(cases), Known.VECTORS: vectors, Known.WORDS: words}
        for measured in others:
            there = [
                _case(one, _models(asker, asker.desk.index.odds), MOST_COMPARED, SEEN)
                for one in _found(asker, measured)
            ]
            _show(measured.corpus, sets[Known.READING], there)
    lines = ["# Fitted by `python -m scripts.evals.fitting --write`, never by hand; see docs/answers.md."]
    for which, weights in sets.items():
        lines.append(f"{which}:")
        lines += [f"  {name}: {weight:.2f}" for name, weight in zip(NAMES, weights, strict=True)]
    print("\n".join(lines))
    if options.write:
        WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")


def _ask(asker: Asker, weights: Mapping[Known, Matrix], sets: Sequence[Measured]) -> None:
    """Asks the desk the sets' questions with other weights than the shipped ones, and prints what became of them."""
    use(weights)
    for one in sets:
        found = outcomes(asker, replace(one, questions=tuple(q for q in one.questions if language_of(q.text) == "en")))
        print(*(f"{name} {cell}" for name, cell in zip(COLUMNS, tally(one.name, found), strict=True)), sep="; ")
        print(*misses(found), sep="\n")


def use(weights: Mapping[Known, Matrix]) -> None:
    """Lets this process weigh by `weights` from now on, instead of the shipped ones."""
    sets = {known: dict(zip(NAMES, some.tolist(), strict=True)) for known, some in weights.items()}
    read_data_with(lambda name: shipped(name) | sets if name == WEIGHTS.name else shipped(name))
    fitted.cache_clear()


def _models(asker: Asker, odds: Odds) -> Models:
    return Models(asker.desk.index.likeness, Topics(asker.desk.index.vectors), odds)


def _nothing(_question: str, pieces: Sequence[str]) -> list[float]:
    """The odds of pieces that are not read."""
    return [0.0] * len(pieces)


def _without_vectors(case: Case) -> Case:
    """The case as it is where no cosine is known: what is forbidden is not weighed."""
    free = ~case.signs[:, [NAMES.index(name) for name in FORBIDDING]].any(axis=1)
    signs = case.signs[free]
    signs[:, [NAMES.index(name) for name in BY_VECTORS]] = 0.0
    signs[:, NAMES.index("unlike")] = signs[:, NAMES.index("missing")]
    signs[:, NAMES.index("lacks_essential")] = np.ceil(signs[:, NAMES.index("lacks_essential")])
    return replace(case, signs=signs, right=case.right[free])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="keep the ingested papers here for the next run")
    parser.add_argument("--ask", action="store_true", help="ask the desk each clinic's questions with it left out")
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all own clinics")
    parser.add_argument("--keep-words", action="store_true", help="leave those for words alone as they are")
    parser.add_argument(
        "--shared", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of the real papers"
    )
    return parser.parse_args()


def _found(asker: Asker, measured: Measured) -> list[Found]:
    """The questions of a set that neither a fixed sentence nor the payer rows answer; each answerable one also without
    the passages that answer it, where near ones are rare: then nothing may be said."""
    desk, clinic = asker.desk, clinic_of(asker, measured)
    found = []
    for question in measured.questions:
        if recognise(question.text) or language_of(question.text) != "en":
            continue
        if answer_question(desk, clinic, question.text, "en").payer is not None:
            continue
        passages = desk.retriever.retrieve(clinic.id, desk.answerer.sought(question.text), limit=PASSAGES)
        found.append(Found(measured.corpus, question, passages))
        if question.answerable and not measured.corpus.startswith(PAIRS):
            rest = [one for one in passages if not any(_is_in(gold, one) for gold in question.gold)]
            bare = replace(question, gold=(), polarity="", kind=TAKEN)
            found.append(Found(measured.corpus, bare, rest))
    return found


def _is_in(gold: str, passage: Passage) -> bool:
    text = f"{passage.chunk.searchable()}\n{passage.chunk.text}"
    return holds(Answer(AnswerKind.ANSWER, "", text), gold, cut=False)


def _case(found: Found, models: Models, most_compared: int, most_read: int) -> Case:
    question, passages = found.question, found.passages
    asked, every = understood(question.text, passages), units(passages)
    weighed = weighable(asked, every, models, most_compared=most_compared, most_read=most_read)
    right = [question.answerable and _right(question, [unit]) for unit, _ in weighed]
    if question.answerable and not any(right):
        right = [_right(question, _shown(asked, unit, every)) for unit, _ in weighed]
    rows = [(1.0, *astuple(signs)) for _, signs in weighed]
    matrix = np.array(rows, dtype=np.float64).reshape(len(rows), len(NAMES))
    return Case(found.corpus, question, matrix, np.array(right, dtype=np.bool_))


def _shown(asked: Asked, unit: Unit, every: Sequence[Unit]) -> list[Unit]:
    if unit.passage.chunk.kind is ChunkKind.PROSE:
        return fitting(window(asked, unit, [one for one in every if one.rank == unit.rank]))
    return [unit]


def _right(question: Question, shown: list[Unit]) -> bool:
    text, sources = quoted(shown)
    return is_right(Answer(AnswerKind.ANSWER, question.text, text, tuple(sources)), question)


def fit(cases: Sequence[Case]) -> Matrix:
    """Weights under which, of all units and of saying nothing, the right one is the likeliest."""
    used = [case for case in cases if len(case.signs)]
    rows = np.concatenate([case.signs for case in used])
    right = np.concatenate([case.right for case in used])
    group = np.repeat(np.arange(len(used)), [len(case.signs) for case in used])
    answerable = np.array([case.right.any() for case in used])
    heavy = np.array([_weight(case) for case in used])
    scale = np.maximum(rows.std(axis=0), 1e-6)
    scale[0] = 1.0
    scaled = rows / scale
    weights, first, second = np.zeros(len(NAMES)), np.zeros(len(NAMES)), np.zeros(len(NAMES))
    for step in range(1, STEPS + 1):
        odds = np.exp(np.clip(scaled @ weights, -30, 30))
        total = 1 + np.bincount(group, odds, len(used))
        good = np.where(answerable, np.bincount(group, odds * right, len(used)), 1.0)
        share = odds / total[group] - np.where(right & answerable[group], odds / good[group], 0.0)
        slope = scaled.T @ (share * heavy[group]) / heavy.sum() + RIDGE * np.r_[0.0, weights[1:]]
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        weights = weights - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights[NEVER_FOR] = np.minimum(weights[NEVER_FOR], 0.0)
    return np.asarray(weights / scale)


def _weight(case: Case) -> float:
    """How much a case counts. Clinics of training pairs have four times as many questions, none in a paper's words."""
    return (TAKEN_COUNTS if case.question.kind == TAKEN else 1.0) * (
        PAIR_COUNTS if case.corpus.startswith(PAIRS) else 1.0
    )


def _show(name: str, weights: Matrix, cases: Sequence[Case]) -> None:
    for bound in BOUNDS:
        counts = dict.fromkeys(
            ("right", "wrong", "refused", "kept silent", "spoke", "silent without it", "spoke without it"), 0
        )
        for case in cases:
            odds = np.exp(np.clip(case.signs @ weights, -30, 30)) if len(case.signs) else np.zeros(1)
            best = int(np.argmax(odds))
            speaks = odds[best] / (1 + odds.sum()) >= bound
            if case.question.kind == TAKEN:
                counts["spoke without it" if speaks else "silent without it"] += 1
            elif not case.question.answerable:
                counts["spoke" if speaks else "kept silent"] += 1
            elif not speaks:
                counts["refused"] += 1
            else:
                counts["right" if case.right[best] else "wrong"] += 1
        print(f"{name:32} {bound:.2f} ", *(f"{key} {count:3}" for key, count in counts.items()))


if __name__ == "__main__":
    main()
