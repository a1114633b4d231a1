"""visible_text: what a visitor typed, without characters that nobody sees but that change what a reader sees."""

import re

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters but tab and line break, and those that turn the direction of text around: in a coordinator's mail
or terminal they could hide or reorder a phone number."""


def visible_text(text: str) -> str:
    """The text with `\\n` as its only line break, and half a surrogate pair (which is no UTF-8) as a mark."""
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
