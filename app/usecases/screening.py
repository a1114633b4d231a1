"""screening: the red flags in what a patient just typed, with what they typed shortly before. Never stops a turn."""

import logging
from collections.abc import Sequence

from app.dialogue import emergency
from app.dialogue.emergency import Hit
from app.errors import describe

log = logging.getLogger("frontdesk.turn")


def screened(text: str, earlier: Sequence[str] = ()) -> Hit | None:
    """The danger that `text` tells of, alone or with `earlier` messages, oldest first. Should the screening itself
    fail, the words are screened alone, and when that fails too the turn goes on without."""
    for before in dict.fromkeys((tuple(earlier), ())):
        try:
            return emergency.screen(text, before)
        except Exception as problem:
            log.error("the red flags could not be screened: %s", describe(problem))
    return None
