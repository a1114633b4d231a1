"""What a web page tells around its content: where the clinic is, when it is open, how it is reached. The rest of its
head and foot (menus, copyright, slogans) stands on every page and tells nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bs4 import BeautifulSoup, Tag

from ingestion.blocks import Block, Bullets, Heading, Paragraph, Table
from ingestion.loaders.page_furniture import is_furniture, names

_FEET = frozenset({"footer", "sitefooter"})
_DAY = r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|lun|mar|mi[eé]|jue|vie|s[aá]b|dom)"
_FULL_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekdays?|weekends?|lunes|martes|mi[eé]rcoles|jueves|viernes|"
    r"s[aá]bados?|domingos?"
)
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|highway|hwy|parkway|pkwy|court|ct|suite|ste|"
    r"square|plaza|way|alley|circle|cir|terrace|place|pl|calle|avenida)"
)
_FACT = re.compile(
    rf"""\(?\b\d{{3}}\)?[-.\s]{{1,2}}\d{{3}}[-.\s]\d{{4}}\b              # a telephone number
    | \b[\w.+-]+@[\w-]+(?:\.[\w-]+)+                                   # an e-mail address
    | \b\d{{1,2}}(?::\d\d)?\s*[ap]\.?m\b | \b\d{{1,2}}:\d\d\b          # a time of day
    | \b{_DAY}\b\.?\s*(?:[-–—&,:/]|to|through|a|y)\s*(?:\d|\b{_DAY}\b|closed|cerrado)
    | \b(?:{_FULL_DAY})\b
    | \b\d+\w?\s+(?:[\w.'-]+\s+){{1,4}}?{_STREET}\b                    # a street with its number
    | \b[A-Z]{{2}}\s+\d{{5}}\b                                         # state and ZIP code""",
    re.IGNORECASE | re.VERBOSE,
)
_NOTHING = re.compile(
    r"©|\(c\)\s*\d{4}|copyright|all rights reserved|derechos reservados|privacy|privacidad|terms of|t[eé]rminos|"
    r"cookie|powered by|(?:web ?)?site (?:by|design|map)|designed by",
    re.IGNORECASE,
)
_PIECES = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|\s+[|·•]\s+")


def take_feet(soup: BeautifulSoup) -> list[Tag]:
    """The feet of a page, outermost only, taken out of it. A long section that is only named so stays."""
    feet = [tag for tag in soup.find_all(_is_foot) if tag.find_parent(_is_foot) is None]
    return [foot.extract() for foot in feet]


def _is_foot(tag: Tag) -> bool:
    if tag.name in {"html", "body", "main", "article"}:
        return False
    named = not names(tag).isdisjoint(_FEET)
    return tag.name == "footer" or tag.get("role") == "contentinfo" or (named and is_furniture(tag))


def facts(blocks: Iterable[Block]) -> Iterator[Block]:
    """Those of `blocks`, a part of a page, that tell how, where or when to reach the clinic, each heading with what
    follows it; in a section of their own."""
    heading: Heading | None = Heading(1, "")
    for block in blocks:
        if isinstance(block, Heading):
            heading = replace(block, level=1)
        elif kept := _kept(block):
            if heading is not None:
                yield heading
            heading = None
            yield kept


def _kept(block: Block) -> Block | None:
    if isinstance(block, Bullets):
        entries = [entry for entry in block.entries if _FACT.search(entry[0]) and not _NOTHING.search(entry[0])]
        return block.with_entries(entries) if entries else None
    if isinstance(block, Table):
        return block if any(_FACT.search(cell) for row in block.rows for cell in row) else None
    if isinstance(block, Paragraph) and _FACT.search(block.text):
        lines = (" ".join(filter(_tells, _PIECES.split(line))) for line in block.text.split("\n"))
        text = "\n".join(filter(None, lines))
        return replace(block, text=text) if _FACT.search(text) else None
    return None


def _tells(piece: str) -> bool:
    return bool(piece.strip()) and not _NOTHING.search(piece)
