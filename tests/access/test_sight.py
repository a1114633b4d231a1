"""What of a patient's data each role sees, by the types of the fields: in lists, in one lead, and in its summary."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlmodel import select

from app.bootstrap import Running
from app.delivery.summary import as_text
from app.dialogue.slots import PARSERS
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_id
from app.store.tables import UnansweredQuestion
from app.usecases.closed_values import closed_value
from app.usecases.open_lead import OpenedLead, open_lead
from app.usecases.publish_actions import publish_actions
from app.usecases.read_leads import Which, read_leads
from app.usecases.read_unanswered import read_question_groups, read_unanswered
from app.usecases.sight import EVERYTHING, NOTHING, seen
from app.web.policy import POLICY, SIGHT, sight_of
from tests.cast import make_clinic, make_lead
from tests.desk import desk_at_rest

VIEWER = SIGHT["viewer"]
SECRET = "ZQX"
"""Stands in everything that a viewer must not see."""
WINDOW = {"said": f"{SECRET} tuesdays", "from": "08:00", "to": "12:00", "days": ["tue"]}


def field(value: object, said: str = f"{SECRET} said") -> dict[str, object]:
    return {"status": "filled", "value": value, "said": said}


SLOTS = {
    "patient_name": field("Robin Ames"),
    "contact": field(f"{SECRET.lower()}@mail.example"),
    "referring_provider": field("Dr. Okafor"),
    "provider_specialty": field("orthopedics"),
    "reason": field(f"{SECRET} knee"),
    "insurance_carrier": field("Cigna"),
    "member_id": field(f"{SECRET}123"),
    "preferred_times": field([WINDOW]),
    "nobody_knows_this": field(f"{SECRET} unknown"),
}
CHANGES = {
    "status": "complete",
    "reasons": [
        {"outcome": "needs_human", "rule": "look", "staff_text": f"{SECRET} asks", "source": "Rules", "dated": None}
    ],
    "outcome": "needs_human",
    "patient_text": {"en": f"{SECRET}, we will call"},
    "payer": {
        "asked": f"{SECRET} cigna",
        "status": "in_network",
        "on": "2026-11-23",
        "payer": "Cigna",
        "plan": None,
        "row_id": "payer_x",
        "document": "list.pdf",
        "page": 1,
        "effective": None,
        "quote": "",
        "conditions": [],
    },
    "changes": [
        {"at": "2026-11-23T10:00:00+00:00", "name": "contact", "before": None, "after": field(f"{SECRET} phone")},
        {"at": "2026-11-23T10:00:00+00:00", "name": None, "before": None, "after": field(f"{SECRET} note")},
        {"at": "2026-11-23T10:00:00+00:00", "name": "insurance_carrier", "before": None, "after": field("Cigna")},
    ],
    "promised": [{"at": "2026-11-23T10:00:00+00:00", "text": "The clinic will call.", "said": "The clinic will call."}],
}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with desk_at_rest(tmp_path) as made:
        yield made


def lead_of(running: Running, slots: dict[str, dict[str, object]], **changes: object) -> tuple[str, str]:
    clinic_id = make_clinic(running.desk, "harbor", "Harbor Physical Therapy")
    words = (("patient", f"{SECRET} words"), ("desk", f"{SECRET} repeated"))
    lead_id, _ = make_lead(running.desk, clinic_id, slots=slots, words=words, **{**CHANGES, **changes})
    return clinic_id, lead_id


def everything_in(opened: OpenedLead) -> str:
    return json.dumps(dataclasses.asdict(opened.lead), default=str) + as_text(opened.summary)


def test_a_viewer_sees_how_a_request_stands_and_no_words_or_ways_to_reach_the_patient(running: Running) -> None:
    """Someone who looks after the numbers would read what patients told, and could call them."""
    clinic_id, lead_id = lead_of(running, SLOTS)
    opened = open_lead(running.desk, clinic_id, lead_id, COMMAND, VIEWER)
    assert SECRET.casefold() not in everything_in(opened).casefold()
    for shown in ("orthopedics", "Cigna", "Tue", "A person has to decide", "idden for your role"):
        assert shown in as_text(opened.summary), shown
    assert "No way to reach them" not in as_text(opened.summary), "what is hidden is not missing"
    assert {slot.name for slot in opened.lead.slots if slot.status == "hidden"} == {
        "patient_name",
        "referring_provider",
        "contact",
        "reason",
        "member_id",
        "nobody_knows_this",
    }


@pytest.mark.parametrize("role", ["coordinator", "manager", "owner"])
def test_who_answers_patients_sees_all_of_it(running: Running, role: str) -> None:
    """Nobody could call the patient back."""
    clinic_id, lead_id = lead_of(running, SLOTS)
    shown = everything_in(open_lead(running.desk, clinic_id, lead_id, COMMAND, sight_of(role)))
    for said in ("zqx@mail.example", "ZQX knee", "ZQX123", "ZQX words", "ZQX asks", "ZQX phone", "ZQX note"):
        assert said in shown, said


OWN = """
name: card
title: {en: Card}
offer: {en: take your card}
triggers: {en: ["I want a card", "a card please", "get me a card", "order a card", "new card"]}
slots:
  - {name: ailment, type: text, label: {en: "What ails you"}, ask: {en: "What ails you?"}}
  - {name: contact, type: contact, declinable: false, label: {en: "Contact"}, ask: {en: "How can we reach you?"}}
  - {name: when_born, type: birth_date, label: {en: "Birth date"}, ask: {en: "When were you born?"}}
  - {name: helper, type: person_name, label: {en: "Helper"}, ask: {en: "Who helps you?"}}
