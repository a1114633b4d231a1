"""The same request twice, under two client ids: both are kept, staff see one and are not told that it is new."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from sqlmodel import col, select

from app.delivery.notices import SUBJECTS, render
from app.dialogue.lanes import NOT_PATIENTS
from app.dialogue.shipped import read_yaml
from app.store.queries.leads import LeadPage, lead, leads
from app.store.tables import Lead, Notice, NoticeKind
from app.usecases.said_before import WINDOW
from app.usecases.submit_form import form_token
from app.usecases.told_by import told_by
from app.web.dashboard.words import KIND_WORDS
from tests.visitors.conftest import USUAL, Hall, Talk

HURT = "I have chest pain and cannot breathe"


def stored(hall: Hall) -> list[Lead]:
    """Every lead, in the order sent."""
    with hall.running.desk.database.read() as session:
        return list(session.exec(select(Lead).order_by(col(Lead.submitted_at))))


def kinds(hall: Hall) -> list[str]:
    """What staff were told, in order."""
    with hall.running.desk.database.read() as session:
        return [notice.kind for notice in session.exec(select(Notice).order_by(col(Notice.created_at)))]


def listed(hall: Hall, site_key: str = "harbor", **options: Any) -> LeadPage:
    """The inbox."""
    return leads(hall.running.desk.database, hall.clinics[site_key], **options)


@pytest.fixture
def one(halls: Callable[..., Hall]) -> Hall:
    """An install with nothing in it."""
    return halls()


def form(hall: Hall, slots: dict[str, str], **more: str) -> Any:
    """The page's form, sent."""
    from app.store.queries.clinics import clinic_of_site

    clinic = clinic_of_site(hall.running.desk.database, "harbor")
    token = form_token(hall.running.desk, clinic)
    values = {"form_token": token, "action": "referral", "consent": hall.consent(), **slots, **more}
    return hall.client.post("/chat/harbor", data=values, follow_redirects=False)


def test_sent_twice_is_kept_twice_and_shown_once(one: Hall) -> None:
    """A patient who is not sure presses again tomorrow on the phone; the coordinator must not call two people."""
    first = one.open().send(USUAL).json()
    second = one.open().send({**USUAL, "contact": "+1 (212) 555-0177", "patient_name": "robin  AMES"}).json()
    assert first["referral_id"] != second["referral_id"]
    assert first["reference"] != second["reference"]
    assert [each.repeat_of for each in stored(one)] == [None, first["referral_id"]]
    assert [(line.id, line.sent) for line in listed(one).leads] == [(first["referral_id"], 2)]
    assert kinds(one) == ["complete", "repeat"]
    shown = lead(one.running.desk.database, one.clinics["harbor"], first["referral_id"])
    assert [twin.reference for twin in shown.repeats] == [second["reference"]]
    again = lead(one.running.desk.database, one.clinics["harbor"], second["referral_id"])
    assert again.repeat_of is not None
    assert again.repeat_of.reference == first["reference"]


def test_by_the_form_and_by_the_chat_it_is_the_same_request(one: Hall) -> None:
    """Whoever gives up on the chat fills in the form."""
    by_chat(one)
    same = {name: str(slot["value"]) for name, slot in stored(one)[0].slots.items() if slot["status"] == "filled"}
    assert one.open().send(same, action="callback").status_code == 201
    assert form(one, USUAL).status_code == 303
    assert one.open().send(USUAL).status_code == 201
    sent = stored(one)
    assert [each.repeat_of for each in sent] == [None, sent[0].id, None, sent[2].id]
    assert kinds(one) == ["complete", "repeat", "complete", "repeat"]


@pytest.mark.parametrize(
    "other",
    [
        {**USUAL, "patient_name": "Kim Ames"},
        {name: value for name, value in USUAL.items() if name != "patient_name"},
        {**USUAL, "contact": "212-555-0178"},
        {**USUAL, "reason": "back pain"},
        {**USUAL, "insurance_carrier": "Aetna"},
    ],
    ids=["a child", "a child without a name", "another number", "another reason", "more than before"],
)
def test_whatever_says_something_new_is_a_request_of_its_own(one: Hall, other: dict[str, str]) -> None:
    """Two children of one mother share her phone."""
    one.open().send(USUAL)
    one.open().send(other)
    assert [each.repeat_of for each in stored(one)] == [None, None]
    assert kinds(one) == ["complete", "complete"]
    assert len(listed(one).leads) == 2


def test_another_clinic_another_action_and_another_day_are_new(one: Hall) -> None:
    """Clinics know nothing of each other; after a day the same words mean that nobody has called."""
    one.open("harbor").send(USUAL)
    one.open("mesa").send(USUAL)
    one.open("harbor").send({k: USUAL[k] for k in ("patient_name", "contact")}, action="callback")
    one.later(seconds=WINDOW.total_seconds() + 1)
    one.open("harbor").send(USUAL)
    assert [each.repeat_of for each in stored(one)] == [None] * 4
    assert set(kinds(one)) == {"complete"}


def test_a_patient_is_not_shown_with_somebody_who_is_none(one: Hall) -> None:
    """A lead in the tray of others would take the patient's with it, out of the coordinator's sight."""
    one.open().send(USUAL)

    def other(session: Any) -> None:
        first = session.exec(select(Lead)).one()
        first.caller = next(iter(NOT_PATIENTS)).value
        session.add(first)

    one.running.desk.database.write(other)
    second = one.open().send(USUAL).json()["referral_id"]
    assert [line.id for line in listed(one, tray="patients").leads] == [second]


