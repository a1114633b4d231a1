"""note_restore: after a backup was put in place, its passages are indexed anew and the audit says what happened."""

from app.desk import Desk
from app.store.audit import Actor
from app.store.queries.clinics import all_clinics
from app.usecases.anchor_audit import anchor_restore
from app.usecases.expunge import expunge_again
from app.usecases.repair_index import rebuild_index


def note_restore(desk: Desk, backup_id: str, actor: Actor) -> int:
    """Returns how many passages were indexed. Whoever was expunged since the backup was made goes again. Raises
    KnowledgeError; the next start mends what is missing."""
    anchor_restore(desk, backup_id, actor)
    expunge_again(desk)
    return sum(rebuild_index(desk, clinic.id)[0] for clinic in all_clinics(desk.database))
