"""What patients sent and what they were told: the memory against which the oracle holds the clinic's side."""

import json
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults.patients import Patient

Way = str
"""contact, talk or form."""


@dataclass
class Sent:
    """One patient's request. `referral_id` and `reference` are what the acknowledgement said."""

    patient: Patient
    way: Way
    tries: int = 0
    acknowledged_at: float | None = None
    referral_id: str | None = None
    reference: str | None = None
    said: list[str] = field(default_factory=list)
    """The patient's messages of a talk."""
    transcript: list[str] | None = None
    """Those messages as the server shows them afterwards; None as long as nobody read them."""


class Journal:
    """Thread-safe; `path` gets one line per acknowledgement, so that a run can be looked into afterwards."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self.sent: list[Sent] = []
        self.answers: Counter[str] = Counter()
        """How tries ended: "201", "503", "cut", "refused"..."""
        self.complaints: list[str] = []
        """Answers that no patient should get."""

    def submitted(self, sent: Sent) -> None:
        """The patient pressed the button."""
        with self._lock:
            self.sent.append(sent)

    def acknowledged(self, sent: Sent, referral_id: str | None, reference: str) -> None:
        """The patient was told that it is saved."""
        with self._lock:
            sent.referral_id, sent.reference, sent.acknowledged_at = referral_id, reference, time.time()
            self._file.write(json.dumps(asdict(sent), ensure_ascii=False) + "\n")
            self._file.flush()

    def answered(self, how: str) -> None:
        """Counts how one try ended."""
        with self._lock:
            self.answers[how] += 1

    def complain(self, what: str) -> None:
        """Notes an answer that no patient should get."""
        with self._lock:
            self.complaints.append(what)

    def done(self) -> list[Sent]:
        """What was acknowledged so far."""
        with self._lock:
            return [one for one in self.sent if one.acknowledged_at is not None]

    def forget_all_but(self, kept: list[Sent]) -> int:
        """After a restore: what came after the backup is not expected any more. Returns how many those were."""
        with self._lock:
            before = len(self.sent)
            self.sent = list(kept)
            return before - len(kept)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
