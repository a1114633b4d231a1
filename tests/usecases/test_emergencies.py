"""An emergency is met first, whatever else happens in the turn, and once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.dialogue import emergency
from app.store.earlier_words import LONGEST_AGO
from app.store.tables import AuditEntry, Conversation, Lead, Message, Notice
from app.usecases import screening
from app.usecases.receive_message import Words, receive_message
from app.usecases.submit_contact import submit_contact
from app.usecases.submit_form import form_token, receipt_of, signed_receipt, submit_form
from tests.desk import Talk, desk_at_rest, make_clinic


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with desk_at_rest(tmp_path) as running:
        yield Talk(running, make_clinic(running))


def test_signs_told_one_after_the_other_add_up(talk: Talk) -> None:
    """People type in pieces; a swollen calf and a surgery are a danger only together."""
    assert talk.say("I had my hip replaced on Monday")["emergency"] is False
    assert talk.say("do you have parking?")["emergency"] is False
    done = talk.say("and my calf is really sore since yesterday")
    assert done["emergency"] is True
    assert done["outcome"] == "urgent"


def test_what_is_urgent_gets_its_own_words(talk: Talk) -> None:
    """An ambulance for an angry scar makes patients ignore the text; no text at all is worse."""
    done = talk.say("yellow stuff is draining from my incision")
    assert done["emergency"] is True
    assert "today" in done["reply"]
    assert "911" in done["reply"]
    assert "This could be an emergency" not in done["reply"]


def test_old_words_do_not_raise_it_again_after_the_pause(talk: Talk) -> None:
    """Somebody who said that it was a false alarm could never get through the form."""
    talk.say("I have a herniated disc, my name is Ana Vik")
    assert talk.say("I can't hold my pee since this morning")["emergency"] is True
    assert talk.say("false alarm, I am fine")["emergency"] is False
    assert talk.say("my back hurts a little")["emergency"] is False
    assert talk.say("my number is 703-555-0142")["emergency"] is False
    assert talk.say("now I can't breathe")["emergency"] is True


def test_words_of_long_ago_do_not_count(talk: Talk) -> None:
    """A surgery told last week is no sign that belongs to today's message."""
    talk.say("I had my hip replaced on Monday")
    with talk.running.desk.database.read() as session:
        ids = [row.id for row in session.exec(select(Message))]

    def age(session) -> None:
        for each in ids:
            row = session.get_one(Message, each)
            row.created_at -= LONGEST_AGO + timedelta(minutes=1)
            session.add(row)

    talk.running.desk.database.write(age)
    assert talk.say("my calf is really sore")["emergency"] is False


def test_typed_as_the_reply_to_a_question_it_is_still_one(talk: Talk) -> None:
    """The field would otherwise swallow it as a reason for the visit."""
    talk.say("I need an appointment for therapy")
    done = talk.say("chest pain and my arm is numb, 703-555-0142")
    assert done["emergency"] is True
    assert done["action"]["asking"] is None
    assert done["action"]["slots"]["contact"] == "+17035550142"
    with talk.running.desk.database.read() as session:
        assert [lead.status for lead in session.exec(select(Lead))] == ["urgent"]
        assert len(session.exec(select(Notice)).all()) == 1
        raised = session.exec(select(AuditEntry).where(AuditEntry.verb == "raise_emergency")).one()
        assert raised.target_id == emergency.version()


