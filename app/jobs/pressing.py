"""What goes ahead of everything that waits: an emergency, or word that notices do not get through. It counts as due a
day ago at every try, so it neither queues up behind a night's referrals nor gives way to patients (`giving_way`); a
wait of its own is kept in `not_before`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col

from app.store.tables import Job

AHEAD = timedelta(days=1)
MARK = "ahead"
"""In the job's payload, which goes with it over tries, restarts and upgrades."""
PRESSES = col(Job.payload)[MARK].as_boolean().is_(True)
"""As a condition on jobs."""


def place(payload: Mapping[str, Any], when: datetime) -> datetime:
    """The `due_at` of a job that may be tried from `when` on."""
    return when - AHEAD if payload.get(MARK) else when
