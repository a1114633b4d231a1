"""The lines of a PDF page: words with place, size and weight put together in the order the paper was written."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from pdfplumber.page import Page

from ingestion.loaders.line import Line
from knowledge.marks import is_mark, raised

_BOLD = re.compile(r"(?i)bold|black|heavy|semibold|demi|cmbx|sfbx")
_CELL_GAP = 1.2  # in units of the letter size; words of a sentence stand at most half of that apart
Box = tuple[float, float, float, float]


def lines_of_page(page: Page, outside: Sequence[Box], number: int) -> list[Line]:
    """The lines of a page, without words inside the boxes `outside` (tables)."""
    words = page.filter(_once()).extract_words(
        use_text_flow=True, keep_blank_chars=False, x_tolerance_ratio=0.18, extra_attrs=["fontname", "size"]
    )
    words = [word for word in words if not any(_inside(word, box) for box in outside)]
    lines: list[list[dict[str, Any]]] = []
    for word in words:
        if lines and _same_line(lines[-1][-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_line(words, number) for words in lines]


def _once() -> Callable[[dict[str, Any]], bool]:
    """A filter that lets each letter of a place through once: some programs print bold by printing twice.

    pdfplumber's own `dedupe_chars` takes quadratic time, seconds for a full page.
    """
    seen: dict[tuple[str, int, int], list[tuple[float, float]]] = {}

    def first(item: dict[str, Any]) -> bool:
        if item["object_type"] != "char":
            return False
        x, y, near = item["x0"], item["top"], 0.1 * item["size"]
        around = [seen.get((item["text"], int(x) + i, int(y) + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        known = any(abs(x - a) < near and abs(y - b) < near for places in around for a, b in places)
        if not known:
            seen.setdefault((item["text"], int(x), int(y)), []).append((x, y))
        return not known

    return first


def _inside(word: dict[str, Any], box: Box) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _same_line(before: dict[str, Any], word: dict[str, Any]) -> bool:
    size = max(before["size"], word["size"], 1)
    level = abs((before["top"] + before["bottom"]) - (word["top"] + word["bottom"])) / 2 < size * 0.5
    return bool(level and word["x0"] >= before["x1"] - size * 0.5)


def _line(words: list[dict[str, Any]], number: int) -> Line:
    size = median(word["size"] for word in words)
    says = [word for word in words if any(char.isalnum() for char in word["text"])] or words
    opening = _bold_opening(words)
    line = Line(
        x0=words[0]["x0"],
        top=min(word["top"] for word in words),
        x1=words[-1]["x1"],
        bottom=max(word["bottom"] for word in words),
        size=round(size * 2) / 2,
        bold=all(is_bold(word["fontname"]) for word in says),
        page=number,
    )
    for place, word in enumerate(words):
        said = raised(word["text"]) if _is_raised(word, size, line.bottom) else word["text"]
        gap = word["x0"] - line.cells[-1][1] if line.cells else None
        if gap is None or gap > _CELL_GAP * max(size, 1):
            line.cells.append((word["x0"], word["x1"], said))
        else:
            start, _, text = line.cells[-1]
            line.cells[-1] = (start, word["x1"], text + ("" if gap < 0.12 * size else " ") + said)
        if place + 1 == opening:
            line.opening = len(line.text)
    return line


def is_bold(font: str | None) -> bool:
    """Whether a font's name says that it is bold."""
    return bool(_BOLD.search(font or ""))


def _is_raised(word: dict[str, Any], size: float, bottom: float) -> bool:
    """Whether a word is a small mark above the line, as a footnote's number is."""
    small = word["size"] <= 0.8 * size and word["bottom"] <= bottom - 0.15 * size
    return bool(small and len(word["text"]) <= 3 and is_mark(word["text"]))


def _bold_opening(words: Sequence[dict[str, Any]]) -> int:
    """How many first words of a line are bold where the others are not; 0 when all or none are."""
    bold = [is_bold(word["fontname"]) for word in words]
    return bold.index(False) if bold and bold[0] and False in bold else 0


def body_size(lines: Iterable[Line]) -> float:
    """The size in points that most of the text is set in."""
    weight: Counter[float] = Counter()
    for line in lines:
        weight[line.size] += len(line.text)
    return weight.most_common(1)[0][0] if weight else 0.0


def heading_sizes(lines: Iterable[Line], body: float) -> list[float]:
    """The sizes that headings are set in, largest first: clearly larger than the body, on lines that are short."""
    sizes = {line.size for line in lines if line.size >= body * 1.12 and len(line.text.split()) <= 20}
    return sorted(sizes, reverse=True)[:6]
