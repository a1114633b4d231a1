"""One patient's data goes everywhere at once: from the rows, the pages they lay in, the log, the mailbox and memory."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select

from app.bootstrap import Running
from app.control.commands import run
from app.errors import Invalid, NotFound
from app.store.anchor import anchor_of
from app.store.audit import COMMAND
from app.store.database_file import DATABASE
from app.store.erase import OWNERS
from app.store.tables import AuditEntry, Conversation, Idempotency, Lead
from app.usecases.close_abandoned import close_abandoned
from app.usecases.expunge import Wanted, expunge, expunge_again
from app.usecases.receipts import digest
from app.usecases.resume_link import make_resume_link
from app.usecases.submit_contact import submit_contact
from app.word_caches import forget_words, remembered
from tests.cast import make_egress
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.sqlcipher_pages import plain_pages

NAME, DIGITS, ODD = "Quillonia Vandersnoot", "2125550147", "zyzzogeton"
CANARIES = [b"uillonia", b"andersnoot", b"2125550147", b"212-555-0147", b"zyzzogeton"]
OTHER = "Persephona Kettlewick"


@dataclass
class Patients:
    """Two patients of one clinic; the first is expunged, the second stays."""

    running: Running
    clinic: Any
    talk: Talk
    other: Talk

    def lead(self) -> Lead:
        with self.running.desk.database.read() as session:
            mine = select(Lead).where(Lead.conversation_id == self.talk.opened.conversation_id)
            found = session.exec(mine).one()
            session.expunge(found)
            return found

    def pages(self) -> bytes:
        desk = self.running.desk
        return plain_pages(desk.database.path, desk.database.key)


@pytest.fixture
def patients(tmp_path: Path) -> Iterator[Patients]:
    with desk_at_rest(tmp_path, abandon_after_s=1) as running:
        clinic = make_clinic(running)
        talks = []
        for name, number in ((NAME, "0147"), (OTHER, "0148")):
            talk = Talk(running, clinic)
            talk.say(f"I need therapy for my {ODD} knee. I am {name}, 212-555-{number}, Aetna")
            talk.say(f"Do you have a {ODD} machine for {name}?")
            for part in range(4):  # pages fill, split and empty again
                talk.say(f"Also tell them that {name} said this, part {part}: " + f"{ODD} {name} " * 60)
            make_resume_link(running.desk, clinic, talk.opened.conversation_id, "a-link-0001", COMMAND)
            unhidden = f"I am {name}, 212-555-{number}, and my {ODD} hurts. " * 40  # an install without redaction
            make_egress(running.desk, clinic.id, talk.opened.conversation_id, unhidden, redacted=False)
            slots = {"patient_name": name, "contact": f"212-555-{number}", "reason": f"my {ODD}"}
            submit_contact(running.desk, clinic, talk.opened.conversation_id, "contact-0001", "referral", slots)
            talks.append(talk)
        close_abandoned(running.desk)
        running.worker.drain(["deliver"])
        yield Patients(running, clinic, *talks)


def found_in(data: bytes) -> list[bytes]:
    return [canary for canary in CANARIES if canary.lower() in data.lower()]


def dump(session: Session) -> bytes:
    """Every value of every table."""
    names = session.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    rows = [str(session.connection().execute(text(f'SELECT * FROM "{name}"')).all()) for name in names]
    return "\n".join(rows).encode()


def test_nothing_of_the_patient_stays_and_the_other_one_is_whole(patients: Patients) -> None:
    """Somebody who asked to be forgotten would still be in a freed page, the log, a mail or a cache."""
    desk, lead = patients.running.desk, patients.lead()
    kept = Talk.say(patients.other, "Thank you.")
    mails = sorted((desk.settings.data_dir / "mail").glob("*.eml"))
    assert len(mails) == 2
    with desk.database.read() as session:
        assert set(found_in(dump(session))) >= {b"uillonia", b"2125550147", b"zyzzogeton"}, (
            "the sweep sees what is there"
        )
    assert set(found_in(patients.pages())) >= {b"uillonia", b"zyzzogeton"}, "and in the pages, too"
    receipt = expunge(desk, patients.clinic.id, Wanted(references=[lead.reference.lower()]), COMMAND)
    with desk.database.read() as session:
        rows = dump(session)
        assert session.get(Conversation, patients.other.opened.conversation_id) is not None
    gone = [canary for canary in CANARIES if canary != b"zyzzogeton"]
    assert [canary for canary in gone if canary.lower() in rows.lower()] == []
    assert [canary for canary in gone if canary.lower() in patients.pages().lower()] == []
    assert b"kettlewick" in rows.lower()
    assert b"kettlewick" in patients.pages().lower(), "the sweep still sees what stays"
    left = b"".join(path.read_bytes() for path in (desk.settings.data_dir / "mail").iterdir())
    assert [canary for canary in gone if canary.lower() in left.lower()] == []
    assert b"ettlewick" in left
    assert receipt["removed"]["lead"] == 1
    assert receipt["removed"]["egress"] == 1
    assert receipt["removed"]["idempotency"] == 2, "the opening of the talk, and the form"
    assert receipt["files"] == 1
    assert receipt["log_emptied"] is True
    assert kept["reply"]


def test_nothing_at_all_stays_when_both_go(patients: Patients) -> None:
    """Words that the first patient shared with others could hide what was left of theirs."""
    desk = patients.running.desk
    wanted = Wanted(conversation_ids=[talk.opened.conversation_id for talk in (patients.talk, patients.other)])
    expunge(desk, patients.clinic.id, wanted, COMMAND)
    everything = patients.pages()
    assert found_in(everything) == []
    assert b"ettlewick" not in everything
    with desk.database.read() as session:
        references = [act.target_id for act in session.exec(select(AuditEntry).where(AuditEntry.verb == "expunged"))]
    assert references == list(wanted.conversation_ids), "that it was done is on record"


def test_a_clinic_that_leaves_takes_all_its_patients_and_nobody_elses(
    patients: Patients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes of its patients would stay with the next tenant's operator for years; or a neighbour's would go."""
    monkeypatch.setattr("app.usecases.expunge.ONCE", 1)  # more than fit into one commit
    running, desk = patients.running, patients.running.desk
    there = Talk(running, make_clinic(running, "Elm Street Rehab"))
    there.say("I need therapy. I am Ottoline Brackenbury, 212-555-0149")
    arguments = {"clinic": patients.clinic.site_key, "references": [], "leads": [], "conversations": []}
    receipt = run(desk, "expunge", {**arguments, "everybody": True}, lambda _: None)
    assert len(receipt["conversations"]) == receipt["removed"]["conversation"] == 2
    everything = patients.pages()
    assert found_in(everything) == []
    assert b"ettlewick" not in everything
    assert b"brackenbury" in everything.lower(), "the sweep sees what stays"
    assert list((desk.settings.data_dir / "mail").glob("*.eml")) == []
    with desk.database.read() as session:
        assert session.exec(select(Conversation.id)).all() == [there.opened.conversation_id]
    assert there.say("Thank you.")["reply"]


