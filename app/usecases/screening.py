"""screening: the red flags in what a patient just typed, with what they typed shortly before. Never stops a turn."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from app.dialogue import emergency
from app.dialogue.emergency import Hit
from app.errors import describe

log = logging.getLogger("frontdesk.turn")


@dataclass(frozen=True, slots=True)
class Screened:
    """The danger that was found, if any; `failed` when the screening broke, so that nobody knows."""

    hit: Hit | None
    failed: bool = False


def kind_of(hit: Hit) -> str:
    """Which fixed text the danger gets: "911", "988" or "urgent"."""
    return "urgent" if hit.level == "urgent" else hit.number


def screened(text: str, earlier: Sequence[str] = ()) -> Screened:
    """The danger that `text` tells of, alone or with `earlier` messages, oldest first. Should the screening break, the
    words are screened alone."""
    for before in dict.fromkeys((tuple(earlier), ())):
        try:
            return Screened(emergency.screen(text, before))
        except Exception as problem:
            log.error("the red flags could not be screened: %s", describe(problem))
    return Screened(None, failed=True)
