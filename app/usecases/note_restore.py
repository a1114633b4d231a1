"""note_restore: after a backup was put in place, its passages are indexed anew and the audit says what happened."""

from app.desk import Desk
from app.store.audit import Actor, record
from app.store.queries.clinics import all_clinics
from app.usecases.repair_index import rebuild_index


def note_restore(desk: Desk, backup_id: str, actor: Actor) -> int:
    """Returns how many passages were indexed. Raises KnowledgeError; the next start mends what is missing."""
    desk.database.write(lambda s: record(s, desk.clock(), actor, "backup_restored", ("backup", backup_id), None))
    return sum(rebuild_index(desk, clinic.id)[0] for clinic in all_clinics(desk.database))