@pytest.mark.parametrize("way", ["reference", "lead", "conversation", "command"])
def test_whoever_is_named_in_whatever_way_is_meant(patients: Patients, way: str) -> None:
    """A clerk with the reference, and one with the page open, must both be able to do it."""
    lead, desk = patients.lead(), patients.running.desk
    if way == "command":
        arguments = {
            "clinic": patients.clinic.site_key,
            "references": [lead.reference],
            "leads": [],
            "conversations": [],
        }
        receipt = run(desk, "expunge", arguments, lambda _: None)
    else:
        wanted = {
            "reference": Wanted(references=[lead.reference]),
            "lead": Wanted(lead_ids=[lead.id]),
            "conversation": Wanted(conversation_ids=[lead.conversation_id]),
        }[way]
        receipt = expunge(desk, patients.clinic.id, wanted, COMMAND)
    assert (receipt["conversations"], receipt["leads"]) == ([lead.conversation_id], [lead.id])
    with desk.database.read() as session:
        assert session.exec(select(Lead.conversation_id)).all() == [patients.other.opened.conversation_id]


def test_a_rehearsal_and_a_stranger_remove_nothing(patients: Patients) -> None:
    """A wrong key in the command would take away another clinic's patient."""
    desk, lead = patients.running.desk, patients.lead()
    there = make_clinic(patients.running, "Elm Street Rehab")
    for wanted in (Wanted([lead.reference]), Wanted((), [lead.id]), Wanted((), (), [lead.conversation_id])):
        with pytest.raises(NotFound):
            expunge(desk, there.id, wanted, COMMAND)
    with pytest.raises(Invalid, match="Nobody"):
        expunge(desk, patients.clinic.id, Wanted(), COMMAND)
    rehearsed = expunge(desk, patients.clinic.id, Wanted([lead.reference]), COMMAND, dry_run=True)
    assert rehearsed["leads"] == [lead.id]
    assert patients.lead().slots == lead.slots


