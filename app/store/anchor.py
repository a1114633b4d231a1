"""The audit's anchor: a file beside the database that says how far the chain had come at certain moments.

The chain alone cannot show that its end was cut off, or that all of it was made anew. The anchor can: each line names
an entry and its hash, is sealed by HMAC-SHA256 with a key of this install, and is chained to the line before. Lines are
only ever added, and a copy that is kept elsewhere can be checked against the database, too."""

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from app.errors import Invalid
from app.settings import Settings
from app.store.audit_chain import stamp
from app.store.crypto import Keys

FILE = "audit-anchor.jsonl"
FORMAT = "frontdesk-anchor-1"
TAIL = 256 * 1024
Event = Literal["started", "kept", "stopped", "restored", "expunged"]
_DOOR = threading.Lock()


@dataclass(frozen=True, slots=True)
class Line:
    """The entry `seq` had `hash`. `details`: for `restored` {replaced: the last entry that was known before}; for
    `expunged` {conversations: ids}, so that an older copy of the database cannot bring them back."""

    number: int
    event: str
    at: str
    seq: int
    hash: str
    mac: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Anchor:
    """The lines of one file. `key` has 32 bytes."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self._key = path, key

    def add(self, event: Event, at: datetime, seq: int, entry_hash: str, details: Mapping[str, Any]) -> None:
        """Adds a line, durably. Raises OSError."""
        with _DOOR:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            last = self.last()
            number = last.number + 1 if last else 1
            facts: dict[str, Any] = {"number": number, "event": event, "at": stamp(at), "seq": seq, "hash": entry_hash}
            facts["details"] = dict(details)
            made = json.dumps({**facts, "mac": self._mac(last.mac if last else "", facts)}, separators=(",", ":"))
            with open(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
                torn = file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n"
                file.write((b"\n" if torn else b"") + made.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())

    def last(self) -> Line | None:
        """The newest line; None where there is none."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            found = _parsed(file.read())
        return found[-1] if found else None

    def lines(self) -> tuple[Line, ...]:
        """All lines, oldest first. A line that a crash tore is left out: the chain of the others shows whether
        anything is missing. Raises Invalid that names the first line which is not this install's."""
        found = _parsed(self.path.read_bytes()) if self.path.exists() else []
        before = ""
        for line in found:
            facts = {"number": line.number, "event": line.event, "at": line.at, "seq": line.seq, "hash": line.hash}
            made = self._mac(before, {**facts, "details": dict(line.details)})
            if not hmac.compare_digest(made, line.mac):
                raise Invalid(f"Line {line.number} of the anchor was changed, or a line before it was taken out.")
            before = line.mac
        return tuple(found)

    def _mac(self, before: str, facts: Mapping[str, Any]) -> str:
        text = json.dumps([FORMAT, before, facts], sort_keys=True, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def anchor_path(settings: Settings) -> Path:
    """Where the anchor lies; a backup carries a copy of it."""
    return settings.audit_anchor_path or settings.data_dir / FILE


def anchor_of(settings: Settings, keys: Keys, path: Path | None = None) -> Anchor:
    """The install's anchor, or a copy of it at `path`."""
    return Anchor(path or anchor_path(settings), keys.derive("audit-anchor"))


def in_force(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that the database must agree with. What stood behind the point to which a backup took it back was
    replaced, and the restore is on record in both."""
    kept: list[Line] = []
    for line in lines:
        if line.event == "restored":
            kept = [one for one in kept if one.seq < line.seq]
        kept.append(line)
    return tuple(kept)


def _parsed(data: bytes) -> list[Line]:
    found = []
    for text in data.splitlines():
        try:
            found.append(Line(**json.loads(text)))
        except (ValueError, TypeError):
            continue
    return found
