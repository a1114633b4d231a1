"""Answers in a model's words beside the same answers without it: what was shown that no paper says, what was right, how
long it took, and what left the desk."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scripts.evals import model_servers, sweeping
from scripts.evals.asking import Asker
from scripts.evals.model_servers import LIARS, NAMES, missing, served
from scripts.evals.sets import Measured, Question
from scripts.evals.unsupported import OWN, PART, WHOLE, standing, strange
from scripts.evals.wordings import Told, Wordings, guests_at, refused

MOST = 60
SHOWN = ("server", "asked", "worded", "sentences shown", "word for word", "part of a sentence", "own words",
         "figures or names of no paper", "made up by a liar")  # fmt: skip
RIGHT = ("server", "answerable", "right without", "right with", "by the words shown: without", "with",
         "unanswerable", "refused without", "refused with")  # fmt: skip
TIMES = ("server", "worded", "model's first words p50 s", "p95", "first words read p50 s", "p95",
         "whole reply without p50 s", "p95", "with p50 s", "p95")  # fmt: skip
ENDED = ("server", "requests", "model's words alone", "and the quote after them", "the quote alone",
         "of which the call failed")  # fmt: skip
DROPPED = ("server", "why a sentence was not shown", "times")
LEFT = ("server", "patients", "requests that left", "names, numbers or addresses in them")


@dataclass
class Tables:
    """Rows by table, and what a person should read."""

    shown: list[list[str]] = field(default_factory=list)
    right: list[list[str]] = field(default_factory=list)
    times: list[list[str]] = field(default_factory=list)
    ended: list[list[str]] = field(default_factory=list)
    dropped: list[list[str]] = field(default_factory=list)
    left: list[list[str]] = field(default_factory=list)
    to_read: list[str] = field(default_factory=list)

    def add(self, server: str, told: Sequence[Told]) -> None:
        """What became of the questions that were put with one server."""
        self.shown.append([server, *_shown(server, told)])
        self.right.append([server, *_right(told)])
        self.times.append([server, *_times(told)])
        self.ended.append([server, *_ended(told)])
        counted = Counter(why for one in told for why, _ in one.dropped)
        self.dropped += [[server, why, str(count)] for why, count in counted.most_common()]
        self.to_read += [line for one in told for line in _to_read(server, one)]

    def titled(self) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[str]]]]:
        """(title, columns, rows), in the order to read them."""
        yield "In a model's words: what patients were shown", SHOWN, self.shown
        yield "In a model's words: answered right", RIGHT, self.right
        yield "In a model's words: time", TIMES, self.times
        yield "In a model's words: how replies ended", ENDED, self.ended
        yield "In a model's words: sentences not shown", DROPPED, self.dropped
        yield "Made-up patients in what left", LEFT, self.left


def measure(asker: Asker, sets: Sequence[Measured], servers: Sequence[str], most: int, seed: int) -> Tables:
    """Puts a sample of the questions of `sets`, the same to each server; `most` 0 puts all."""
    tables, chosen = Tables(), sample(sets, most, seed)
    for name in servers or NAMES:
        if word := missing(name):
            print(word)
            continue
        with served(name) as url, guests_at(asker, url) as guests:
            wordings = Wordings(asker, guests)
            tables.add(name, [wordings.told(one, question) for one, question in chosen])
            if name not in model_servers.REAL:
                tables.left.append([name, *sweeping.sweep(asker, guests, chosen, seed)])
    return tables


def sample(sets: Sequence[Measured], most: int, seed: int) -> list[tuple[Measured, Question]]:
    """At most `most` questions, the same ones for the same seed, in the order of the sets."""
    every = [(one, question) for one in sets for question in one.questions]
    if not most or most >= len(every):
        return every
    chosen = random.Random(seed).sample(range(len(every)), most)
    return [every[at] for at in sorted(chosen)]


def _shown(server: str, told: Sequence[Told]) -> list[str]:
    said = [(sentence, one.papers) for one in told for sentence in one.said]
    how = Counter(standing(sentence, papers) for sentence, papers in said)
    lies = str(how[PART] + how[OWN]) if server in LIARS else "to read" if how[PART] + how[OWN] else "0"
    counts = (len(told), sum(one.asked for one in told), len(said), how[WHOLE], how[PART], how[OWN])
    return [*map(str, counts), str(sum(bool(strange(*one)) for one in said)), lies]


def _right(told: Sequence[Told]) -> list[str]:
    able = [one for one in told if one.question.answerable]
    unable = [one for one in told if not one.question.answerable]
    counts = [
        len(able),
        sum(one.right(one.plain) for one in able),
        sum(one.right(one.answer) for one in able),
        sum(one.right(one.plain, shown=True) for one in able),
        sum(one.right(one.answer, shown=True) for one in able),
        len(unable),
        sum(refused(one.plain) for one in unable),
        sum(refused(one.answer) for one in unable),
    ]
    return list(map(str, counts))


def _times(told: Sequence[Told]) -> list[str]:
    worded = [one for one in told if one.asked]
    began = [one.model_s for one in worded if one.model_s is not None]
    plain, whole = [one.plain_s for one in worded], [one.plain_s + one.whole_s for one in worded]
    first = [one.first_s for one in worded]
    cells = [f"{at(values, share):.2f}" for values in (began, first, plain, whole) for share in (0.5, 0.95)]
    return [str(len(worded)), *cells]


def at(values: Sequence[float], share: float) -> float:
    """The value below which that share lies; 0 where there are none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _ended(told: Sequence[Told]) -> list[str]:
    asked = [one for one in told if one.asked]
    followed, alone = sum(one.followed for one in asked), sum(not one.said for one in asked)
    failed = sum(bool(one.failure) for one in asked)
    return list(map(str, (len(asked), len(asked) - followed - alone, followed, alone, failed)))


def _to_read(server: str, told: Told) -> Iterator[str]:
    for sentence in told.said:
        how, names = standing(sentence, told.papers), strange(sentence, told.papers)
        if how != WHOLE or names:
            yield f"{server}, {told.set_name}: {told.question.text!r}"
            yield f"    shown ({how}{', in no paper: ' + ' '.join(names) if names else ''}): {sentence!r}"
            yield f"    the desk's own: {told.plain.text!r}"
            yield f"    quotes: {' / '.join(source.quote for source in told.answer.citations)!r}"
    if told.right(told.plain, shown=True) and not told.right(told.answer, shown=True) and told.question.answerable:
        yield f"{server}, {told.set_name}: no longer right by the words shown: {told.question.text!r}"
        yield f"    wanted {told.question.gold!r}, shown {told.answer.text!r}, without {told.plain.text!r}"
