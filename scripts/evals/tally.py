"""Outcomes as figures of one line, and the outcomes that were not right as lines to read."""

from collections.abc import Iterator, Sequence

from scripts.evals.asking import Outcome

COLUMNS = (
    "set",
    "answerable",
    "right",
    "wrong",
    "of it false",
    "refused",
    "unanswerable",
    "refused",
    "answered",
    "of it false",
    "R@1",
    "R@5",
    "p50 ms",
    "p95 ms",
    "reading p95",
)


def tally(name: str, results: Sequence[Outcome]) -> list[str]:
    """The cells under COLUMNS."""
    able = [one for one in results if one.question.answerable]
    unable = [one for one in results if not one.question.answerable]
    right, refused = sum(one.right for one in able), sum(one.refused for one in able)
    times = [one.ms for one in results]
    return [
        name,
        *(str(count) for count in (len(able), right, len(able) - right - refused, sum(one.false for one in able))),
        *(str(count) for count in (refused, len(unable), sum(one.refused for one in unable))),
        *(str(count) for count in (sum(not one.refused for one in unable), sum(one.false for one in unable))),
        *(_share(sum(one.rank is not None and one.rank < k for one in able), len(able)) for k in (1, 5)),
        *(f"{value:.1f}" for value in (_at(times, 0.5), _at(times, 0.95))),
        f"{_at([one.reading_ms for one in results], 0.95):.1f}",
    ]


def misses(results: Sequence[Outcome]) -> Iterator[str]:
    """A line for each answerable question not answered rightly and each unanswerable one that was answered."""
    for one in results:
        if not (one.right if one.question.answerable else one.refused):
            verdict = "wrong" if one.question.answerable else "answered"
            verdict = "refused" if one.refused else "false" if one.false else verdict
            wanted = " / ".join(one.question.gold) or one.question.kind
            yield f"{verdict:9}{one.question.text!r}\n    wanted: {wanted!r} (passage {one.rank})"
            if not one.refused:
                yield f"    got:    {one.answer.text!r}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0
