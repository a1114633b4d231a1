"""Web pages: what a visitor reads, without scripts and navigation; around the content only what tells something.
Accordions (details, summary, buttons that open a panel) count as headings, because that is how clinics publish their
questions."""

import re
import warnings
from collections.abc import Iterator
from itertools import pairwise

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.element import Comment, NavigableString

from ingestion.blocks import Block, Bullets, Heading, Loaded, Paragraph
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.html_table import bold_header, cell_rows, has_row_heads, is_layout
from ingestion.loaders.lines import blocks_of_lines
from ingestion.loaders.page_edges import facts, take_feet
from ingestion.loaders.page_furniture import is_furniture
from ingestion.loaders.text import decode
from ingestion.types import ParseLimits, Unreadable
from knowledge.marks import is_mark, raised

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
_LEVEL_POINTS = 18.0
_TITLE_WORDS = 40
_QUESTION_TYPE = re.compile(r"schema\.org/Question\b")
_TITLE_CLASS = re.compile(
    r"(?i)(?:^|[\s_-])(?:accordion|faq|toggle|collapse|panel|question)[\w-]*?[_-]?(?:title|header|heading|trigger|question)\b"
)
_HOLDS_MORE = ["p", "ul", "ol", "table", "details", "dl"]
_MENU = re.compile(
    r"(?i)(?:(?:open|close|toggle|main|site|abrir|cerrar)\s+)*(?:menu|men[uú]|navigation|search|close|cerrar)"
)


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # a page may well begin with an XML declaration
        soup = BeautifulSoup(markup, "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else None
    return Loaded(tuple(_read(soup)), title=title)


def _read(soup: BeautifulSoup) -> Iterator[Block]:
    """The content of a page, then what its header, foot and sides tell, under no heading of the content."""
    feet = take_feet(soup)
    main = soup.find("main")
    root = main if isinstance(main, Tag) and main.get_text(strip=True) else soup.body or soup
    yield from _Reader().read(root)
    rest = [soup.body] if root is main and soup.body else []
    root.extract()
    for part in (*rest, *feet):
        yield from facts(_Reader().read(part))


class _Reader:
    """Walks a page in order. Words that stand loose between block elements gather until the next one begins."""

    def __init__(self) -> None:
        self._loose: list[tuple[str, bool]] = []
        self._level = 0
        self._panels: dict[int, tuple[str, int]] = {}

    def read(self, root: Tag) -> Iterator[Block]:
        """The blocks of everything below `root`."""
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
        elif is_furniture(tag):
            return
        elif name == "sup" and is_mark(tag.get_text(strip=True)):
            self._loose.append((raised(tag.get_text(strip=True)), bold))
        elif name in _INLINE and not _panel_title(tag):
            yield from self._children(tag, bold or name in {"b", "strong"} or _is_bold(tag), depth)
        else:
            yield from self._flush()
            title, level = self._panels.pop(id(tag), ("", 0))
            if not level and _QUESTION_TYPE.search(str(tag.get("itemtype", ""))):
                level = self._level + 1
            if title:
                yield Heading(level, title)
            yield from self._block(name, tag, bold or _is_bold(tag), depth)
            yield from self._flush()
            if level:
                yield Heading(level, "")  # what follows a panel is no part of its answer

    def _block(self, name: str, tag: Tag, bold: bool, depth: int) -> Iterator[Block]:
        if re.fullmatch("h[1-6]", name) or (tag.get("role") == "heading" and str(tag.get("aria-level", "2")).isdigit()):
            self._level = (
                int(name[1]) if name[0] == "h" and name[1:].isdigit() else int(str(tag.get("aria-level", "2")))
            )
            yield Heading(self._level, words(tag))
            if (button := tag.find(None, {"aria-controls": True})) and (panel := self._panel(button)):
                self._panels[id(panel)] = ("", self._level)
        elif name in {"ul", "ol"} and not tag.find(re.compile("^(?:h[1-6]|table|details|dl)$")):
            yield Bullets(()).with_entries(list(_items(tag, 0)))
        elif name == "table" and not is_layout(tag):
            yield from self._table(tag)
        elif name == "details":
            yield from self._details(tag, depth)
        elif name == "dl":
            yield from self._terms(tag, depth)
        elif text := _panel_title(tag):
            if panel := self._panel(tag):
                self._panels[id(panel)] = (text, self._level + 1)
            else:
                yield Heading(self._level + 1, text)
        elif name == "button":
            return
        elif name == "pre":
            yield from blocks_of_lines(tag.get_text())
        else:
            yield from self._children(tag, bold, depth)

    def _panel(self, title: Tag) -> Tag | None:
        """The element further down that a title opens: by its id, or the question that the title is the name of."""
        name = str(title.get("aria-controls") or "")
        found = title.find_next(id=name) if name else None
        return found if isinstance(found, Tag) and found.name not in _INLINE else None

    def _table(self, tag: Tag) -> Iterator[Block]:
        if (caption := tag.find("caption")) and words(caption):
            yield Paragraph(words(caption))
        rows, header_rows = cell_rows(tag, words)
        header_rows = header_rows or (1 if bold_header(tag) else None)
        yield from blocks_of_grid(rows, header_rows=header_rows, row_heads=has_row_heads(tag))

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
        opening, rest = _bold_opening(self._loose)
        if opening:
            self._loose = rest
            yield Paragraph(opening, bold=True)
            yield from self._flush()
            return
        text = re.sub(r" *\n *", "\n", re.sub(" +", " ", "".join(text for text, _ in self._loose))).strip()
        self._loose = []
        if text:
            yield from blocks_of_lines(text, bold=all(bold for _, bold in said))


def _bold_opening(loose: list[tuple[str, bool]]) -> tuple[str, list[tuple[str, bool]]]:
    """(a question in bold that the text begins with, the rest); an empty question when it does not."""
    place = next((at for at, (text, bold) in enumerate(loose) if text.strip() and not bold), len(loose))
    opening = re.sub(r"\s+", " ", "".join(text for text, _ in loose[:place])).strip()
    return (opening, loose[place:]) if place < len(loose) and opening.endswith(("?", "？")) else ("", loose)


def words(tag: Tag) -> str:
    """The text of an element on one line; block elements inside are set apart by a space."""
    parts: list[str] = []
    for node in tag.descendants:
        if isinstance(node, Tag):
            parts.append("" if node.name in _INLINE else " ")
        elif isinstance(node, NavigableString) and not isinstance(node, Comment):
            hidden = any(parent.name in {"script", "style"} for parent in node.parents)
            above = node.parent is not None and node.parent.name == "sup" and is_mark(node.strip())
            parts.append("" if hidden else raised(node.strip()) if above else str(node))
            parts.append(" " if _ends_block(node, tag) else "")
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _ends_block(node: NavigableString, root: Tag) -> bool:
    """Whether a block element ends right after this text."""
    parent = node.parent
    return parent is not None and parent is not root and parent.name not in _INLINE and node.next_sibling is None


def _items(tag: Tag, depth: int) -> Iterator[tuple[str, float, str]]:
    """(words, indent, mark) of each item of a list, each followed by the items nested in it."""
    mark = "1." if tag.name == "ol" else "•"
    for item in tag.find_all("li"):
        if item.find_parent(["ul", "ol"]) is not tag:
            continue
        nested = [inner for inner in item.find_all(["ul", "ol"]) if inner.find_parent("li") is item]
        for inner in nested:
            inner.extract()
        if text := words(item):
            yield text, depth * _LEVEL_POINTS, mark
        for inner in nested:
            yield from _items(inner, depth + 1)


def _is_bold(tag: Tag) -> bool:
    return bool(re.search(r"font-weight:\s*(?:bold|[6-9]00)", str(tag.get("style", "")), re.IGNORECASE))


def _panel_title(tag: Tag) -> str | None:
    """The words of an element that opens a panel of text, or that is marked up as a question; None for any other."""
    name, role = tag.name.lower(), tag.get("role")
    opens = tag.has_attr("aria-expanded") or tag.has_attr("aria-controls")
    button = name == "button" or role in {"button", "tab"}
    asked = tag.get("itemprop") == "name" and tag.find_parent(itemtype=_QUESTION_TYPE) is not None
    classes = " ".join(tag.get_attribute_list("class")) if tag.has_attr("class") else ""
    titled = name in {"div", "p", "span", "a"} and (bool(_TITLE_CLASS.search(classes)) or (opens and not button))
    if not (button or asked or titled) or tag.find(_HOLDS_MORE):
        return None
    text = words(tag)
    long_enough = len(text.split()) > 1 or bool(tag.get("aria-controls")) or asked or titled or role == "tab"
    marked = asked or titled or opens or role == "tab"
    fits = 0 < len(text.split()) <= _TITLE_WORDS
    return text if fits and (text.endswith("?") or (marked and long_enough and not _MENU.fullmatch(text))) else None
