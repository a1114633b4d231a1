"""The bytes of an uploaded paper, as use cases keep and read them."""

from app.desk import Desk
from app.errors import Permanent
from app.store.crypto import NotOurs
from app.store.session import storage_errors

GONE = "Upload the paper again."


def keep_bytes(desk: Desk, clinic_id: str, version_id: str, data: bytes) -> None:
    """On disk, encrypted, when this returns. Raises Unavailable when the disk fails."""
    with storage_errors():
        desk.uploads.put(clinic_id, version_id, data)


def bytes_of(desk: Desk, clinic_id: str, version_id: str) -> bytes:
    """The paper. Raises Permanent when it is gone or damaged, Unavailable when the disk fails."""
    try:
        with storage_errors():
            return _read(desk, clinic_id, version_id)
    except NotOurs:
        raise Permanent("the uploaded file is damaged", GONE) from None


def _read(desk: Desk, clinic_id: str, version_id: str) -> bytes:
    try:
        return desk.uploads.read(clinic_id, version_id)
    except FileNotFoundError:
        raise Permanent("the uploaded file is gone", GONE) from None
