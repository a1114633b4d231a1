"""Lines of a PDF page as blocks: headings by size, paragraphs by spacing, lists by their bullets."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingestion.blocks import Block, Bullets, Heading, Paragraph
from ingestion.clean import join_lines
from ingestion.loaders.aligned import aligned_tables
from ingestion.loaders.line import Line
from ingestion.loaders.markers import is_lone_marker, marked, starts_label, unmark

_ENOUGH_STEPS = 8
Part = Line | Block


def blocks_of_page(parts: Sequence[Part], body: float, sizes: Sequence[float]) -> Iterator[Block]:
    """The blocks of one page. `sizes` are the heading sizes of the paper, largest first."""
    parts = _merge_markers(aligned_tables(parts, body))
    lines = [part for part in parts if isinstance(part, Line)]
    pitch = _pitch(lines)
    group: list[Line] = []
    for part in parts:
        if not isinstance(part, Line):
            yield from _close(group, sizes)
            group = []
            yield part
        elif group and _goes_on(group, part, pitch, body):
            group.append(part)
        else:
            yield from _close(group, sizes)
            group = [part]
    yield from _close(group, sizes)


def _merge_markers(parts: Sequence[Part]) -> list[Part]:
    """A bullet on a line of its own belongs to the line after it."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Line) and isinstance(last, Line) and is_lone_marker(last.text):
            part.cells = [(last.x0, last.x1, "•"), *part.cells]
            part.x0 = min(part.x0, last.x0)
            merged[-1] = part
        else:
            merged.append(part)
    return merged


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance of neighbouring baselines on the page, in points."""
    steps = [b.bottom - a.bottom for a, b in pairwise(lines) if a.size == b.size]
    steps = [step for step in steps if 0 < step < 60]
    single = 1.3 * median(line.size for line in lines) if lines else 14.0
    if len(steps) < _ENOUGH_STEPS:  # these may all be spaces between paragraphs
        return min([*steps, single])
    return min(median(steps), 2 * min(steps))


def _goes_on(group: Sequence[Line], line: Line, pitch: float, body: float) -> bool:
    """Whether a line continues the paragraph, heading or list item above it."""
    last = group[-1]
    step = line.bottom - last.bottom
    if unmark(line.text) is not None or starts_label(line.text) or abs(line.size - last.size) > 0.6:
        return False
    if step <= 0:
        return not _ended(last.text) and line.text[:1].islower()  # on top of the next column
    near = pitch * 1.3 if abs(line.size - body) < 0.6 else line.size * 1.4
    if step > near or line.bold != last.bold:
        return False
    if unmark(group[0].text) is not None:
        return line.x0 > group[0].x0 + 2 or not _ended(last.text)
    widest = max(member.x1 for member in group)
    ended_early = _ended(last.text) and last.x1 < widest - 0.15 * (widest - last.x0)
    return not ended_early


def _ended(text: str) -> bool:
    return bool(re.search(r"[.!?:][\"”’)\]]*$", text.strip()))


def _close(group: Sequence[Line], sizes: Sequence[float]) -> Iterator[Block]:
    if not group:
        return
    first = group[0]
    item = marked(first.text)
    texts = [line.text for line in group]
    if first.size in sizes and len(" ".join(texts).split()) <= 30:
        yield Heading(sizes.index(first.size) + 1, join_lines(texts), first.page)
    elif item is not None:
        yield Bullets((join_lines([item[1], *texts[1:]]),), first.page, (_words_at(first),), (item[0],))
    elif opening := _bold_question(group):
        yield Paragraph(opening, first.page, bold=True)
        yield Paragraph(_flow(group)[len(opening) :].strip(), first.page)
    else:
        yield Paragraph(_flow(group), first.page, all(line.bold for line in group))


def _words_at(line: Line) -> float:
    """Where the words of a list item begin, after bullets that stand apart from them."""
    return next((x0 for x0, _, text in line.cells if not is_lone_marker(text)), line.x0)


def _bold_question(group: Sequence[Line]) -> str:
    """A question in bold at the beginning of a paragraph whose answer follows on the same line; empty when none."""
    bold = [line for line in group if line.bold]
    if group[0].bold or not group[0].opening or bold:
        return ""
    opening = group[0].text[: group[0].opening].strip()
    return opening if opening.endswith(("?", "？")) and _flow(group).startswith(opening) else ""


def _flow(group: Sequence[Line]) -> str:
    """Wrapped lines joined; a line that stops well short of the margin on purpose keeps its break."""
    widest = max(line.x1 for line in group)
    text = group[0].text
    for before, line in pairwise(group):
        wrapped = before.x1 > before.x0 + 0.6 * (widest - before.x0) or line.text[:1].islower()
        text = join_lines([text, line.text]) if wrapped else f"{text}\n{line.text}"
    return text
