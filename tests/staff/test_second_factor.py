"""The second factor: codes count once and only now, cannot be guessed, and no secret lies open."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select

from app.bootstrap import build
from app.control.commands.demo import with_factors
from app.control.commands.staff import staff_code
from app.desk import Desk
from app.errors import Invalid, Misconfigured, NotFound, NotSignedIn, TooMany
from app.store.crypto import Keys
from app.store.queries.people import Person, person_of
from app.store.second_factors import confirmed, forget, unseal_secret
from app.store.tables import AuditEntry, RecoveryCode, SecondFactor, Staff, StaffSession
from app.usecases import passwords
from app.usecases.change_password import reset_password
from app.usecases.check_code import check_code
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff
from app.usecases.reset_second_factor import reset_second_factor
from app.usecases.sessions import Client, idle_limit, session_id
from app.usecases.set_up_second_factor import (
    begin_set_up,
    confirm_set_up,
    renew_recovery_codes,
    setting_up,
    turn_off,
)
from app.usecases.sign_in import Credentials, finish_sign_in, sign_in
from app.usecases.sign_in_throttle import CODES, CODES_A_DAY
from tests.cast import PASSWORD, Someone, make_clinic, make_person, test_settings

NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
BROWSER = Client("browser", "192.0.2.1", "Firefox on Linux")


@dataclass
class House:
    """A desk whose time a test moves."""

    desk: Desk
    manager: Someone
    viewer: Someone
    now: datetime = NOW

    def code(self, someone: Someone, seconds: float = 0) -> str:
        """What the person's app shows, or showed, or will show."""
        assert someone.totp_secret
        return pyotp.TOTP(someone.totp_secret).at(self.now + timedelta(seconds=seconds))

    def person(self, secret: str) -> Person:
        found = person_of(self.desk.database, session_id(secret), "browser", self.now, idle_limit(self.desk))
        assert found is not None
        return found

    def signed_in(self, someone: Someone) -> Person:
        code = self.code(someone) if someone.totp_secret else None
        return self.person(sign_in(self.desk, Credentials(someone.email, PASSWORD, code), BROWSER).secret)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A manager, who has a second factor from the start, and a viewer, who has none."""
    running = build(test_settings(tmp_path))
    clinic = make_clinic(running.desk, "here", "Here")
    manager = make_person(running.desk, "maya@here.example", "manager", clinic)
    made = House(running.desk, manager, make_person(running.desk, "vera@here.example", "viewer", clinic))
    made.desk = replace(running.desk, clock=lambda: made.now)
    yield made
    running.close()


def rows(desk: Desk, table, *where):
    with desk.database.read() as session:
        return list(session.exec(select(table).where(*where)))


def verbs(desk: Desk, someone: Someone) -> list[str]:
    return [e.verb for e in rows(desk, AuditEntry, AuditEntry.target_id == someone.staff_id)]


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_code_counts_for_one_step_before_and_after(house: House, seconds: int, good: bool):
    """A phone that is slow by seconds could not sign in; or a code read off a screen would work for minutes."""
    code = house.code(house.manager, seconds)
    if good:
        assert check_code(house.desk, house.manager.staff_id, code) == "app"
        return
    with pytest.raises(NotSignedIn) as refusal:
        check_code(house.desk, house.manager.staff_id, code)
    assert refusal.value.code == "wrong_code"


def test_code_counts_once_and_older_ones_not_at_all(house: House):
    """Someone who looks over a shoulder could use the same code right after its owner."""
    old, code, coming = (house.code(house.manager, seconds) for seconds in (-30, 0, 30))
    check_code(house.desk, house.manager.staff_id, code)
    for again in (code, old):
        with pytest.raises(NotSignedIn) as refusal:
            check_code(house.desk, house.manager.staff_id, again)
        assert refusal.value.code == "code_used"
    assert check_code(house.desk, house.manager.staff_id, coming) == "app"


def test_of_two_requests_with_one_code_one_gets_in(house: House):
    """A code caught on its way could be used at the very moment at which its owner uses it."""
    code, outcomes = house.code(house.manager), []
    start = threading.Barrier(8)

    def use() -> None:
        start.wait()
        try:
            sign_in(house.desk, Credentials(house.manager.email, PASSWORD, code), Client("api", "192.0.2.9"))
            outcomes.append("in")
        except (NotSignedIn, TooMany) as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("in") == 1, outcomes


def test_used_code_stays_used_over_a_restart(tmp_path: Path):
    """The memory of used codes would be gone with the process."""
    for expected in ("app", "code_used"):
        running = build(test_settings(tmp_path))
        desk = replace(running.desk, clock=lambda: NOW)
        try:
            if expected == "app":
                made = create_staff(desk, "o@x.example", "owner", None)
                code = pyotp.TOTP(made.totp_secret or "").at(NOW)
                assert check_code(desk, made.staff_id, code) == expected
                continue
            with pytest.raises(NotSignedIn) as refusal:
                check_code(desk, made.staff_id, code)
            assert refusal.value.code == expected
        finally:
            running.close()


def test_codes_cannot_be_guessed_even_with_the_password(house: House):
    """A million codes are few: without a limit a stolen password would be enough after a night."""
    staff_id = house.manager.staff_id
    wrong = str((int(house.code(house.manager)) + 7) % 1_000_000).zfill(6)
    tried, waits = 0, []
    for _ in range(200):
        try:
            check_code(house.desk, staff_id, wrong)
        except TooMany as refusal:
            if tried == CODES:
                with pytest.raises(TooMany):  # the right one too: else trying on would pay
                    check_code(house.desk, staff_id, house.code(house.manager))
            house.now += timedelta(seconds=refusal.retry_after_s)
            waits.append(refusal.retry_after_s)
            if tried == CODES_A_DAY:
                break
        except NotSignedIn:
            tried += 1
    assert tried == CODES_A_DAY
    assert max(waits) > 20 * 3600
    assert check_code(house.desk, staff_id, house.code(house.manager)) == "app"


def test_clocks_of_tests_do_not_move_phones(tmp_path: Path):
    """An install whose clock a test has moved would lock out everyone with an app."""
    running = build(test_settings(tmp_path, clock_offset_s=86_400 * 30))
    try:
        made = create_staff(running.desk, "o@x.example", "owner", None)
        check_code(running.desk, made.staff_id, pyotp.TOTP(made.totp_secret or "").now())
    finally:
        running.close()


def test_secret_is_sealed_for_its_person(house: House):
    """Whoever reads a row could make codes; a row copied to another person would let its
    owner in as them."""
    [factor] = rows(house.desk, SecondFactor)
    secret = house.manager.totp_secret
    assert secret
    assert secret not in factor.sealed_secret
    assert unseal_secret(house.desk.keys, factor) == secret
    stolen = SecondFactor(staff_id=house.viewer.staff_id, sealed_secret=factor.sealed_secret, created_at=NOW)
    broken = SecondFactor(staff_id=factor.staff_id, sealed_secret="no base64!", created_at=NOW)
    other = Keys(b"another install's secret, longer")
    for keys, row in ((house.desk.keys, stolen), (other, factor), (house.desk.keys, broken)):
        with pytest.raises(Misconfigured, match="does not open"):
            unseal_secret(keys, row)


def set_up(house: House, someone: Someone) -> tuple[Person, list[str]]:
    """A person sets their app up, as on the page."""
    person = house.signed_in(someone)
    begin_set_up(house.desk, person, PASSWORD)
    begun = setting_up(house.desk, person)
    assert begun is not None
    code = pyotp.TOTP(begun.secret).at(house.now)
    done = confirm_set_up(house.desk, person, code, BROWSER)
    object.__setattr__(someone, "totp_secret", begun.secret)
    return house.person(done.signed_in.secret), done.recovery_codes


def test_set_up_counts_only_once_a_code_was_right_and_ends_other_sessions(house: House):
    """A person whose app failed would be locked out; a stranger who was in already would stay in."""
    elsewhere = house.signed_in(house.viewer)
    person = house.signed_in(house.viewer)
    begin_set_up(house.desk, person, "")
    with pytest.raises(Invalid):
        confirm_set_up(house.desk, person, "000000", BROWSER)
    assert house.signed_in(house.viewer), "the password alone is still enough"
    begun = setting_up(house.desk, person)
    assert begun is not None
    assert begun.uri.startswith("otpauth://totp/Frontdesk:vera%40here.example?secret=")
    done = confirm_set_up(house.desk, person, pyotp.TOTP(begun.secret).at(house.now), BROWSER)
    assert [row.id for row in rows(house.desk, StaffSession, StaffSession.staff_id == person.staff_id)] == [
        session_id(done.signed_in.secret)
    ]
    assert session_id(done.signed_in.secret) not in (person.session_id, elsewhere.session_id)
    settled = house.person(done.signed_in.secret)
    assert (settled.second_factor, settled.is_settled) == (True, True)
    with pytest.raises(NotSignedIn) as refusal:  # the code that confirmed is used up
        check_code(house.desk, person.staff_id, pyotp.TOTP(begun.secret).at(house.now))
    assert refusal.value.code == "code_used"
    assert {"began_second_factor", "set_up_second_factor", "code_refused"} <= set(verbs(house.desk, house.viewer))


def test_secret_being_set_up_is_shown_to_its_session_only(house: House):
    """Someone with a stolen cookie could read along and keep a working app of their own."""
    person, thief = house.signed_in(house.viewer), house.signed_in(house.viewer)
    begin_set_up(house.desk, person, "")
    assert setting_up(house.desk, person) is not None
    assert setting_up(house.desk, thief) is None
    with pytest.raises(Invalid):
        confirm_set_up(house.desk, thief, "000000", BROWSER)


def test_set_up_asks_for_the_password_unless_it_was_typed_just_now(house: House):
    """At a browser that somebody left open, a passer-by could tie the account to their own phone."""
    person = house.signed_in(house.viewer)
    house.now += timedelta(minutes=16)
    with pytest.raises(Invalid, match="not your password"):
        begin_set_up(house.desk, person, "")
    settled, _ = set_up(house, house.viewer)
    with pytest.raises(Invalid, match="not your password"):
        begin_set_up(house.desk, settled, "wrong")
    assert "password_refused" in verbs(house.desk, house.viewer)


def test_old_app_counts_until_the_new_one_does(house: House):
    """A person who stops half-way would be locked out, or both phones would work for ever."""
    person, _ = set_up(house, house.viewer)
    old = house.viewer.totp_secret
    house.now += timedelta(minutes=1)
    begin_set_up(house.desk, person, PASSWORD)
    check_code(house.desk, person.staff_id, house.code(house.viewer))
    begun = setting_up(house.desk, person)
    assert begun is not None
    house.now += timedelta(minutes=1)
    confirm_set_up(house.desk, person, pyotp.TOTP(begun.secret).at(house.now), BROWSER)
    house.now += timedelta(minutes=1)
    with pytest.raises(NotSignedIn):
        check_code(house.desk, person.staff_id, pyotp.TOTP(old or "").at(house.now))
    assert len(rows(house.desk, SecondFactor, SecondFactor.staff_id == person.staff_id)) == 1


def test_recovery_codes_work_once_each_in_any_spelling(house: House):
    """A person without their phone could not get in, or a code from a printed list would open the account twice."""
    person, codes = set_up(house, house.viewer)
    assert len(set(codes)) == 10
    assert check_code(house.desk, person.staff_id, codes[0]) == "recovery"
    assert check_code(house.desk, person.staff_id, f" {codes[1].upper().replace('-', ' ')} ") == "recovery"
    with pytest.raises(NotSignedIn) as refusal:
        check_code(house.desk, person.staff_id, codes[0])
    assert refusal.value.code == "code_used"
    with pytest.raises(NotSignedIn):  # somebody else's
        check_code(house.desk, house.manager.staff_id, codes[2])
    kept = rows(house.desk, RecoveryCode)
    assert sum(row.used_at is not None for row in kept) == 2
    assert not any(code in str(row.model_dump()) for row in kept for code in codes)
    renewed = renew_recovery_codes(house.desk, person, PASSWORD)
    with pytest.raises(NotSignedIn):
        check_code(house.desk, person.staff_id, codes[3])
    assert check_code(house.desk, person.staff_id, renewed[0]) == "recovery"
    with pytest.raises(Invalid):
        renew_recovery_codes(house.desk, person, "wrong")


def test_of_two_requests_with_one_recovery_code_one_gets_in(house: House):
    """One code off a stolen list would open two sessions."""
    person, codes = set_up(house, house.viewer)
    outcomes = []

    def use() -> None:
        try:
            outcomes.append(check_code(house.desk, person.staff_id, codes[0]))
        except (NotSignedIn, TooMany) as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("recovery") == 1, outcomes


def test_only_who_needs_none_may_turn_it_off(house: House):
    """A manager's stolen password alone would open the clinic again."""
    with pytest.raises(Invalid, match="role needs"):
        turn_off(house.desk, house.signed_in(house.manager), PASSWORD, BROWSER)
    person, _ = set_up(house, house.viewer)
    with pytest.raises(Invalid, match="not your password"):
        turn_off(house.desk, person, "wrong", BROWSER)
    after = house.person(turn_off(house.desk, person, PASSWORD, BROWSER).secret)
    assert (after.has_second_factor, after.second_factor, after.is_settled) == (False, False, True)
    assert not rows(house.desk, RecoveryCode)


