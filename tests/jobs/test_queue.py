"""Claim, lease, finish and fail: work is neither lost nor done by two."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.errors import Operator, Permanent, Transient
from app.jobs import queue
from app.jobs.queue import Claimed, RetryPolicy
from app.store.schema import upgrade
from app.store.session import Database
from app.store.tables import Clinic, Job

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
POLICY = RetryPolicy(base_s=5, cap_s=60, horizon_s=3600, ambiguous_wait_s=90)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with one clinic and one job that is due."""
    made = Database(tmp_path / "x.db", bytes(32))
    upgrade(made.engine)
    made.open()
    made.write(plant)
    yield made
    made.close()


def plant(session: Session) -> None:
    values = {"site_key": "k", "name": "n", "phone": "p", "timezone": "UTC", "coordinator_email": "c@c.example"}
    session.add(Clinic(id="clinic_1", created_at=NOON, **values))
    session.flush()
    queue.enqueue(session, "deliver", {"n": 1}, "clinic_1", NOON)


def claim(database: Database, holder: str = "a", at: datetime = NOON) -> Claimed | None:
    return database.write(lambda s: queue.claim(s, ["deliver"], holder, at, LEASE))


def job(database: Database) -> Job:
    with database.read() as session:
        found = session.exec(select(Job)).one()
        session.expunge(found)
        return found


def test_a_leased_job_is_not_claimed_twice(database: Database) -> None:
    """Two workers at one notice would be two mails."""
    assert claim(database, "a") is not None
    assert claim(database, "b") is None


def test_a_job_whose_worker_died_is_claimed_again(database: Database) -> None:
    """Without it a crash while sending would lose the referral's notice."""
    claim(database, "a")
    again = claim(database, "b", NOON + LEASE)
    assert again is not None
    assert again.attempt == 2


def test_only_the_holder_can_finish(database: Database) -> None:
    """A slow worker whose lease ran out must not mark another's work as done."""
    first = claim(database, "a")
    second = claim(database, "b", NOON + LEASE)
    done: list[str] = []
    assert first is not None
    assert second is not None
    assert not database.write(lambda s: queue.finish(s, first, NOON, lambda _: done.append("first")))
    assert database.write(lambda s: queue.finish(s, second, NOON, lambda _: done.append("second")))
    assert done == ["second"]
    assert job(database).state == "done"


def test_only_the_holder_can_fail(database: Database) -> None:
    """A slow worker's error must not kill a job that another is about to finish."""
    first = claim(database, "a")
    claim(database, "b", NOON + LEASE)
    assert first is not None
    assert database.write(lambda s: queue.fail(s, first, Permanent("no"), NOON, POLICY)) is None
    assert job(database).state == "pending"


@pytest.mark.parametrize(
    ("error", "state"), [(Permanent("no such mailbox"), "dead"), (Operator("wrong password"), "held")]
)
def test_errors_that_retrying_cannot_mend_stop_the_job(database: Database, error, state: str) -> None:
    """Retrying a refused address for three days helps nobody; forgetting it is worse: the state is visible."""
    claimed = claim(database)
    assert claimed is not None
    assert database.write(lambda s: queue.fail(s, claimed, error, NOON, POLICY)) == state
    assert claim(database, at=NOON + timedelta(days=9)) is None
    assert job(database).last_error == error.message


def test_a_transient_error_comes_due_again_until_the_horizon(database: Database) -> None:
    """A mail server that is down delays a notice and never drops it; after the horizon it is shown as dead."""
    claimed = claim(database)
    assert claimed is not None
    assert database.write(lambda s: queue.fail(s, claimed, Transient("down"), NOON, POLICY)) == "pending"
    late = claim(database, at=NOON + timedelta(seconds=POLICY.cap_s))
    assert late is not None
    beyond = NOON + timedelta(seconds=POLICY.horizon_s + 1)
    assert database.write(lambda s: queue.fail(s, late, Transient("down"), beyond, POLICY)) == "dead"


def test_backoff_grows_to_its_cap_and_is_spread() -> None:
    """Without growth a broken server is hammered; without spread all notices come back at the same second."""
    waits = [[POLICY.wait(n, Transient("x"), random.Random(seed)) for seed in range(200)] for n in range(1, 9)]
    assert all(max(group) <= min(60, 5 * 2**n) for n, group in enumerate(waits))
    assert max(waits[0]) > 4 > 1 > min(waits[0])
    assert max(waits[7]) > 50


def test_an_ambiguous_ending_waits_longer_and_retry_after_is_respected() -> None:
    """Sending again at once after a lost reply makes a second copy; ignoring Retry-After gets the clinic blocked."""
    assert POLICY.wait(1, Transient("x", ambiguous=True)) >= 90
    assert POLICY.wait(1, Transient("x", retry_after_s=120)) >= 120


def test_a_new_process_frees_what_the_old_one_held(database: Database) -> None:
    """Without it every crash would delay its notices by a whole lease."""
    claim(database, "a")
    database.write(queue.release_all)
    assert claim(database, "b") is not None


def test_retry_makes_a_dead_job_due_with_a_new_horizon(database: Database) -> None:
    """The button in the inbox must not be in vain because the job is old."""
    claimed = claim(database)
    assert claimed is not None
    database.write(lambda s: queue.fail(s, claimed, Permanent("no"), NOON, POLICY))
    later = NOON + timedelta(days=30)
    database.write(lambda s: queue.retry(s, s.exec(select(Job)).one(), later))
    again = claim(database, at=later)
    assert again is not None
    assert database.write(lambda s: queue.fail(s, again, Transient("down"), later, POLICY)) == "pending"