def test_the_third_is_linked_to_the_first(one: Hall) -> None:
    """A chain of links would hide all but the last."""
    sent = [one.open().send(USUAL).json()["referral_id"] for _ in range(3)]
    assert [each.repeat_of for each in stored(one)] == [None, sent[0], sent[0]]
    assert [line.sent for line in listed(one).leads] == [3]


def test_an_emergency_is_told_each_time(one: Hall) -> None:
    """Whoever says so twice may need help twice as much."""
    for _ in range(2):
        one.open().send({**USUAL, "reason": HURT})
    assert kinds(one) == ["urgent", "urgent"]
    assert len(listed(one).leads) == 2


def test_a_repeat_whose_first_is_gone_or_that_was_not_delivered_is_seen(one: Hall) -> None:
    """What is hidden behind another must come out when that one goes, or when its own notice needs a person."""
    first, second = (one.open().send(USUAL).json()["referral_id"] for _ in range(2))
    database, clinic = one.running.desk.database, one.clinics["harbor"]

    def dead(session: Any) -> None:
        notice = session.exec(select(Notice).where(Notice.lead_id == second)).one()
        notice.state = "dead"
        session.add(notice)

    def expunge(session: Any) -> None:
        for notice in session.exec(select(Notice).where(Notice.lead_id == first)):
            session.delete(notice)
        session.delete(session.get(Lead, first))

    database.write(dead)
    assert [line.id for line in listed(one, in_trouble=True).leads] == [second]
    database.write(expunge)
    assert [(line.id, line.sent) for line in listed(one).leads] == [(second, 1)]
    assert lead(database, clinic, second).repeat_of is None


def test_the_mail_about_it_says_so_in_the_thread_of_the_first(one: Hall) -> None:
    """A coordinator who reads "New referral" twice calls twice."""
    for _ in range(2):
        one.open().send(USUAL)
    with one.running.desk.database.read() as session:
        sent = list(session.exec(select(Notice).order_by(col(Notice.created_at))))
    first, again = (
        render(facts[0], "front@harbor.example", "desk@install.example").message for facts in told(one, sent)
    )
    assert str(again["Subject"]).startswith("Sent again by the patient (")
    assert again["In-Reply-To"] == first["Message-ID"] != again["Message-ID"]
    for part in ("plain", "html"):
        body = again.get_body((part,))
        assert body is not None
        text = body.get_content()
        assert "Nothing in it is new" in text
        assert "did not finish" not in text
        assert stored(one)[0].reference in text


def test_every_kind_of_notice_has_words_everywhere() -> None:
    """One without would be announced as something else, or break its delivery."""
    opening = read_yaml("app.delivery", "notices.yaml")["opening"]
    for kind in get_args(NoticeKind):
        assert SUBJECTS[kind]
        assert KIND_WORDS[kind]
        assert opening[kind]


def told(hall: Hall, sent: list[Notice]) -> list[Any]:
    """What each notice says."""
    return [told_by(hall.running.desk, notice.id) for notice in sent]


def test_the_contact_cannot_be_read_from_its_index(one: Hall) -> None:
    """A plain hash of ten digits is found again in a second; a keyed one is not, and differs by clinic."""
    for site_key in ("harbor", "mesa"):
        one.open(site_key).send(USUAL)
    mine, theirs = (str(each.contact_index) for each in stored(one))
    assert mine != theirs
    import hashlib

    for guess in ("+12125550177", "212-555-0177", f"{one.clinics['harbor']}\n+12125550177"):
        assert hashlib.sha256(guess.encode()).hexdigest() != mine


def by_chat(hall: Hall) -> tuple[Talk, str]:
    """A callback asked for in the chat, and its lead's id."""
    talk = hall.open()
    for words in ("Please have someone call me", "Robin Ames", "212-555-0177"):
        answer = talk.say(words).json()
    while answer["referral_id"] is None:
        answer = talk.say("yes" if "right?" in answer["reply"] else "skip").json()
    return talk, answer["referral_id"]


@pytest.mark.parametrize("sent", [True, False], ids=["already told", "while the mail does not go out"])
def test_a_repeat_that_is_changed_afterwards_stands_for_itself(one: Hall, sent: bool) -> None:
    """What came after it is on it alone: behind the first one nobody would see it, and no mail may say that nothing in
    it is new."""
    by_chat(one)
    talk, second = by_chat(one)
    assert kinds(one) == ["complete", "repeat"]
    assert second not in [line.id for line in listed(one).leads]
    if sent:
        one.running.worker.drain(["deliver"])
    talk.say("My phone number is 212-555-0178")
    assert second in [line.id for line in listed(one).leads]
    assert kinds(one) == (["complete", "repeat", "update"] if sent else ["complete", "complete"])


def test_an_emergency_after_a_repeat_is_seen(one: Hall) -> None:
    """Whatever was hidden before, this is not."""
    by_chat(one)
    talk, _ = by_chat(one)
    talk.say(HURT)
    urgent = [each.id for each in stored(one) if each.conversation_id == talk.id and each.urgent_at is not None]
    assert urgent
    assert set(urgent) <= {line.id for line in listed(one).leads}
