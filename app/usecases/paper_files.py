"""Where the bytes of an uploaded paper lie."""

from pathlib import Path

from app.settings import Settings


def upload_path(settings: Settings, clinic_id: str, version_id: str) -> Path:
    """DATA_DIR/uploads/<clinic_id>/<version_id>; the file's own name is never part of a path."""
    return settings.data_dir / "uploads" / clinic_id / version_id