"""


def test_fields_of_a_clinics_own_action_are_hidden_by_their_type(running: Running) -> None:
    """A clinic that asks for a birth date, or for anything in free text, would show it to every viewer."""
    slots = {
        "ailment": field(f"{SECRET} is what ails me"),
        "contact": field("+12025550177"),
        "when_born": field("1980-01-02"),
        "helper": field("Sam Helper"),
    }
    clinic_id, lead_id = lead_of(running, slots, action="card", action_version="1")
    with running.desk.database.read() as session:
        clinic = clinic_of_id(session, clinic_id)
    publish_actions(running.desk, clinic, [yaml.safe_load(OWN)], COMMAND)
    shown = everything_in(open_lead(running.desk, clinic_id, lead_id, COMMAND, VIEWER))
    for hidden in (SECRET, "5550177", "1980-01-02", "Sam Helper"):
        assert hidden not in shown


TYPED = [
    "Robin Ames, my knee",
    "call 212-555-0177",
    "robin@mail.example",
    "Dr. Robin Ames",
    "robin ames cigna",
    "1234567893",
]


@pytest.mark.parametrize("name", [name for name in SLOTS if name != "nobody_knows_this"])
@pytest.mark.parametrize("typed", TYPED)
def test_what_a_patient_typed_is_hidden_whichever_field_it_stands_in(running: Running, name: str, typed: str) -> None:
    """People write their own name where the doctor's belongs, and their complaint where the insurance does."""
    value = [{"said": typed, "from": None, "to": None, "days": []}] if name == "preferred_times" else typed
    change = {"at": "2026-11-23T10:00:00+00:00", "name": name, "before": field(value, typed), "after": field(value)}
    clinic_id, lead_id = lead_of(running, {**SLOTS, name: field(value, typed)}, changes=[change])
    [line] = read_leads(running.desk, clinic_id, Which(), COMMAND, VIEWER).found.leads
    assert typed not in str(line)
    opened = open_lead(running.desk, clinic_id, lead_id, COMMAND, VIEWER)
    assert typed not in everything_in(opened)
    assert typed in everything_in(open_lead(running.desk, clinic_id, lead_id, COMMAND, EVERYTHING))


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("specialty", "orthopedics", "orthopedics"),
        ("specialty", "Orthopedics for my knee", None),
        ("carrier", "Cigna", "Cigna"),
        ("carrier", "no insurance", "no insurance"),
        ("carrier", "Larkspur County Trust", "Larkspur County Trust"),
        ("carrier", "Larkspur County", None),
        ("preferred_times", [{"said": "x", "from": "x", "to": None, "days": []}], None),
        ("preferred_times", "tuesdays", None),
        ("preferred_times", None, None),
        ("provider", "Dr. Okafor", None),
    ],
)
def test_of_a_field_only_what_the_desk_itself_says_is_closed(kind: str, value: object, shown: object) -> None:
    """Either a viewer reads what was typed, or sees nothing of how requests are."""
    assert closed_value(kind, value, frozenset({"Larkspur County Trust"})) == shown