def test_a_screening_that_breaks_does_not_stop_the_turn(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken rule must not cost everybody their reply."""

    def broken(*_anything: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(screening.emergency, "screen", broken)
    done = talk.say("I need therapy for my knee, my name is Ana Vik")
    assert done["emergency"] is False
    assert done["action"]["slots"]["patient_name"] == "Ana Vik"
    assert "911" in done["reply"]
    assert talk.clinic.phone in done["reply"]


def test_earlier_words_that_break_it_leave_the_message_screened(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed now matters more than what was."""
    real = emergency.screen

    def breaks_on_earlier(text: str, earlier: tuple[str, ...] = ()) -> emergency.Hit | None:
        if earlier:
            raise RuntimeError("broken")
        return real(text)

    monkeypatch.setattr(screening.emergency, "screen", breaks_on_earlier)
    talk.say("hello")
    assert talk.say("I can't breathe")["emergency"] is True


def test_it_is_told_when_the_conversation_cannot_be_read(talk: Talk) -> None:
    """A downgrade leaves states that this code does not know; danger is told even then."""

    def spoil(session) -> None:
        row = session.get_one(Conversation, talk.opened.conversation_id)
        row.state = {"schema": 99}
        session.add(row)

    talk.running.desk.database.write(spoil)
    done = talk.say("I can't breathe")
    assert done["emergency"] is True
    assert "911" in done["reply"]


DANGER = "crushing chest pain and my left arm is numb"


def _is_told(talk: Talk, lead_id: str | None) -> None:
    with talk.running.desk.database.read() as session:
        lead = session.exec(select(Lead) if lead_id is None else select(Lead).where(Lead.id == lead_id)).one()
        notices = session.exec(select(Notice).where(Notice.lead_id == lead.id)).all()
        verbs = [row.verb for row in session.exec(select(AuditEntry)).all()]
    assert lead.urgent_at is not None
    assert lead.submitted_at is not None
    assert (lead.status, lead.outcome) == ("complete", "urgent")
    assert [notice.kind for notice in notices] == ["urgent"]
    assert "raise_emergency" in verbs


def test_a_request_sent_at_once_is_screened_too(talk: Talk) -> None:
    """Another server hands over what a patient typed into a field; nobody may wait there with a heart attack."""
    slots = {"patient_name": "Em Orr", "contact": "212-555-0167", "reason": DANGER}
    made = submit_contact(
        talk.running.desk, talk.clinic, talk.opened.conversation_id, "contact-0001", "referral", slots
    )
    assert made["emergency"] is True
    assert "911" in made["reply"]
    _is_told(talk, made["referral_id"])


def test_the_form_without_scripts_is_screened_too(talk: Talk) -> None:
    """Its receipt is the only reply that this patient reads."""
    values = {
        "form_token": form_token(talk.running.desk, talk.clinic),
        "consent": "2026-11-1",
        "action": "referral",
        "patient_name": "Em Orr",
        "contact": "212-555-0167",
        "reason": DANGER,
    }
    receipt = submit_form(talk.running.desk, talk.clinic, values, "en")
    assert receipt.emergency == "911"
    assert receipt_of(talk.running.desk, signed_receipt(talk.running.desk, receipt)) == receipt
    assert submit_form(talk.running.desk, talk.clinic, values, "en") == receipt
    _is_told(talk, None)


def test_a_plain_request_sent_at_once_is_no_emergency(talk: Talk) -> None:
    slots = {"patient_name": "Em Orr", "contact": "212-555-0167", "reason": "my shoulder is killing me"}
    made = submit_contact(
        talk.running.desk, talk.clinic, talk.opened.conversation_id, "contact-0001", "referral", slots
    )
    assert (made["emergency"], made["reply"]) == (False, "")


def test_what_gets_worse_is_told_again(talk: Talk) -> None:
    """Staff who read of an angry scar would not hurry for a patient who cannot breathe."""
    talk.say("yellow stuff is draining from my incision, call me at 703-555-0142")
    deliver(talk)
    talk.say("there is still yellow stuff draining from my incision")
    assert len(notices(talk)) == 1, "the same again is no news"
    talk.say("now I can't breathe and my chest hurts")
    assert [notice.kind for notice in notices(talk)] == ["urgent", "urgent"]
    deliver(talk)
    talk.say("my chest hurts so much, I can't breathe")
    assert len(notices(talk)) == 2


def notices(talk: Talk) -> list[Notice]:
    with talk.running.desk.database.read() as session:
        found = list(session.exec(select(Notice)))
        session.expunge_all()
        return found


def deliver(talk: Talk) -> None:
    """As the worker leaves a notice that a mail server took."""

    def work(session) -> None:
        for notice in session.exec(select(Notice)):
            notice.state, notice.attempts = "delivered", 1
            session.add(notice)

    talk.running.desk.database.write(work)


def test_nothing_stands_before_the_emergency_text(talk: Talk) -> None:
    """What else the message told is kept, and said nothing of: the first line read has to be the one that counts."""
    talk.say("I need physical therapy for my knee")
    done = talk.say("I am Paul Gray, 212-555-0155, and I have crushing chest pain and my left arm is numb")
    assert done["reply"].startswith("This could be an emergency")
    assert "Got it" not in done["reply"]
    assert done["action"]["slots"]["contact"] == "+12125550155"


def test_the_emergency_text_is_the_first_that_is_streamed(talk: Talk) -> None:
    """The patient reads while the reply forms: what comes first on the screen must be the number to call."""
    streamed: list[str] = []

    def show(kind: str, event: dict) -> None:
        if kind == "delta":
            streamed.append(event["text"])

    words = Words(talk.opened.conversation_id, "stream-0001", f"I am Paul Gray, do you have parking? {DANGER}")
    done = receive_message(talk.running.desk, talk.clinic, words, show)
    assert streamed[0].startswith("This could be an emergency")
    assert "".join(streamed) == done["reply"], "what is streamed is what is kept"
