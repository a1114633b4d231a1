"""Who may work here, and what guessing costs."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.connection import ASGIConnection
from sqlmodel import select

from app.bootstrap import build
from app.desk import Desk
from app.errors import Invalid, NotFound, NotSignedIn
from app.store.queries.people import has_owner
from app.store.tables import AuditEntry, Membership, Staff
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff
from app.usecases.sessions import Client
from app.usecases.sign_in import Credentials, sign_in
from app.usecases.totp import code_of, step_at
from app.web.address import address_of
from tests.cast import make_clinic, test_settings


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk without a server."""
    running = build(test_settings(tmp_path_factory.mktemp("data")))
    yield running.desk
    running.close()


def test_an_empty_install_has_no_account(tmp_path: Path):
    """A default account is the first thing that strangers try."""
    running = build(test_settings(tmp_path))
    try:
        assert not has_owner(running.desk.database)
        create_staff(running.desk, "olga@install.example", "owner", None, by_link=True)
        assert has_owner(running.desk.database)
        disable_staff(running.desk, "olga@install.example")
        assert not has_owner(running.desk.database)
    finally:
        running.close()


def test_person_of_one_clinic_gets_a_role_in_another_and_keeps_the_password(desk: Desk):
    """Someone who works in two clinics would need two accounts, or lose the first password."""
    north, south = make_clinic(desk, "north", "North"), make_clinic(desk, "south", "South")
    first = create_staff(desk, "Noa@Two.example", "manager", north)
    second = create_staff(desk, "noa@two.example", "viewer", south)
    assert (second.staff_id, second.password) == (first.staff_id, None)
    assert first.password is not None
    assert (first.totp_secret is None, second.totp_secret) == (False, None)
    code = code_of(first.totp_secret or "", step_at(desk.clock()))
    sign_in(desk, Credentials("noa@two.example", first.password, code), Client("api"))
    create_staff(desk, "noa@two.example", "coordinator", south)
    with desk.database.read() as session:
        roles = {
            m.clinic_id: m.role for m in session.exec(select(Membership).where(Membership.staff_id == first.staff_id))
        }
        verbs = [
            e.verb
            for e in session.exec(
                select(AuditEntry).where(AuditEntry.target_id == first.staff_id).order_by(AuditEntry.seq)
            )
        ]
        stored = session.get_one(Staff, first.staff_id).password_hash
    assert roles == {north: "manager", south: "coordinator"}
    assert verbs[0] == "made_manager"
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("email", "role", "clinic", "password", "error"),
    [
        ("nobody", "viewer", "here", None, Invalid),
        ("a@b.example", "boss", "here", None, Invalid),
        ("a@b.example", "viewer", None, None, Invalid),
        ("a@b.example", "owner", "here", None, Invalid),
        ("a@b.example", "viewer", "clinic_gone", None, NotFound),
        ("a@b.example", "viewer", "here", "short", Invalid),
        ("a@b.example", "viewer", "here", "aaaaaaaaaaaaaaaa", Invalid),
        ("a@b.example", "viewer", "here", "xx-a@b.example-xx", Invalid),
        ("a@b.example", "viewer", "here", "x" * 300, Invalid),
    ],
)
def test_wrong_person_is_refused_and_leaves_nothing(desk: Desk, email, role, clinic, password, error):
    """A slip on the command line would make an account that anyone can guess, or one without a clinic."""
    with desk.database.read() as session:
        here = session.exec(select(Membership.clinic_id)).first() or make_clinic(desk, "alone", "Alone")
    with pytest.raises(error):
        create_staff(desk, email, role, here if clinic == "here" else clinic, password)
    with desk.database.read() as session:
        assert session.exec(select(Staff).where(Staff.email == email)).first() is None


@pytest.mark.usefixtures("real_passwords")
def test_unknown_email_costs_the_same_time_as_a_wrong_password(desk: Desk):
    """A stopwatch would tell a stranger who works here. Measured is the processor's time, which other programs on the
    same machine do not stretch."""
    create_staff(desk, "known@time.example", "owner", None)
    took: dict[str, list[float]] = {"known@time.example": [], "unknown@time.example": []}
    for number in range(6):
        for email, times in took.items():
            started = time.process_time()
            with pytest.raises(NotSignedIn):
                sign_in(desk, Credentials(email, "wrong wrong wrong"), Client("api", f"192.0.2.{number}"))
            times.append(time.process_time() - started)
    known, unknown = map(min, took.values())
    assert 1 / 3 < known / unknown < 3  # without the decoy hash it is ten times and more


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, ["203.0.113.9"], "127.0.0.1"),
        (1, ["203.0.113.9"], "203.0.113.9"),
        (1, ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        (1, ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        (2, ["6.6.6.6, 198.51.100.1, 203.0.113.9"], "198.51.100.1"),
        (2, ["203.0.113.9"], "127.0.0.1"),
        (1, [], "127.0.0.1"),
    ],
)
def test_address_believes_only_our_own_proxies(proxies: int, forwarded: list[str], expected: str):
    """Anyone could escape the limits by writing a header, in one line or in several."""
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    connection = ASGIConnection({"type": "http", "headers": headers, "client": ("127.0.0.1", 50_000)})
    assert address_of(connection, proxies) == expected