def test_reset_gives_a_manager_a_new_secret_at_once_and_a_viewer_none(house: House):
    """Between the reset and the new app the password alone would be enough, for whoever is first."""
    open_session = house.signed_in(house.manager)
    new = reset_second_factor(house.desk, " Maya@here.example ")
    assert new
    assert new != house.manager.totp_secret
    assert not rows(house.desk, StaffSession, StaffSession.id == open_session.session_id)
    house.now += timedelta(minutes=1)
    with pytest.raises(NotSignedIn):
        check_code(house.desk, house.manager.staff_id, house.code(house.manager))
    check_code(house.desk, house.manager.staff_id, pyotp.TOTP(new).at(house.now))
    set_up(house, house.viewer)
    assert reset_second_factor(house.desk, house.viewer.email) is None
    with house.desk.database.read() as session:
        assert confirmed(session, house.viewer.staff_id) is None
    with pytest.raises(NotFound):
        reset_second_factor(house.desk, "nobody@here.example")


def test_coordinator_who_becomes_manager_is_held_back_until_they_set_one_up(house: House):
    """The way round the second factor would be a promotion."""
    session = house.signed_in(house.viewer)
    made = create_staff(house.desk, house.viewer.email, "manager", make_clinic(house.desk, "there", "There"))
    assert (made.password, made.totp_secret) == (None, None)
    assert not rows(house.desk, StaffSession, StaffSession.id == session.session_id), "other rights, another session"
    person = house.signed_in(house.viewer)
    assert (person.must_set_up, person.is_settled) == (True, False)
    settled, _ = set_up(house, house.viewer)
    assert settled.is_settled


