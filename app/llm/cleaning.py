"""What a model's text may not carry into a conversation: halves of characters and control characters, which break
what comes after, and the thoughts that some models write before their reply."""

import re
from collections.abc import Iterable, Iterator

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BEGIN, _END = "<think>", "</think>"


def clean(text: str) -> str:
    """Without control characters and lone surrogates; lines and tabs stay."""
    return _CONTROL.sub("", text)


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Leaves out a <think> block at the beginning, however it is cut into pieces."""
    held, state = "", "looking"
    for piece in pieces:
        if state == "said":
            yield piece
            continue
        held += piece
        if state == "looking":
            start = held.lstrip()
            if start.startswith(_BEGIN):
                state, held = "thinking", start[len(_BEGIN) :]
            elif not _BEGIN.startswith(start):
                state = "said"
                yield held
        if state == "thinking":
            _, end, said = held.partition(_END)
            held = held[-len(_END) :] if not end else ""
            if end:
                state = "said"
                if said.lstrip():
                    yield said.lstrip()
    if state == "looking" and held:
        yield held
