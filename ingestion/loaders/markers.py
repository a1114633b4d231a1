"""Bullets, numbers and labels that open a line."""

import re

_GLYPHS = "•●○◦▪▫■□◆◇►▸▶➢➤✓✔✦❖∙·‣⁃\uf0b7\uf0a7\uf0d8\uf0fc\uf076\x7f"
_MARKER = re.compile(
    rf"^\s*(?P<mark>(?:(?:[{_GLYPHS}]|\(cid:\d+\))\s*)+|[-*–—+o]\s+|(?:\d{{1,2}}|[a-zA-Z])[.)]\s+|\(\d{{1,2}}\)\s+)"
    r"(?=\S)(?P<words>.+)$"
)
_LONE_MARKER = re.compile(rf"^\s*(?:[{_GLYPHS}]|\(cid:\d+\))\s*$")
_LABEL = re.compile(r"(?i)^\s*(?:q|a|question|answer|pregunta|respuesta)\s*\d{0,3}\s*[:.)]\s*\S")


def unmark(line: str) -> str | None:
    """The words of a list item without its bullet or number; None when the line is no list item."""
    found = marked(line)
    return found[1] if found else None


def marked(line: str) -> tuple[str, str] | None:
    """(bullet or number, words) of a list item; None when the line is no list item."""
    found = None if _LABEL.match(line) else _MARKER.match(line)
    return (found["mark"].strip(), found["words"].strip()) if found else None


def is_lone_marker(line: str) -> bool:
    """A bullet that stands on a line of its own, its words on the next."""
    return bool(_LONE_MARKER.match(line))


def starts_label(line: str) -> bool:
    """Whether a line starts with "Q:" or "A:" (or the words)."""
    return bool(_LABEL.match(line))