def test_half_sign_in_ends_with_a_reset_and_after_ten_minutes(house: House):
    """Someone between password and code could finish after the operator changed the password."""
    half = sign_in(house.desk, Credentials(house.manager.email, PASSWORD), BROWSER)
    assert half.kind == "code"
    found = person_of(house.desk.database, session_id(half.secret), "code", house.now, idle_limit(house.desk))
    assert found is not None
    assert person_of(house.desk.database, session_id(half.secret), "browser", house.now, timedelta(1)) is None
    late = house.now + timedelta(minutes=11)
    assert person_of(house.desk.database, session_id(half.secret), "code", late, timedelta(1)) is None
    reset_password(house.desk, house.manager.email)
    with pytest.raises(NotSignedIn):
        finish_sign_in(house.desk, found, house.code(house.manager), BROWSER)
    assert not rows(house.desk, StaffSession)


def test_disabled_person_loses_sessions_and_secrets_at_once(house: House):
    """Someone who was dismissed could go on, or come back with their app."""
    house.signed_in(house.manager)
    disable_staff(house.desk, house.manager.email)
    assert not rows(house.desk, StaffSession)
    assert not rows(house.desk, SecondFactor)
    house.now += timedelta(minutes=1)
    with pytest.raises(NotSignedIn, match="e-mail or the password"):
        house.signed_in(house.manager)


