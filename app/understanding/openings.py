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


_ASIDE = re.compile(
    r"[\s,;(-]*\b(?:by the way|btw|before i forget|(?:and |oh )?i (?:almost |just )?(?:forgot|remembered) to (?:say|"
    r"mention|tell you|add|"
    r"give you|put)(?: that)?|(?:oh,? )?just so you know|fyi|for the record|por cierto|antes de que se me olvide|"
    r"se me (?:olvidaba|"
    r"olvid[oó]) (?:decir(?:le|les)?|mencionar)(?: que)?)\b[\s,;:)-]*",
    re.IGNORECASE,
)


def asides_removed(text: str) -> str:
    """The text without "by the way" and the like, which say nothing about any field; the text where nothing else is."""
    left = _ASIDE.sub(lambda hit: ", " if hit.start() and hit.end() < len(text) else "", text)
    return left if re.search(r"\w", left) else text


def opening_removed(text: str) -> str:
    """The text without "no, sorry, I meant"."""
    return _OPENING.sub("", text, count=1).strip(" ,.!?;:-*")
