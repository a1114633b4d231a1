"""One line with the places of its words, whether a PDF sets it in points or a text in characters."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """One line. `cells` are its stretches of words, each with the x where it starts and ends: more than one where wide
    gaps part them. Coordinates are points from the top left. `opening` is how many characters at its beginning are
    bold where the rest is not."""

    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool
    page: int
    cells: list[tuple[float, float, str]] = field(default_factory=list)
    opening: int = 0

    @property
    def text(self) -> str:
        """The words of the line."""
        return " ".join(text for _, _, text in self.cells)
