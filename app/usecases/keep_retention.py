"""keep_retention: what the timetable does, four times a day: nothing stays longer than the settings say."""

import logging

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import DESK
from app.store.scrub import scrub
from app.usecases.expunge import expunge_again
from app.usecases.purge_expired import purge_expired

log = logging.getLogger("frontdesk.retention")


def keep_retention(desk: Desk) -> None:
    """What was expunged and is back with an older copy of the database goes first: it must not be seen."""
    try:
        back = expunge_again(desk)
        if back:
            log.warning("%d expunged conversations had come back with an older database; they are gone again", back)
    except Invalid as forged:
        log.error("the audit's anchor cannot be trusted, run audit verify: %s", forged.message)
    receipt = purge_expired(desk, DESK)
    scrub(desk.database)  # patients delete their chats, too, and an expunge may have met a reader
    for one in receipt["classes"]:
        if one["removed"]:
            log.info("purged %s older than %s: %s", one["class"], one["before"], one["removed"])
