"""One turn at a time, every word answered, nothing lost when something inside breaks."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from app.bootstrap import Running
from app.dialogue.action import Catalogue
from app.dialogue.commands import Command
from app.dialogue.state import State
from app.errors import Conflict, Invalid, NotFound, NotSignedIn
from app.store.audit import COMMAND
from app.store.prepared import Prepared
from app.store.tables import Conversation, DocumentVersion, Lead, Message, Notice, UnansweredQuestion
from app.store.turns import save_message, take_lease
from app.usecases.accept_document import accept_document
from app.usecases.close_abandoned import close_abandoned
from app.usecases.receive_message import Words, receive_message
from app.usecases.resume_turns import resume_turns
from app.usecases.visitor_token import check_token
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.ingestion.test_parser_process import slow_pdf
from tests.server import wait_for

AN_HOUR = timedelta(hours=1)


class Slow:
    """Understands nothing until it is let go."""

    def __init__(self, real) -> None:
        self.real, self.entered, self.go = real, threading.Event(), threading.Event()

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[Command]:
        self.entered.set()
        assert self.go.wait(60)
        commands: list[Command] = self.real.understand(text, state, catalogue)
        return commands


class Broken:
    """A rule file that cannot be read, say."""

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[Command]:
        raise RuntimeError("broken")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with desk_at_rest(tmp_path) as running:
        yield Talk(running, make_clinic(running))


def with_understanding(talk: Talk, understanding) -> Talk:
    """The same conversation on a desk that understands otherwise."""
    other = object.__new__(Talk)
    other.__dict__ = talk.__dict__ | {
        "running": replace(talk.running, desk=replace(talk.running.desk, understanding=understanding))
    }
    return other


def messages(running: Running) -> list[tuple[str, str]]:
    with running.desk.database.read() as session:
        return [(row.author, row.text) for row in session.exec(select(Message).order_by(Message.seq))]


def send(talk: Talk, client_id: str, text: str, into: dict) -> threading.Thread:
    def run() -> None:
        words = Words(talk.opened.conversation_id, client_id, text)
        try:
            into[client_id] = receive_message(talk.running.desk, talk.clinic, words, lambda _kind, _data: None)
        except Exception as problem:
            into[client_id] = problem

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_messages_that_arrive_during_a_turn_are_saved_wait_and_are_answered(talk: Talk) -> None:
    """Patients send three short messages in a row; dropping the second would lose their phone number."""
    slow = Slow(talk.running.desk.understanding)
    slowly = with_understanding(talk, slow)
    into: dict = {}
    first = send(slowly, "client-0001", "I need therapy for my knee", into)
    assert slow.entered.wait(60)
    rest = [send(slowly, "client-0002", "Rosa Delgado", into), send(slowly, "client-0003", "212-555-0143", into)]
    wait_for("both saved", lambda: len(messages(talk.running)) == 3)
    slow.go.set()
    for thread in (first, *rest):
        thread.join(120)
    assert [author for author, _ in messages(talk.running)].count("patient") == 3
    assert into["client-0002"] == into["client-0003"], "words that waited together are one turn"
    assert into["client-0003"]["action"]["slots"]["contact"] == "+12125550143"
    assert into["client-0003"]["action"]["slots"]["patient_name"] == "Rosa Delgado"


def test_words_that_nobody_answered_are_answered_with_the_next_ones(talk: Talk) -> None:
    """They were saved by a process that ended; the next message alone must not take the turn from them."""
    desk, talk_id = talk.running.desk, talk.opened.conversation_id
    lost = ("client-0001", "I would like to come in for my knee. My number is 212-555-0143.")
    desk.database.write(lambda session: save_message(session, talk.clinic.id, talk_id, *lost, desk.clock()))
    next_one = Words(talk_id, "client-0002", "My name is Rosa Delgado")
    done = receive_message(desk, talk.clinic, next_one, lambda *_: None)
    assert receive_message(desk, talk.clinic, Words(talk_id, *lost), lambda *_: None) == done
    assert [author for author, _ in messages(talk.running)] == ["patient", "patient", "desk"]
    assert done["action"]["slots"]["contact"] == "+12125550143"
    with desk.database.read() as session:
        assert session.exec(select(Message.seq).order_by(Message.seq)).all() == [1, 2, 3]


def test_words_that_nobody_answered_are_answered_once_when_they_are_sent_again(talk: Talk) -> None:
    """A turn without a lease of its own would be run, thrown away and run anew, with the first reply on the screen."""
    desk, talk_id = talk.running.desk, talk.opened.conversation_id
    lost = ("client-0001", "I would like to come in for my knee.")
    desk.database.write(lambda session: save_message(session, talk.clinic.id, talk_id, *lost, desk.clock()))
    shown: list[str] = []
    done = receive_message(desk, talk.clinic, Words(talk_id, *lost), lambda _, data: shown.append(data.get("text", "")))
    assert "".join(shown) == done["reply"]
    assert [author for author, _ in messages(talk.running)] == ["patient", "desk"]


def test_a_turn_asks_the_database_little(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns of all clinics go through one writer, and each statement makes it wait for the interpreter."""
    talk.say("My name is Rosa Delgado, 212-555-0143, and I would like to come in for my knee.")
    asked: list[str] = []
    original = Prepared.on

    def counted(self: Prepared, driver: Any, named: Any) -> Any:
        asked.append(self.text)
        return original(self, driver, named)

    monkeypatch.setattr(Prepared, "on", counted)
    engine, told = talk.running.desk.database.engine, "before_cursor_execute"  # what the mapper asks
    event.listen(engine, told, lambda *given: asked.append(given[2]))
    talk.say("Cigna")
    assert 8 <= len(asked) <= 12


