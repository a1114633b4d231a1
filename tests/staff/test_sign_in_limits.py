"""What guessing costs: limits that hold over restarts, and that strangers cannot turn against a person."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.bootstrap import build
from app.desk import Desk
from app.errors import NotSignedIn, TooMany
from app.store.tables import SignInAttempt
from app.usecases import passwords, sign_in_throttle
from app.usecases.create_staff import create_staff
from app.usecases.sessions import Client
from app.usecases.sign_in import Credentials, sign_in
from app.usecases.sign_in_throttle import PER_ACCOUNT, PER_ADDRESS, PER_PAIR, attempt, forgive, place_of
from tests.cast import PASSWORD, make_clinic, test_settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOME = "192.0.2.1"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk without a server, at a fixed time."""
    running = build(test_settings(tmp_path))
    yield at(running.desk, NOW)
    running.close()


def at(desk: Desk, moment: datetime) -> Desk:
    return replace(desk, clock=lambda: moment)


def later(desk: Desk, **span: float) -> Desk:
    return at(desk, NOW + timedelta(**span))


def let_in(desk: Desk, email: str, address: str) -> None:
    """As a sign-in that succeeds."""
    staff_id = create_staff(desk, email, "owner", None, PASSWORD).staff_id
    attempt(desk, email, address)
    desk.database.write(lambda session: forgive(desk, session, staff_id, email, address))


def test_tries_count_per_person_and_place_and_are_forgotten_after_a_while(desk: Desk):
    """Passwords could be guessed without end, or a person who mistyped would wait for ever."""
    for minute in range(PER_PAIR):
        attempt(later(desk, minutes=minute), "a@x.example", HOME)
    with pytest.raises(TooMany) as refusal:
        attempt(later(desk, minutes=5), "a@x.example", HOME)
    assert refusal.value.retry_after_s == 10 * 60
    assert "10 minutes" in refusal.value.message
    attempt(later(desk, minutes=5), "a@x.example", "192.0.2.2")
    attempt(later(desk, minutes=5), "b@x.example", HOME)
    attempt(later(desk, minutes=15), "a@x.example", HOME)
    with pytest.raises(TooMany):  # the window slides: of the five, only the first is forgotten
        attempt(later(desk, minutes=15, seconds=1), "a@x.example", HOME)


def test_one_address_cannot_try_many_people(desk: Desk):
    """One common password would be tried on everybody."""
    for number in range(PER_ADDRESS):
        attempt(desk, f"{number}@x.example", HOME)
    with pytest.raises(TooMany):
        attempt(desk, "other@x.example", HOME)


def test_many_addresses_cannot_try_one_person_and_cannot_lock_them_out(desk: Desk):
    """A hired crowd of machines would have no limit; or, with one, it could keep a person from work."""
    let_in(desk, "a@x.example", HOME)
    for number in range(PER_ACCOUNT):
        attempt(desk, "a@x.example", f"198.51.100.{number}")
    with pytest.raises(TooMany):
        attempt(desk, "a@x.example", "203.0.113.9")
    attempt(desk, "a@x.example", HOME)
    far = later(desk, days=31)
    for number in range(PER_ACCOUNT):
        attempt(far, "a@x.example", f"198.51.100.{number}")
    with pytest.raises(TooMany):  # a place that was known long ago is as strange as any other
        attempt(far, "a@x.example", HOME)


def test_who_got_in_is_forgiven_and_the_guesses_of_others_are_not(desk: Desk):
    """A person who mistypes now and then would be locked out; or an attacker's own account would wipe their guesses."""
    staff_id = create_staff(desk, "a@x.example", "owner", None).staff_id
    for _ in range(PER_ADDRESS * 2):
        attempt(desk, "a@x.example", HOME)
        desk.database.write(lambda session: forgive(desk, session, staff_id, "a@x.example", HOME))
    for _ in range(PER_PAIR):
        attempt(desk, "victim@x.example", HOME)
    let_in(desk, "b@x.example", HOME)
    with pytest.raises(TooMany):
        attempt(desk, "victim@x.example", HOME)


def test_restart_gives_nobody_new_tries(tmp_path: Path):
    """Whoever can make the server restart could guess on."""
    first = build(test_settings(tmp_path))
    for _ in range(PER_PAIR):
        attempt(first.desk, "a@x.example", HOME)
    first.close()
    second = build(test_settings(tmp_path))
    try:
        with pytest.raises(TooMany):
            attempt(second.desk, "a@x.example", HOME)
    finally:
        second.close()


def test_tries_at_the_same_moment_are_counted_one_by_one(desk: Desk):
    """Fifty requests at once would all be looked at before the first is counted."""
    outcomes: list[str] = []

    def guess() -> None:
        try:
            attempt(desk, "a@x.example", HOME)
            outcomes.append("looked at")
        except TooMany:
            outcomes.append("refused")

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("looked at") == PER_PAIR


def test_refused_try_hashes_and_writes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """A flood of refused tries would keep the machine busy all the same."""
    for _ in range(PER_PAIR):
        attempt(desk, "a@x.example", HOME)
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("hashed"))
    monkeypatch.setattr(type(desk.database), "write", lambda *_: pytest.fail("wrote"))
    with pytest.raises(TooMany):
        sign_in(desk, Credentials(" A@x.example", "x"), Client("api", HOME))


def test_clock_that_was_set_back_locks_nobody_out(desk: Desk):
    """After a wrong date at start, tries 'from next year' would count until then."""
    for _ in range(PER_PAIR):
        attempt(later(desk, days=365), "a@x.example", HOME)
    attempt(desk, "a@x.example", HOME)


def test_counts_are_cleared_away_and_hold_no_word_that_was_typed(desk: Desk):
    """The table would grow without end; and people type passwords into the wrong field."""
    attempt(desk, "my secret password", HOME)
    with desk.database.read() as session:
        kept = " ".join(str(row.model_dump()) for row in session.exec(select(SignInAttempt)))
    assert kept
    assert "secret" not in kept
    assert HOME not in kept
    attempt(later(desk, days=2), "b@x.example", HOME)
    with desk.database.read() as session:
        assert len(session.exec(select(SignInAttempt)).all()) == 3


def test_wrong_password_of_someone_known_and_of_nobody_count_alike(desk: Desk):
    """The limit itself would tell who works here."""
    clinic = make_clinic(desk, "here", "Here")
    create_staff(desk, "known@x.example", "viewer", clinic, PASSWORD)
    seen = []
    for email in ("known@x.example", "nobody@x.example"):
        answers = []
        for _ in range(PER_PAIR + 1):
            with pytest.raises((NotSignedIn, TooMany)) as refusal:
                sign_in(desk, Credentials(email, "wrong wrong wrong"), Client("api", f"192.0.2.{len(seen) + 7}"))
            answers.append((refusal.value.status, refusal.value.message))
        seen.append(answers)
    assert seen[0] == seen[1]
    assert [status for status, _ in seen[0]] == [401] * PER_PAIR + [429]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_household_has_one_place(address: str, place: str):
    """Every household has 2**64 addresses of the newer kind: each would have its own five tries."""
    assert place_of(address) == place


def test_limits_stay_within_what_is_recommended():
    """NIST SP 800-63B: at most 100 failures in a row."""
    assert PER_PAIR < PER_ADDRESS <= 100
    assert PER_ACCOUNT <= 100
    assert sign_in_throttle.CODES_A_DAY <= 100
