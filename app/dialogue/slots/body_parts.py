"""Parts of the body, with their side: "left knee", "lower back"."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

_PAIRED = {"hip": "hips", "knee": "knees", "foot": "feet", "achilles": "achilles", "calf": "calves"}


def body_part(said: str, _context: ParseContext) -> Parsed | Rejected:
    """The parts that are named, with commas between them, each with its side where that is told."""
    named = list(dict.fromkeys(_with_side(hit) for hit in _pattern().finditer(fold(said))))
    told = [name for name in named if not any(other != name and other.endswith(f" {name}") for other in named)]
    return Parsed(", ".join(told)) if told else Rejected("body_part_missing")


def _with_side(hit: re.Match[str]) -> str:
    name = _names()[hit["part"]]
    side = next((side for side in ("left", "right", "both") if hit[side] or hit[f"{side}_after"]), "")
    if side == "both":
        return f"both {_PAIRED.get(name, name + 's')}"
    return f"{side} {name}".strip()


@cache
def _data() -> Mapping[str, Any]:
    return read_yaml("app.dialogue.slots", "body_parts.yaml")


@cache
def _names() -> Mapping[str, str]:
    return {word: name for name, words in _data()["parts"].items() for word in words}


@cache
def _pattern() -> re.Pattern[str]:
    sides = {side: "|".join(re.escape(word) for word in _data()[side]) for side in ("left", "right", "both")}
    before = "|".join(f"(?P<{side}>{words})" for side, words in sides.items())
    after = "|".join(f"(?P<{side}_after>{words})" for side, words in sides.items())
    parts = "|".join(re.escape(word) for word in sorted(_names(), key=len, reverse=True))
    return re.compile(
        rf"\b(?:(?:{before})\.? (?:of )?(?:my |the |mis |las |los )?)?(?P<part>{parts})\b(?: (?:{after})\b)?"
    )