def test_the_same_message_while_it_is_answered_is_a_conflict(talk: Talk) -> None:
    """Two turns over one message would submit a referral twice."""
    slow = Slow(talk.running.desk.understanding)
    slowly = with_understanding(talk, slow)
    into: dict = {}
    first = send(slowly, "client-0001", "hello", into)
    assert slow.entered.wait(60)
    with pytest.raises(Conflict):
        receive_message(
            slowly.running.desk,
            talk.clinic,
            Words(talk.opened.conversation_id, "client-0001", "hello"),
            lambda *_: None,
        )
    slow.go.set()
    first.join(120)
    assert into["client-0001"]["reply"]


def test_a_turn_that_breaks_keeps_the_words_and_offers_the_phone(talk: Talk) -> None:
    """A bug must not look like silence to a patient at 11 pm."""
    done = with_understanding(talk, Broken()).say("do you take Cigna?")
    assert talk.clinic.phone in done["reply"]
    assert done["handoff"] is True
    assert messages(talk.running)[0] == ("patient", "do you take Cigna?")


def test_an_emergency_is_told_even_when_everything_else_breaks(talk: Talk) -> None:
    """The screen stands first so that no later bug can swallow it."""
    done = with_understanding(talk, Broken()).say("I have crushing chest pain and my left arm is numb")
    assert done["emergency"] is True
    assert "911" in done["reply"]


def test_an_emergency_makes_one_urgent_lead_and_notice(talk: Talk) -> None:
    """The clinic must hear of it at once, and once."""
    talk.say("my number is 212-555-0143")
    talk.say("I have crushing chest pain and can't breathe")
    talk.say("crushing chest pain again")
    with talk.running.desk.database.read() as session:
        leads = session.exec(select(Lead)).all()
        notices = session.exec(select(Notice)).all()
        assert [lead.status for lead in leads] == ["urgent"]
        assert leads[0].slots["contact"]["value"] == "+12125550143"
        assert [notice.state for notice in notices] == ["pending"]


