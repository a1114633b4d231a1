"""A yes to the rest of what was read back, beside a change: "looks good except the phone", "the rest is right"."""

import re

from app.dialogue.slots.fold import fold
from app.understanding.agreeing import is_yes
from app.understanding.replies import bare

_LONGEST = 120
"""Characters in which a yes comes to its "but"."""
_REST = re.compile(
    r"^(?:but |and |the |y )*(?:otherwise|other than that|apart from that|aside from that|besides that|"
    r"except for that|rest|everything else|"
    r"all else|all the rest|other things?|others|lo demas|todo lo demas|el resto|por lo demas)\b[\s,:]*(?:(?:it|"
    r"that|is|are|was|looks?|seems?|"
    r"sounds?|all|'s|everything|todo|esta|estan|se ve|es)\b\s*)*(?P<word>.*)$"
)
_BUT = re.compile(
    r"[\s,.!;-]*\b(?:(?:but|except|only|however|though|just|apart from|other than|besides|aside from|pero|"
    r"excepto|salvo|menos|solo)\b(?: (?:for|that|not|que|por))?)[\s,:]*"
)
_EXCEPTS = re.compile(r"\b(?:not|except|other than|besides|apart from|aside from|excepto|salvo|menos)\b")
_CLOSES = re.compile(r"[\s,]+(?:any ?more|any longer|though|please)\W*$", re.IGNORECASE)
_CLOSING = (
    re.compile(
        r"[\s,.;-]+(?:(?:and|then|y|entonces|luego|after that|with that)[\s,]+)+(?:(?:please|you can|just|go ahead and|"
        r"por favor|puede)\s+)*(?P<yes>[^,;.]{1,40})$"
    ),
    re.compile(r"\s*[,.;]+\s*(?P<yes>[^,;.]{1,30})$"),
)


def agreed_but(text: str) -> tuple[str, bool] | None:
    """What follows "yes, but", "everything is right except", and whether those words except it; None for a text that
    does not begin so. Such a yes agrees to the rest alone."""
    folded = fold(text)
    hits = _BUT.finditer(folded, 0, _LONGEST) if len(folded) == len(text) else ()
    hit = next((hit for hit in hits if is_yes(text[: hit.start()])), None)
    if hit is None:
        return None
    return _CLOSES.sub("", text[hit.end() :]).strip(" ,.!;:-"), bool(_EXCEPTS.search(hit[0]))


def rest_is_right(text: str) -> bool:
    """True for "otherwise all good", "the rest is right": a yes to what was not changed."""
    hit = _REST.match(bare(text))
    return hit is not None and (not hit["word"].strip() or is_yes(hit["word"]))


def closing_yes(text: str) -> str | None:
    """The text before a yes that closes it ("phone is 571-555-0111, then send it"); None when none does."""
    for form in _CLOSING:
        if (hit := form.search(text)) is None:
            continue
        head = text[: hit.start()].strip(" ,;.")
        if head and (is_yes(hit["yes"]) or rest_is_right(hit["yes"])):
            return head
    return None