def test_the_receipt_is_vouched_for_and_says_no_more_than_ids(patients: Patients) -> None:
    """The patient would be told something that nobody can check, or the receipt would tell on them."""
    desk, lead = patients.running.desk, patients.lead()
    receipt = expunge(desk, patients.clinic.id, Wanted([lead.reference]), COMMAND)
    assert receipt["sha256"] == digest(receipt)
    with desk.database.read() as session:
        vouched = session.exec(select(AuditEntry).where(AuditEntry.verb == "expunge_receipt")).one()
    assert vouched.target_id == receipt["sha256"]
    assert found_in(str(receipt).encode()) == []
    assert lead.reference not in str(receipt)
    assert receipt["backups_hold_it_until"] > receipt["at"][:10]


def test_what_came_back_with_an_older_copy_goes_again(patients: Patients, tmp_path: Path) -> None:
    """A restored backup would bring back everybody who had been forgotten since."""
    running, lead = patients.running, patients.lead()
    copy = tmp_path / "copy.db"
    with running.desk.database.engine.connect() as connection:
        connection.connection.driver_connection.execute(f"VACUUM INTO '{copy}'")  # type: ignore[union-attr]
    expunge(running.desk, patients.clinic.id, Wanted([lead.reference]), COMMAND)
    assert expunge_again(running.desk) == 0
    running.close()
    data = running.desk.settings.data_dir
    for ending in ("-wal", "-shm"):
        (data / f"{DATABASE}{ending}").unlink(missing_ok=True)
    shutil.copy(copy, data / DATABASE)
    with desk_at_rest(data) as restored:
        with restored.desk.database.read() as session:
            assert session.get(Lead, lead.id) is not None
        assert expunge_again(restored.desk) == 1
        with restored.desk.database.read() as session:
            assert b"andersnoot" not in dump(session)
            assert session.get(Conversation, patients.other.opened.conversation_id) is not None
            verbs = session.exec(
                select(AuditEntry.verb).where(AuditEntry.target_id == lead.conversation_id).order_by(AuditEntry.seq)
            ).all()
        assert verbs[-1] == "expunged_again"


def test_words_in_memory_are_forgotten(patients: Patients) -> None:
    """A dump of the server's memory would show what the database has no more."""
    from app.answering.terms import _folded_and_stem
    from app.understanding.triggers import _tokens

    patients.talk.say(f"my {ODD} hurts")
    assert _folded_and_stem.cache_info().currsize + _tokens.cache_info().currsize > 0
    wanted = Wanted(conversation_ids=[patients.talk.opened.conversation_id])
    expunge(patients.running.desk, patients.clinic.id, wanted, COMMAND)
    assert forget_words() == 0
    assert "app.answering.terms._folded_and_stem" in remembered()


def test_every_table_that_hangs_on_a_talk_is_known() -> None:
    """A new table with words of patients would be left out, and nobody would see it."""
    tables = SQLModel.metadata.tables
    owners = set(OWNERS.values())
    hanging = {
        name
        for name, table in tables.items()
        for key in table.foreign_keys
        if key.column.table.name in owners and key.parent.name not in OWNERS and name not in owners
    }
    assert hanging == set(), "name its column as in OWNERS"


def test_a_repeated_request_of_somebody_expunged_is_not_answered_from_memory(patients: Patients) -> None:
    """The stored result of the form would still tell the reference to whoever sends it again."""
    desk, talk = patients.running.desk, patients.talk
    expunge(desk, patients.clinic.id, Wanted(conversation_ids=[talk.opened.conversation_id]), COMMAND)
    with desk.database.read() as session:
        scopes = session.exec(select(Idempotency.scope).order_by(col(Idempotency.scope))).all()
    assert scopes == sorted(["conversation", f"contact:{patients.other.opened.conversation_id}"])
    with pytest.raises(NotFound):
        submit_contact(desk, patients.clinic, talk.opened.conversation_id, "contact-0001", "referral", {"reason": "x"})


def test_the_anchor_remembers_ids_and_nothing_else(patients: Patients) -> None:
    """The file beside the database is not encrypted."""
    desk = patients.running.desk
    expunge(desk, patients.clinic.id, Wanted([patients.lead().reference]), COMMAND)
    anchor = anchor_of(desk.settings, desk.keys)
    assert [dict(line.details) for line in anchor.lines() if line.event == "expunged"] == [
        {"conversations": [patients.talk.opened.conversation_id]}
    ]
    assert found_in(anchor.path.read_bytes()) == []