def test_words_without_a_reply_are_answered_after_a_restart(talk: Talk) -> None:
    """A crash between saving and replying: the next process must finish the turn, once."""
    desk = talk.running.desk
    now = desk.clock() - timedelta(minutes=5)

    def crash(session) -> None:
        talk_id = talk.opened.conversation_id
        session.add(
            Message(
                clinic_id=talk.clinic.id,
                conversation_id=talk_id,
                seq=1,
                author="patient",
                text="hello",
                client_id="client-0001",
                created_at=now,
            )
        )
        session.flush()
        take_lease(session, talk.clinic.id, talk_id, "gone", now, timedelta(seconds=60))

    desk.database.write(crash)
    assert resume_turns(desk) == 1
    assert resume_turns(desk) == 0
    assert [author for author, _ in messages(talk.running)] == ["patient", "desk"]


def test_a_client_id_with_other_words_is_refused(talk: Talk) -> None:
    """Answering the first words again would hide that the second were never read."""
    desk, where = talk.running.desk, talk.opened.conversation_id
    receive_message(desk, talk.clinic, Words(where, "client-0001", "hello"), lambda *_: None)
    with pytest.raises(Invalid, match="client-0001"):
        receive_message(desk, talk.clinic, Words(where, "client-0001", "goodbye"), lambda *_: None)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001])
def test_empty_and_endless_messages_are_refused(talk: Talk, text: str) -> None:
    """And said so, before anything is stored."""
    with pytest.raises(Invalid):
        talk.say(text)
    assert messages(talk.running) == []


@pytest.mark.parametrize("text", ["\ud83d alone", "a\x00b", "‮ override", "🦵" * 100, "%s {reference} {{x}}"])
def test_odd_text_is_stored_and_answered(talk: Talk, text: str) -> None:
    """Half an emoji from a cheap keyboard must not be an error 500."""
    assert talk.say(text)["reply"]
    assert len(messages(talk.running)) == 2


def test_a_private_number_is_never_on_disk(talk: Talk) -> None:
    """What was never stored cannot leak."""
    talk.say("my ssn is 123-45-6789 and my card 4111 1111 1111 1111")
    assert "6789" not in str(messages(talk.running))
    assert "4111" not in str(messages(talk.running))
    assert "[social security number removed]" in messages(talk.running)[0][1]


def test_a_refused_question_is_on_the_clinics_list(talk: Talk) -> None:
    """What patients ask in vain is what the clinic should write next."""
    talk.say("Do you offer cupping?")
    with talk.running.desk.database.read() as session:
        assert [row.question for row in session.exec(select(UnansweredQuestion))] == ["Do you offer cupping?"]


def test_another_clinics_conversation_is_not_there(talk: Talk) -> None:
    """One door: a stranger gets "not found", never another tenant's row."""
    stranger = make_clinic(talk.running, "Elsewhere")
    words = Words(talk.opened.conversation_id, "client-0001", "hello")
    with pytest.raises(NotFound):
        receive_message(talk.running.desk, stranger, words, lambda *_: None)


def test_an_idle_conversation_with_a_contact_becomes_one_incomplete_lead(tmp_path: Path) -> None:
    """Nobody slips through: a phone number that was typed is followed up, once."""
    with desk_at_rest(tmp_path, abandon_after_s=60) as running:
        clinic = make_clinic(running)
        reachable, silent = Talk(running, clinic), Talk(running, clinic)
        reachable.say("I need therapy for my back")
        reachable.say("Rosa Delgado")
        reachable.say("212-555-0143")
        silent.say("hello")
        assert close_abandoned(running.desk) == 0
        later = replace(running.desk, clock=lambda: running.desk.clock() + timedelta(minutes=2))
        assert close_abandoned(later) == 1
        assert close_abandoned(later) == 0
        with running.desk.database.read() as session:
            lead = session.exec(select(Lead)).one()
            assert (lead.status, lead.slots["contact"]["value"]) == ("incomplete", "+12125550143")
            assert "preferred_times" in lead.missing
            assert session.exec(select(Notice)).one().state == "pending"
            assert session.exec(select(Conversation).where(Conversation.swept_at.is_(None))).first() is None


