"""Web pages: what a visitor reads, without scripts, navigation and footers. Accordions (details, summary, buttons that
open a panel) count as headings, because that is how clinics publish their questions."""

import re
from collections.abc import Iterator
from itertools import pairwise

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from ingestion.blocks import Block, Bullets, Heading, Loaded, Paragraph
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.html_table import cell_rows, is_layout
from ingestion.loaders.lines import blocks_of_lines
from ingestion.loaders.text import decode
from ingestion.types import ParseLimits, Unreadable

_NOT_READ = """
script style noscript template nav footer form select option input textarea svg math iframe object embed
canvas audio video picture img head title meta link map dialog
"""
_DROPPED = set(_NOT_READ.split())
_IN_TEXT = """
a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span strike
strong sub sup time tt u var wbr
"""
_INLINE = set(_IN_TEXT.split())
_ROLES = {"navigation", "contentinfo", "search", "menu", "menubar"}
_DEEPEST = 200


def load_html(data: bytes, filename: str, _limits: ParseLimits) -> Loaded:
    """Blocks of a web page. The page's own character set wins over guessing."""
    found = re.search(rb"(?i)<meta[^>]+charset=[\"']?([\w-]+)", data[:4096])
    try:
        markup = data.decode(found[1].decode("ascii")) if found else decode(data)
    except (LookupError, UnicodeDecodeError):
        markup = decode(data)
    try:
        return load_markup(markup)
    except RecursionError as error:
        raise Unreadable(f"{filename!r} is not a readable web page. Please save it as PDF.") from error


def load_markup(markup: str) -> Loaded:
    """Blocks of HTML text; `title` is the page's title."""
    soup = BeautifulSoup(markup, "lxml")
    main = soup.find("main")
    root = main if isinstance(main, Tag) and main.get_text(strip=True) else soup.body or soup
    title = soup.title.get_text(" ", strip=True) if soup.title else None
    return Loaded(tuple(_Reader().read(root)), title=title)


