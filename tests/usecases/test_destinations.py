"""Where word of a lead goes: every destination of the clinic, once each, and nowhere that was removed meanwhile."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app.bootstrap import Running
from app.store.audit import COMMAND
from app.store.tables import AuditEntry, Destination, Lead, Notice
from app.usecases.change_clinic import change_clinic
from app.usecases.submit_contact import submit_contact
from tests.desk import Talk, desk_at_rest, make_clinic

SLOTS = {"patient_name": "Rosa Delgado", "contact": "212-555-0143", "reason": "a torn meniscus"}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with desk_at_rest(tmp_path) as made:
        yield made


@pytest.fixture
def talk(running: Running) -> Talk:
    return Talk(running, make_clinic(running))


def submit(talk: Talk) -> str:
    """A referral's id."""
    desk, conversation = talk.running.desk, talk.opened.conversation_id
    return str(submit_contact(desk, talk.clinic, conversation, "contact-0001", "referral", SLOTS)["referral_id"])


def add(talk: Talk, address: str, **changes: Any) -> str:
    """A destination's row. Returns its id."""
    row = Destination(
        **{"clinic_id": talk.clinic.id, "channel": "email", "address": address, "created_at": talk.running.desk.clock()}
        | changes
    )

    def work(session: Session) -> str:
        session.add(row)
        return row.id

    return talk.running.desk.database.write(work)


def notices(talk: Talk) -> list[Notice]:
    with talk.running.desk.database.read() as session:
        return list(session.exec(select(Notice).where(Notice.clinic_id == talk.clinic.id).order_by(Notice.destination)))


def change(talk: Talk, address: str, **values: Any) -> None:
    def work(session: Session) -> None:
        row = session.exec(select(Destination).where(Destination.address == address)).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)

    talk.running.desk.database.write(work)


def send_all(talk: Talk) -> list[str]:
    """The addresses of the mails in the folder."""
    talk.running.worker.drain(["deliver"])
    mails = [path.read_text() for path in (talk.running.desk.settings.data_dir / "mail").glob("*.eml")]
    return sorted(line[4:] for mail in mails for line in mail.splitlines() if line.startswith("To: "))


def test_every_destination_hears_of_a_lead_once(talk: Talk) -> None:
    """A second mailbox or an integration would hear nothing, or the first one twice."""
    add(talk, "second@maple.example")
    add(talk, "named-only@maple.example", hears_all=False)
    add(talk, "gone@maple.example", active=False)
    submit(talk)
    assert send_all(talk) == ["front@maple.example", "second@maple.example"]
    assert [(one.destination, one.number, one.state) for one in notices(talk)] == [
        ("front@maple.example", 1, "written"),
        ("second@maple.example", 1, "written"),
    ]


def test_what_was_queued_for_a_removed_destination_is_not_sent(talk: Talk) -> None:
    """A mailbox that the clinic took out, perhaps because somebody left, would still get a patient's data."""
    add(talk, "second@maple.example")
    submit(talk)
    change(talk, "second@maple.example", active=False)
    assert send_all(talk) == ["front@maple.example"]
    kept, stopped = notices(talk)
    assert (kept.state, stopped.state, stopped.attempts) == ("written", "suppressed", 0)
    assert stopped.finished_at is not None
    with talk.running.desk.database.read() as session:
        row = session.exec(select(AuditEntry).where(AuditEntry.target_id == stopped.id)).one()
    assert row.verb == "notice_suppressed"


def test_each_destination_carries_what_it_may(talk: Talk) -> None:
    """A mailbox that may only have a link would get the patient's name, because another one may."""
    add(talk, "link@maple.example", fields=[])
    add(talk, "reason@maple.example", fields=["reason"])
    submit(talk)
    send_all(talk)
    folder = talk.running.desk.settings.data_dir / "mail"
    mails = {one.destination: (folder / f"{one.id}.eml").read_text() for one in notices(talk)}
    holds = {to: ("Rosa" in mail, "meniscus" in mail) for to, mail in mails.items()}
    assert holds == {
        "front@maple.example": (True, True),
        "link@maple.example": (False, False),
        "reason@maple.example": (False, True),
    }


def test_a_new_coordinator_gets_what_the_old_one_did_not(talk: Talk) -> None:
    """Between the two, a referral would reach neither of them; or the one who left."""
    lead_id = submit(talk)
    change_clinic(talk.running.desk, talk.clinic.site_key, {"coordinator_email": "new@maple.example"}, COMMAND)
    assert send_all(talk) == ["new@maple.example"]
    [notice] = notices(talk)
    assert (notice.lead_id, notice.destination, notice.state) == (lead_id, "new@maple.example", "written")
    with talk.running.desk.database.read() as session:
        assert session.get_one(Destination, notice.destination_id).address == "new@maple.example"
        assert session.exec(select(Lead)).one().reference


def test_a_coordinator_who_was_a_destination_already_is_told_once(talk: Talk) -> None:
    """Handing the old one's notices over would make a second copy."""
    add(talk, "second@maple.example")
    submit(talk)
    change_clinic(talk.running.desk, talk.clinic.site_key, {"coordinator_email": "second@maple.example"}, COMMAND)
    assert send_all(talk) == ["second@maple.example"]
    assert sorted(one.state for one in notices(talk)) == ["suppressed", "written"]


def test_a_coordinator_who_comes_back_is_the_same_destination(talk: Talk) -> None:
    """Two rows of one address would make two mails of every lead."""
    for address in ("new@maple.example", "front@maple.example"):
        change_clinic(talk.running.desk, talk.clinic.site_key, {"coordinator_email": address}, COMMAND)
    submit(talk)
    assert send_all(talk) == ["front@maple.example"]