def test_a_state_that_cannot_be_read_stops_nobody_and_is_kept(talk: Talk) -> None:
    """After a crash, or a downgrade, one unreadable row would keep every other patient without a reply, tick after
    tick; its own patient gets the phone, and the state stays for the release that can read it."""
    desk, clinic = talk.running.desk, talk.clinic
    later, odd = Talk(talk.running, clinic), {"schema": 99, "language": "en"}

    def strand(session) -> None:
        for one, state in ((talk, odd), (later, None)):
            save_message(session, clinic.id, one.opened.conversation_id, "client-0001", "hello", desk.clock() - AN_HOUR)
            if state is not None:
                session.get_one(Conversation, one.opened.conversation_id).state = state

    desk.database.write(strand)
    assert resume_turns(desk) == 2
    replies = [text for author, text in messages(talk.running) if author == "desk"]
    assert sum(clinic.phone in text for text in replies) == 1
    with desk.database.read() as session:
        assert session.get_one(Conversation, talk.opened.conversation_id).state == odd
    assert clinic.phone in talk.say("are you there?")["reply"]


def test_characters_that_nobody_sees_are_not_kept(talk: Talk) -> None:
    """In a coordinator's mail they could turn a phone number around or hide half of a name."""
    talk.say("my name is \x00Rosa\u202e Delgado\x1b[31m\r\nsecond line\ttab")
    assert messages(talk.running)[0] == ("patient", "my name is Rosa Delgado[31m\nsecond line\ttab")


def test_closing_does_not_wait_for_a_paper(tmp_path: Path) -> None:
    """A long paper would hold up every restart until the system's patience ends with a kill."""
    with desk_at_rest(tmp_path) as running:
        accepted = accept_document(running.desk, make_clinic(running).id, "slow.pdf", slow_pdf(), COMMAND)
        running.worker.start(["index"])
        wait_for("the parser at work", lambda: running.desk.parser.pid)
        time.sleep(1.5)
        began = time.monotonic()
        running.close()
        assert time.monotonic() - began < 60
    with desk_at_rest(tmp_path) as again, again.desk.database.read() as session:
        assert session.get_one(DocumentVersion, accepted.version_id).status == "queued", "it is read after the start"


def test_a_turn_that_lost_its_lease_records_nothing_and_gets_the_others_reply(talk: Talk) -> None:
    """A turn that took longer than its lease must not answer, or submit, a second time."""
    slow = Slow(talk.running.desk.understanding)
    slowly = with_understanding(talk, slow)
    into: dict = {}
    first = send(slowly, "client-0001", "hello", into)
    assert slow.entered.wait(60)
    late = replace(talk.running.desk, clock=lambda: talk.running.desk.clock() + timedelta(minutes=5))
    assert resume_turns(late) == 1
    slow.go.set()
    first.join(120)
    assert [author for author, _ in messages(talk.running)] == ["patient", "desk"]
    assert into["client-0001"]["reply"] == messages(talk.running)[1][1]


def test_a_visitors_token_opens_one_conversation_for_a_day(talk: Talk) -> None:
    """A borrowed phone must not open yesterday's talk, nor one token another's."""
    desk, token = talk.running.desk, talk.opened.token
    check_token(desk, token, talk.opened.conversation_id)
    tomorrow = replace(desk, clock=lambda: desk.clock() + timedelta(hours=24, seconds=1))
    with pytest.raises(NotSignedIn, match="expired"):
        check_token(tomorrow, token, talk.opened.conversation_id)
    with pytest.raises(NotFound):
        check_token(desk, token, Talk(talk.running, talk.clinic).opened.conversation_id)
    with pytest.raises(NotSignedIn):
        check_token(desk, token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:], talk.opened.conversation_id)
