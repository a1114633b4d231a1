"""visible_text: what a visitor typed, without characters that nobody sees but that change what a reader sees."""

import re

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls; tab and line breaks stay
    "\xad\u034f\u061c\u180b-\u180e"  # soft hyphen, joiners without a width, marks of direction
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # no width, or they turn the direction of text around
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # notes between the lines, of shorthand and of music
    "\U000e0000-\U000e01ef"  # tags: whole sentences can hide in them
    "]"
)
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_LATIN = "\x00-\u024f\u1e00-\u1eff"
_JOINERS = re.compile(f"(?<=[{_LATIN}])[\u200c\u200d]+|[\u200c\u200d]+(?=[{_LATIN}])|^[\u200c\u200d]+|[\u200c\u200d]+$")
"""Persian, Hindi and emoji are written with joiners; between Latin letters they only hide a word from who searches."""


def visible_text(text: str) -> str:
    """The text with `\\n` as its only line break, and half a surrogate pair (which is no UTF-8) as a mark. In a
    coordinator's mail or terminal the rest could hide or reorder a phone number, and in a sentence an emergency."""
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if text.isascii() and text.isprintable():
        return text
    return _JOINERS.sub("", _UNSEEN.sub("", _BREAKS.sub("\n", text)))
