"""A figure and its line in the table: what was measured, the bare reference beside it, and whether the goal holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("what", "best", "median", "bare best", "bare median", "times bare", "goal", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """Measurements of one thing in one unit. `times` is a goal against the reference, `most` one in the unit itself;
    both are held by the best run: whatever else runs on the machine can only make a run slower."""

    what: str
    unit: str
    ours: Sequence[float]
    bare: Sequence[float] = ()
    times: float | None = None
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        """Best to best."""
        return min(self.ours) / min(self.bare) if self.bare else None

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.times is not None and self.ratio is not None:
            return self.ratio <= self.times
        return min(self.ours) <= self.most if self.most is not None else None


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * part * 1000) // 1000) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """As Markdown, padded to be read in a terminal."""
    rows = [HEAD, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    ours, bare = ((min(side), median(side)) if side else None for side in (figure.ours, figure.bare))
    shown = [_number(value) for pair in (ours, bare) for value in (pair or (None, None))]
    goal = f"<= {figure.times:g} x" if figure.times else f"<= {figure.most:g}" if figure.most else ""
    verdict = {True: "holds", False: "MISSED", None: ""}[figure.holds]
    ratio = f"{figure.ratio:.2f}" if figure.ratio else ""
    return (f"{figure.what}, {figure.unit}", *shown, ratio, goal, verdict)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.3g}"
