"""repair_index and rebuild_index: the index is a copy of the rows; here it is made equal to them again."""

from functools import partial

from app.desk import Desk


def repair_index(desk: Desk, clinic_id: str, *, most: int | None = None) -> tuple[int, int]:
    """Compares ids and mends the difference, adding not more than `most`. Returns (added, removed)."""
    return desk.index.repair(clinic_id, partial(wanted, desk, clinic_id), most=most)


def rebuild_index(desk: Desk, clinic_id: str) -> tuple[int, int]:
    """Drops the clinic's vectors and makes them anew. Returns (added, removed)."""
    desk.index.drop(clinic_id)
    return desk.index.repair(clinic_id, partial(wanted, desk, clinic_id))


def wanted(desk: Desk, clinic_id: str) -> dict[str, str]:
    """Chunk id to searchable text of what the index should hold."""
    with desk.database.read() as session:
        return desk.papers.wanted_ids(session, clinic_id)