@pytest.mark.usefixtures("real_passwords")
def test_outdated_hash_is_made_anew_at_the_next_sign_in(house: House):
    """Hashes of an older release would stay as cheap to guess as they were."""
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)

    def weaken(session) -> None:
        staff = session.get(Staff, house.viewer.staff_id)
        staff.password_hash = weak
        session.add(staff)

    house.desk.database.write(weaken)
    house.signed_in(house.viewer)
    [staff] = rows(house.desk, Staff, Staff.id == house.viewer.staff_id)
    assert "m=65536,t=3" in staff.password_hash
    house.signed_in(house.viewer)


def test_sample_people_of_an_older_release_get_their_factor(house: House):
    """After an upgrade nobody could sign in as the sample manager: no key is known."""
    house.desk.database.write(lambda session: forget(session, house.manager.staff_id))
    person = {"email": house.manager.email, "role": "manager", "totp_secret": None}
    clinics = [{"staff": [person, {"email": house.viewer.email, "role": "viewer", "totp_secret": None}]}]
    assert with_factors(house.desk, clinics)
    assert check_code(house.desk, house.manager.staff_id, pyotp.TOTP(person["totp_secret"]).at(house.now)) == "app"
    assert not with_factors(house.desk, clinics)


def test_codes_are_shown_for_sample_people_only(house: House):
    """The command would be a second factor for whoever sits at the server."""
    kept = house.desk.settings.data_dir / "demo.json"
    secret = house.manager.totp_secret
    sample = {"clinics": [{"staff": [{"email": house.manager.email, "totp_secret": secret}]}]}
    with pytest.raises(NotFound):
        staff_code(house.desk, {"email": house.manager.email}, print)
    kept.write_text(json.dumps(sample))
    shown = staff_code(house.desk, {"email": house.manager.email}, print)
    assert (shown["code"], shown["seconds"]) == (house.code(house.manager), 20)
    with pytest.raises(NotFound):
        staff_code(house.desk, {"email": house.viewer.email}, print)
    live = replace(house.desk, settings=house.desk.settings.model_copy(update={"env": "production"}))
    with pytest.raises(Invalid):
        staff_code(live, {"email": house.manager.email}, print)


