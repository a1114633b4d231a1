"""What is looked for again and again costs the same however much was said before."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from app.store.queries.health import deliveries, readiness, referrals
from app.store.queries.leads import leads
from app.store.queries.live_papers import LivePapers
from app.store.queries.outbox import reckoning
from app.store.schema import upgrade
from app.store.session import Database
from app.store.tables import (
    ChunkRow,
    Clinic,
    Conversation,
    Destination,
    Document,
    DocumentVersion,
    Lead,
    Message,
    Notice,
)
from app.store.turns import unanswered_conversations
from app.usecases.close_abandoned import silent
from tests.steps import steps

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=1)


def talk(session: Session, answered: bool) -> str:
    """One question, with or without its reply."""
    made = Conversation(clinic_id="clinic_1", consent_version="1", created_at=BEFORE, last_message_at=BEFORE)
    session.add(made)
    session.flush()
    facts: dict[str, Any] = {"clinic_id": "clinic_1", "conversation_id": made.id, "created_at": BEFORE}
    reply = Message(seq=2, author="desk", text="hello", **facts) if answered else None
    session.add(Message(seq=1, author="patient", text="hello", turn_id=reply and reply.id, **facts))
    session.add_all([reply] if reply else [])
    return made.id


def lead_of(session: Session, conversation_id: str) -> None:
    """A submitted lead, with a notice that was delivered."""
    facts: dict[str, Any] = {"clinic_id": "clinic_1", "created_at": BEFORE}
    lead = Lead(
        conversation_id=conversation_id,
        action="referral",
        action_version="1",
        status="complete",
        reference=secrets.token_hex(4),
        slots={"reason": {"status": "filled", "value": "long " * 400, "said": ""}},
        updated_at=BEFORE,
        submitted_at=BEFORE,
        **facts,
    )
    session.add(lead)
    session.flush()
    session.add(Notice(lead_id=lead.id, destination_id="dest_1", destination="a@a.example", state="delivered", **facts))


def test_looking_for_silent_conversations_does_not_read_those_that_were_swept(tmp_path: Path) -> None:
    """It is done every half minute, for as long as conversations are kept."""
    database = opened(tmp_path)
    waiting = database.write(lambda s: talk(s, answered=True))
    look = silent(NOON, 900)
    few = steps(database, lambda s: s.exec(look).all())

    def swept(session: Session) -> None:
        for _ in range(500):
            session.get_one(Conversation, talk(session, answered=True)).swept_at = BEFORE

    database.write(swept)
    assert database.write(lambda s: list(s.exec(look))) == [waiting]
    many = steps(database, lambda s: s.exec(look).all())
    database.close()
    assert 0 < many <= few + 100


def test_figures_and_the_inbox_read_indexes_and_no_long_rows(tmp_path: Path) -> None:
    """A scrape each 15 seconds that decrypts every lead ever sent would take half a core from the patients."""
    database = opened(tmp_path)
    where = {"address": "a@a.example", "created_at": BEFORE}
    database.write(lambda s: s.add(Destination(id="dest_1", clinic_id="clinic_1", channel="email", **where)))
    database.write(lambda s: [lead_of(s, talk(s, answered=True)) for _ in range(300)] and None)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    event.listen(database.engine, "before_cursor_execute", note)
    figures = reckoning(database).by_state, referrals(database), deliveries(database), readiness(database, NOON)
    found = leads(database, "clinic_1").leads
    event.remove(database.engine, "before_cursor_execute", note)
    assert (figures[0]["delivered"], figures[1], len(found)) == (300, 300, 50)
    plans = [plan_of(database, *one) for one in asked if one[0].startswith("SELECT")]
    scans = [step for plan in plans for step in plan if step.startswith("SCAN") and "COVERING INDEX" not in step]
    database.close()
    assert [step for step in scans if step.split()[1] in ("lead", "notice")] == []
    assert any("ix_lead_queue" in step for plan in plans for step in plan)


def plan_of(database: Database, statement: str, given: Any) -> list[str]:
    with database.read() as session:
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        return [str(row[3]) for row in rows]


def opened(folder: Path) -> Database:
    """With one clinic."""
    database = Database(folder / "frontdesk.db", secrets.token_bytes(32))
    upgrade(database.engine)
    database.open()
    facts = {"site_key": "a", "name": "A", "phone": "1", "timezone": "UTC", "coordinator_email": "a@a.example"}
    database.write(lambda s: s.add(Clinic(id="clinic_1", created_at=NOON, **facts)))
    return database


def test_looking_for_words_without_a_reply_does_not_read_all_that_was_ever_said(tmp_path: Path) -> None:
    """It is done every five seconds, and conversations are kept for months."""
    database = opened(tmp_path)
    waiting = database.write(lambda s: talk(s, answered=False))
    found: list[Any] = []

    def look(session: Session) -> None:
        found.append(unanswered_conversations(session, NOON, timedelta(seconds=2)))

    few = steps(database, look)
    database.write(lambda s: [talk(s, answered=True) for _ in range(500)] and None)
    many = steps(database, look)
    database.close()
    assert found == [[("clinic_1", waiting)]] * 2
    assert 0 < few <= many <= few + 100


def test_passages_are_read_by_their_ids_however_many_the_clinic_has(tmp_path: Path) -> None:
    """Each page of 5,000 passages would be decrypted for every question otherwise."""
    database = opened(tmp_path)
    papers = LivePapers(database, lambda: NOON)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    keys = database.write(a_paper)
    event.listen(database.engine, "before_cursor_execute", note)
    assert len(papers.passages("clinic_1", keys)) == len(papers.documents("clinic_1", keys)) == 3
    event.remove(database.engine, "before_cursor_execute", note)
    plans = [plan_of(database, *one) for one in asked if "chunk" in one[0]]
    database.close()
    assert len(plans) == 2
    assert all(plan[0] == "SEARCH chunk USING INDEX sqlite_autoindex_chunk_1 (id=?)" for plan in plans), plans


def a_paper(session: Session) -> list[str]:
    """Of three passages."""
    paper = Document(clinic_id="clinic_1", name="a.md", created_at=BEFORE)
    session.add(paper)
    session.flush()
    facts: dict[str, Any] = {"clinic_id": "clinic_1", "sha256": "0", "size_bytes": 1, "created_at": BEFORE}
    version = DocumentVersion(document_id=paper.id, status="ready", live=True, **facts)
    session.add(version)
    session.flush()
    rows = [
        ChunkRow(clinic_id="clinic_1", version_id=version.id, ordinal=at, kind="prose", text=f"Rule {at}.")
        for at in range(3)
    ]
    session.add_all(rows)
    return [row.id for row in rows]
