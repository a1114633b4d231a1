"""The words with which a correction begins: "no, sorry, I meant"."""

import re

_OPENING = re.compile(
    r"^(?:\*+\s*|(?:no|nope|sorry|wait|hold on|actually|oops|whoops|oh|correction|i meant(?: to (?:say|type|write|"
    r"put))?|i mean|"
    r"scratch that|strike that|my mistake|my bad|typo|yes|but|and|well|please|um|uh|hmm|on second thought|"
    r"i changed my mind|i said|that should (?:be|say|read)|this should be|"
    r"it should (?:be|say|read)|it'?s|it is|that'?s|make (?:it|that)|change (?:it|that) to|let'?s (?:do|"
    r"say|make it)|better(?: use)?|use|should be|rather|instead|perd[oó]n|perdone|disculpe|mejor|"
    r"en realidad|quise decir|quise poner|"
    r"quiero decir|corrijo|digo|mejor dicho|correcci[oó]n|me equivoqu[eé]|espere|es|wrong)\b[\s,.:;!-]*)+",
    re.IGNORECASE,
)


def opening_removed(text: str) -> str:
    """The text without "no, sorry, I meant"."""
    return _OPENING.sub("", text, count=1).strip(" ,.!?;:-*")
