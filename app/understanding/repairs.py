"""Messages in which somebody takes back their own words: "703-555-0148, no wait, 703-555-0149"."""

import re

_MARK = (
    r"(?:no(?=,\s)|no,? (?:that|it)'?s\b|no,? ?wait|wait,? ?(?:no|sorry)?|hold on|no,? ?sorry|sorry|"
    r"no,? ?i mean[t]?|i mean[t]?|scratch that|"
    r"strike that|make that|correction|"
    r"oops|whoops|or rather|my mistake|my bad|typo|"
    r"actually,? (?:no|make (?:that|it)|let'?s (?:say|do|make it))|no,? ?actually|"
    r"no,? ?perd[oó]n[ea]?|perd[oó]n|perdone|"
    r"(?:the |my )?(?:last|first|final) (?:(?:two|three|four|2|3|4|digit|letter|number)s?\b ?)+(?=(?:is|are|"
    r"should)\b)|no,? ?digo|digo|"
    r"(?:no,? )?(?:quiero|quise) decir|"
    r"mejor dicho|no,? ?espere|espere|corrijo|me equivoqu[eé])\b"
)
_WITHIN = re.compile(
    rf"\s*(?:[,;.!…-]+|\(|\n)\s*(?=(?:(?:oh|ay|uh|um|er|and|y|pero|but)[\s,]+)?{_MARK})", re.IGNORECASE
)
_BARE = re.compile(
    r"\s+(?=(?:no,? ?wait|wait,? ?no|no,? ?sorry|i mean|scratch that|oops|whoops|quiero decir|mejor dicho|"
    r"no,? ?espere)\b)",
    re.IGNORECASE,
)
_LINE = re.compile(rf"\n\s*(?=\*|{_MARK})", re.IGNORECASE)
_TAKES_BACK_A_YES = re.compile(
    r"^\W*(?:(?:oh|ay|uh|um|er|and|but)[\s,]+)?(?:no\b|wait\b|i mean|hold on|espere|actually|digo|quiero decir)",
    re.IGNORECASE,
)
_POLITE = re.compile(r"^\s*(?:sorry|perd[oó]n|perdone)\b\W*(?:for|about|to|i'?m late|por|$)", re.IGNORECASE)


def repaired(text: str) -> list[str]:
    """The message as it was first put, then each change of mind in it; one piece for most messages."""
    pieces: list[str] = []
    for line in _LINE.split(text):
        for part in _WITHIN.split(line):
            pieces += _BARE.split(part)
    joined: list[list[str]] = []
    told = False
    for piece in pieces:
        if joined and (not told or _POLITE.match(piece)):
            joined[-1].append(piece)
        elif piece.strip():
            joined.append([piece])
            told = False
        told = told or _tells(piece)
    return [", ".join(parts) for parts in joined] or [text]


def unsays_a_yes(piece: str) -> bool:
    """True for "wait no, ..." after a yes; "sorry, ..." beside it only adds a change."""
    return bool(_TAKES_BACK_A_YES.match(piece))


def _tells(piece: str) -> bool:
    """True when there is anything in it to be taken back."""
    bare = re.sub(
        rf"(?:{_MARK}|\b(?:oh|no|ok|okay|um|uh|well|hi|hello|hey|so|and|but|ay|y|pero)\b|\W)+",
        "",
        piece,
        flags=re.IGNORECASE,
    )
    return bool(bare)