class _Reader:
    """Walks a page in order. Words that stand loose between block elements gather until the next one begins."""

    def __init__(self) -> None:
        self._loose: list[tuple[str, bool]] = []
        self._level = 0

    def read(self, root: Tag) -> Iterator[Block]:
        yield from self._children(root, bold=False, depth=0)
        yield from self._flush()

    def _children(self, parent: Tag, bold: bool, depth: int) -> Iterator[Block]:
        if depth > _DEEPEST:
            self._loose.append((parent.get_text(" "), bold))
            return
        for node in parent.children:
            if isinstance(node, Tag):
                yield from self._tag(node, bold, depth + 1)
            elif isinstance(node, NavigableString) and not isinstance(node, Comment):
                self._loose.append((re.sub(r"\s+", " ", str(node)), bold))

    def _tag(self, tag: Tag, bold: bool, depth: int) -> Iterator[Block]:
        name = tag.name.lower()
        if name in _DROPPED or tag.get("role") in _ROLES:
            return
        if name == "br":
            self._loose.append(("\n", bold))
        elif name in _INLINE:
            yield from self._children(tag, bold or name in {"b", "strong"} or _is_bold(tag), depth)
        else:
            yield from self._flush()
            yield from self._block(name, tag, bold or _is_bold(tag), depth)
            yield from self._flush()

    def _block(self, name: str, tag: Tag, bold: bool, depth: int) -> Iterator[Block]:
        if re.fullmatch("h[1-6]", name) or (tag.get("role") == "heading" and str(tag.get("aria-level", "2")).isdigit()):
            self._level = (
                int(name[1]) if name[0] == "h" and name[1:].isdigit() else int(str(tag.get("aria-level", "2")))
            )
            yield Heading(self._level, words(tag))
        elif name in {"ul", "ol"} and not tag.find(re.compile("^(?:h[1-6]|table|details|dl)$")):
            yield Bullets(tuple(_items(tag)))
        elif name == "table" and not is_layout(tag):
            yield from self._table(tag)
        elif name == "details":
            yield from self._details(tag, depth)
        elif name == "dl":
            yield from self._terms(tag, depth)
        elif name == "button":
            if text := _panel_title(tag):
                yield Heading(self._level + 1, text)
        elif name == "pre":
            yield from blocks_of_lines(tag.get_text())
        else:
            yield from self._children(tag, bold, depth)

    def _table(self, tag: Tag) -> Iterator[Block]:
        if (caption := tag.find("caption")) and words(caption):
            yield Paragraph(words(caption))
        rows, header_rows = cell_rows(tag, words)
        yield from blocks_of_grid(rows, header_rows=header_rows)

    def _details(self, tag: Tag, depth: int) -> Iterator[Block]:
        summary = tag.find("summary")
        if summary is not None:
            yield Heading(self._level + 1, words(summary))
            summary.extract()
        yield from self._children(tag, False, depth)
        yield from self._flush()
        yield Heading(self._level + 1, "")

    def _terms(self, tag: Tag, depth: int) -> Iterator[Block]:
        """A definition list: short pairs are a table without header, longer ones headings with their text."""
        terms = [term for term in tag.find_all(["dt", "dd"]) if term.find_parent("dl") is tag]
        pairs = [(a, b) for a, b in pairwise(terms) if (a.name, b.name) == ("dt", "dd")]
        short = all(len(words(b).split()) <= 25 and not words(a).endswith("?") for a, b in pairs)
        if pairs and short and len(pairs) * 2 == len(terms):
            yield from blocks_of_grid([[words(a), words(b)] for a, b in pairs], header_rows=0)
            return
        for term in terms:
            if term.name == "dt":
                yield Heading(self._level + 1, words(term))
            else:
                yield from self._children(term, False, depth)
                yield from self._flush()
        yield Heading(self._level + 1, "")

    def _flush(self) -> Iterator[Block]:
        """What has gathered, as paragraphs (a list typed with bullets becomes one)."""
        said = [(text, bold) for text, bold in self._loose if text.strip()]
        text = re.sub(r" *\n *", "\n", re.sub(" +", " ", "".join(text for text, _ in self._loose))).strip()
        self._loose = []
        if text:
            yield from blocks_of_lines(text, bold=all(bold for _, bold in said))


def words(tag: Tag) -> str:
    """The text of an element on one line; block elements inside are set apart by a space."""
    parts: list[str] = []
    for node in tag.descendants:
        if isinstance(node, Tag):
            parts.append("" if node.name in _INLINE else " ")
        elif isinstance(node, NavigableString) and not isinstance(node, Comment):
            hidden = any(parent.name in {"script", "style"} for parent in node.parents)
            parts.append("" if hidden else str(node))
            parts.append(" " if _ends_block(node, tag) else "")
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _ends_block(node: NavigableString, root: Tag) -> bool:
    """Whether a block element ends right after this text."""
    parent = node.parent
    return parent is not None and parent is not root and parent.name not in _INLINE and node.next_sibling is None


def _items(tag: Tag) -> Iterator[str]:
    """The items of a list, each followed by the items nested in it."""
    for item in tag.find_all("li"):
        if item.find_parent(["ul", "ol"]) is not tag:
            continue
        nested = [inner for inner in item.find_all(["ul", "ol"]) if inner.find_parent("li") is item]
        for inner in nested:
            inner.extract()
        if text := words(item):
            yield text
        for inner in nested:
            yield from _items(inner)


def _is_bold(tag: Tag) -> bool:
    return bool(re.search(r"font-weight:\s*(?:bold|[6-9]00)", str(tag.get("style", "")), re.IGNORECASE))


def _panel_title(tag: Tag) -> str | None:
    """The words of a button that opens a panel of text; None for any other button."""
    text = words(tag)
    opens = tag.has_attr("aria-expanded") or tag.has_attr("aria-controls")
    return text if text.endswith("?") or (opens and len(text.split()) > 1) else None