def test_password_that_changed_while_it_was_checked_opens_nothing(house: House, monkeypatch: pytest.MonkeyPatch):
    """Someone who signs in with the old password at the very moment of a reset would be in after it."""
    checked = passwords.matches

    def meanwhile(*given) -> bool:
        right = checked(*given)
        reset_password(house.desk, house.viewer.email)
        return right

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(NotSignedIn, match="e-mail or the password"):
        house.signed_in(house.viewer)
    assert not rows(house.desk, StaffSession)


def test_no_secret_is_told_by_a_traceback(house: House):
    """What a log or an error report prints of these objects would open the clinic."""
    code = house.code(house.manager)
    given = Credentials(house.manager.email, PASSWORD, code)
    signed_in = sign_in(house.desk, given, BROWSER)
    made = create_staff(house.desk, "new@here.example", "owner", None)
    told = repr((given, signed_in, made, house.person(signed_in.secret)))
    for secret in (PASSWORD, code, signed_in.secret, signed_in.csrf_token, made.password, made.totp_secret):
        assert secret
        assert secret not in told


def test_sessions_that_are_over_are_cleared_away(house: House):
    """The table would grow without end, and keep for years from where people signed in."""
    house.signed_in(house.viewer)
    house.now += timedelta(hours=13)
    person = house.signed_in(house.manager)
    assert [row.id for row in rows(house.desk, StaffSession)] == [person.session_id]