def test_a_lead_whose_action_nobody_knows_any_more_shows_no_name(running: Running) -> None:
    """Without its types nobody can tell what stands in a field."""
    clinic_id, _ = lead_of(running, SLOTS, action="gone", action_version="7")
    [line] = read_leads(running.desk, clinic_id, Which(), COMMAND, VIEWER).found.leads
    assert (line.name, line.hidden) == (None, ("name", "reason"))
    [line] = read_leads(running.desk, clinic_id, Which(), COMMAND, EVERYTHING).found.leads
    assert (line.name, line.hidden) == ("Robin Ames", ())


def test_the_list_shows_viewers_no_reason(running: Running) -> None:
    """The list would tell what the lead's page hides."""
    clinic_id, _ = lead_of(running, SLOTS)
    [line] = read_leads(running.desk, clinic_id, Which(), COMMAND, VIEWER).found.leads
    assert (line.name, line.reason, line.hidden) == (None, None, ("name", "reason"))


def test_unanswered_questions_are_words_of_patients(running: Running) -> None:
    """Questions hold names and complaints; a viewer sees how many there are."""
    clinic_id, lead_id = lead_of(running, SLOTS)
    opened = open_lead(running.desk, clinic_id, lead_id, COMMAND, EVERYTHING)

    def ask(session) -> None:
        for text in (f"does {SECRET} hurt?", f"does {SECRET} hurt"):
            row = UnansweredQuestion(
                clinic_id=clinic_id,
                conversation_id=opened.lead.conversation_id,
                question=text,
                created_at=running.desk.clock(),
            )
            session.add(row)

    running.desk.database.write(ask)
    singles, groups = read_unanswered(running.desk, clinic_id, COMMAND, VIEWER)
    assert [one.question for one in singles] == ["Hidden for your role"] * 2
    assert [(one.question, one.wordings, one.count) for one in groups] == [("Hidden for your role", (), 2)]
    assert read_question_groups(running.desk, clinic_id, COMMAND, VIEWER) == groups
    assert SECRET in read_question_groups(running.desk, clinic_id, COMMAND, EVERYTHING)[0].question
    lead = open_lead(running.desk, clinic_id, lead_id, COMMAND, VIEWER).lead
    assert lead.open_questions == ("Hidden for your role",)
    with running.desk.database.read() as session:
        assert SECRET in session.exec(select(UnansweredQuestion)).first().question


def test_what_no_rule_names_is_hidden() -> None:
    """A new role, a new type of field or a new record would be open to everybody until somebody remembers."""
    assert set(SIGHT) == set(POLICY)
    assert sight_of("a role that nobody made") == NOTHING
    assert not VIEWER.shows("a type that nobody made")
    assert VIEWER.kinds is not None
    assert VIEWER.kinds <= set(PARSERS)
    assert VIEWER.kinds.isdisjoint({"contact", "phone", "fax", "email", "member_id", "birth_date", "reason", "text"})
    with pytest.raises(TypeError, match="nothing says who may see a dict"):
        seen({}, VIEWER, lambda _: "person_name")
