"""Reads plain lines as people read them: bullets, numbered steps, underlined titles, wrapped paragraphs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingestion.blocks import Block, Bullets, Heading, Paragraph
from ingestion.clean import join_lines
from ingestion.loaders.markers import is_lone_marker, marked, starts_label
from ingestion.loaders.typed_tables import parts_of_text

_COLUMN = 6.0  # points that one character of a typed indent stands for
_RULE = re.compile(r"^\s*([=\-_*~#])\1{2,}\s*$")


def blocks_of_lines(text: str, page: int | None = None, *, bold: bool = False) -> Iterator[Block]:
    """The blocks of a text whose only structure is its lines; blank lines part paragraphs."""
    for part in parts_of_text(text):
        if isinstance(part, str):
            yield from _blocks_of_text(part, page, bold)
        else:
            yield replace(part, page=page)


def _blocks_of_text(text: str, page: int | None, bold: bool) -> Iterator[Block]:
    group: list[str] = []
    for line in [*_merge_markers(text.splitlines()), ""]:
        if line.strip() and not _RULE.match(line):
            group.append(line)
            continue
        if len(group) == 1 and _RULE.match(line):
            yield Heading(1 if line.strip()[0] == "=" else 2, group[0].strip(), page)
        else:
            yield from _blocks_of_group(group, page, bold)
        group = []


def _merge_markers(lines: Iterable[str]) -> Iterator[str]:
    """Lines with each lone bullet put before the line that follows it."""
    marker = False
    for line in lines:
        if is_lone_marker(line):
            marker = True
        elif line.strip():
            yield f"• {line.strip()}" if marker else line
            marker = False
        elif not marker:
            yield line


def _blocks_of_group(lines: Sequence[str], page: int | None, bold: bool) -> Iterator[Block]:
    """Blocks of neighbouring lines: lists with their continuation lines, and paragraphs between."""
    items: list[tuple[str, float, str]] = []
    loose: list[str] = []
    for line in lines:
        item = marked(line)
        if item is not None:
            yield from _paragraphs(loose, page, bold)
            loose = []
            wide = line.expandtabs(4)
            items.append((item[1], (len(wide) - len(wide.lstrip())) * _COLUMN, item[0]))
        elif items and _continues(line, items[-1][0]):
            items[-1] = (join_lines([items[-1][0], line.strip()]), *items[-1][1:])
        else:
            yield from _bullets(items, page)
            items = []
            loose.append(line)
    yield from _bullets(items, page)
    yield from _paragraphs(loose, page, bold)


def _continues(line: str, item: str) -> bool:
    """Whether a line without a bullet goes on with the item above: it is indented, or starts in mid-sentence."""
    return line.startswith(("  ", "\t")) or (line.strip()[:1].islower() and item[-1] not in ".!?")


def _bullets(items: Sequence[tuple[str, float, str]], page: int | None) -> Iterator[Block]:
    if items:
        yield Bullets((), page).with_entries(items)


def _paragraphs(lines: Sequence[str], page: int | None, bold: bool) -> Iterator[Block]:
    """Paragraphs of lines without a blank between; a "Q:" or "A:" starts a new one."""
    start = 0
    for place in range(1, len(lines) + 1):
        if place == len(lines) or starts_label(lines[place]):
            if lines[start:place]:
                yield Paragraph(flow([line.strip() for line in lines[start:place]]), page, bold)
            start = place


def flow(lines: Sequence[str]) -> str:
    """Wrapped lines joined by spaces; a line that ended early on purpose (an address) keeps its line break."""
    widest = max((len(line) for line in lines), default=0)
    text = ""
    for place, line in enumerate(lines):
        wrapped = place > 0 and len(lines[place - 1]) >= max(40, widest * 0.7)
        text = join_lines([text, line]) if wrapped else f"{text}\n{line}" if text else line
    return text
