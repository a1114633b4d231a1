"""Actions that a clinic writes: published, in force, in talks under way, on leads, and tried without publishing."""

import copy
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from sqlmodel import Session, select

from app.actions.problems import NotAnAction
from app.actions.shipped import shipped_document
from app.bootstrap import Running
from app.delivery.summary import as_text
from app.dialogue.action import Action
from app.errors import Conflict, Invalid, NotFound
from app.store.audit import COMMAND, Actor
from app.store.queries.actions import action_made_with, actions_of, history_of
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.store.tables import ActionVersion, AuditEntry, Clinic, Lead, Notice
from app.usecases.check_actions import check_actions
from app.usecases.close_abandoned import close_abandoned
from app.usecases.open_lead import open_lead
from app.usecases.publish_actions import publish_actions
from app.usecases.sight import EVERYTHING
from app.usecases.submit_contact import submit_contact
from app.usecases.switch_action import reset_action, switch_action
from app.usecases.try_action import try_action
from app.web.dashboard.fields import fields_of
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.shape.tree import ROOT

EXAMPLE = ROOT / "docs/examples/records-request.yaml"
MANAGER = Actor("staff", "staff_maya")


def records(**changes: Any) -> dict[str, Any]:
    """The example of docs/actions.md, with some keys changed."""
    return {**yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), **changes}


def with_slot(document: dict[str, Any], name: str, place: int = 1) -> dict[str, Any]:
    """A copy that also asks for a text called `name`."""
    copied = copy.deepcopy(document)
    copied["slots"].insert(
        place, {"name": name, "type": "text", "label": {"en": name.title()}, "ask": {"en": f"What is the {name}?"}}
    )
    return copied


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with desk_at_rest(tmp_path_factory.mktemp("actions")) as made:
        yield made


@pytest.fixture
def clinic(running: Running) -> ClinicFacts:
    return make_clinic(running)


def now(running: Running, clinic: ClinicFacts) -> ClinicFacts:
    """The clinic's facts as the next request reads them."""
    return clinic_of_site(running.desk.database, clinic.site_key)


def say(talk: Talk, text: str) -> dict[str, Any]:
    """One turn, with the clinic read anew as every request does."""
    talk.clinic = now(talk.running, talk.clinic)
    return talk.say(text)


def leads(running: Running, clinic: ClinicFacts) -> list[Lead]:
    with running.desk.database.read() as session:
        return list(session.exec(select(Lead).where(Lead.clinic_id == clinic.id).order_by(Lead.created_at)))


def offered(running: Running, clinic: ClinicFacts) -> dict[str, str]:
    catalogue = running.desk.catalogue(now(running, clinic))
    return {action.name: action.version for action in catalogue.actions}


def test_a_clinic_starts_with_the_shipped_actions_and_no_row(running: Running, clinic: ClinicFacts) -> None:
    """Copies in every clinic would grow stale: a release could mend no wording any more."""
    assert offered(running, clinic) == {"referral": "1", "callback": "1", "appointment_request": "1"}
    with running.desk.database.read() as session:
        assert session.exec(select(ActionVersion).where(ActionVersion.clinic_id == clinic.id)).all() == []


def test_publishing_makes_versions_that_stay(running: Running, clinic: ClinicFacts) -> None:
    """A version that could change would put other words on old leads."""
    [first] = publish_actions(running.desk, clinic, [records()], MANAGER)
    assert (first.number, first.changed, first.differences[0].path) == (1, True, "name")
    [again] = publish_actions(running.desk, clinic, [records()], MANAGER)
    assert (again.number, again.changed, again.differences) == (1, False, [])
    [second] = publish_actions(running.desk, clinic, [with_slot(records(), "clinic_before")], MANAGER)
    assert [(one.path, one.old) for one in second.differences] == [
        ("slots[clinic_before]", None),
    ]
    versions = history_of(running.desk.database, clinic.id, "records_request")
    assert [(one.number, one.origin, one.made_by) for one in versions] == [
        (2, "own", "staff_maya"),
        (1, "own", "staff_maya"),
    ]
    assert versions[1].document == records()
    with running.desk.database.read() as session:
        acts = session.exec(select(AuditEntry).where(AuditEntry.clinic_id == clinic.id, AuditEntry.verb == "published"))
        assert [act.target_id for act in acts] == ["records_request/1", "records_request/2"]


def test_a_talk_finishes_on_the_version_it_began_with(running: Running, clinic: ClinicFacts) -> None:
    """A patient in the middle of a form would be asked for fields that were not there when it began."""
    publish_actions(running.desk, clinic, [records()], COMMAND)
    began, other = Talk(running, clinic), Talk(running, clinic)
    assert say(began, "I need a copy of my records")["action"]["asking"] == "patient_name"
    changed = with_slot(records(completed={"en": "New words."}), "birth_name")
    publish_actions(running.desk, clinic, [changed], COMMAND)
    asked = [say(began, text)["action"]["asking"] for text in ("Rosa Delgado", "212-555-0143", "by mail", "skip")]
    assert asked == ["contact", "delivery", "needed_by", None]
    assert "New words" not in say(began, "yes")["reply"]
    asked = [say(other, text)["action"]["asking"] for text in ("I need a copy of my records", "Ana Ruiz")]
    assert asked == ["patient_name", "birth_name"]
    for text in ("Gomez", "212-555-0177", "pick up", "skip"):
        say(other, text)
    assert "New words" in say(other, "yes")["reply"]
    old, new = leads(running, clinic)
    assert (old.action_version, new.action_version) == ("1", "2")
    assert "birth_name" not in old.missing
    pages = [open_lead(running.desk, clinic.id, lead.id, COMMAND, EVERYTHING) for lead in (old, new)]
    shown = [[field.label for field in fields_of(page.lead, page.action)] for page in pages]
    assert ("Birth_Name" in shown[0], "Birth_Name" in shown[1]) == (False, True)
    assert "Birth_Name: Gomez" in as_text(pages[1].summary)
    with running.desk.database.read() as session:
        labels = [
            _labels(action_made_with(session, clinic.id, lead.action, lead.action_version)) for lead in (old, new)
        ]
    assert "birth_name" not in labels[0]
    assert labels[1]["birth_name"] == "Birth_Name"


def _labels(action: Action | None) -> dict[str, str]:
    assert action is not None
    return {spec.name: spec.label["en"] for spec in action.slots}


def test_a_new_start_in_the_same_talk_gets_the_new_version(running: Running, clinic: ClinicFacts) -> None:
    """The second request of a talk would go on in a form that the clinic has taken back."""
    publish_actions(running.desk, clinic, [records()], COMMAND)
    talk = Talk(running, clinic)
    for text in ("request my chart", "never mind, cancel"):
        say(talk, text)
    publish_actions(running.desk, clinic, [with_slot(records(), "maiden", 0)], COMMAND)
    assert say(talk, "request my chart")["action"]["asking"] == "maiden"


def test_a_switched_off_action_starts_no_more_and_lets_talks_end(running: Running, clinic: ClinicFacts) -> None:
    """Patients would start what nobody works on any more; or lose what they had begun."""
    publish_actions(running.desk, clinic, [records()], COMMAND)
    began = Talk(running, clinic)
    say(began, "I need my medical records")
    off = switch_action(running.desk, now(running, clinic), "records_request", MANAGER, on=False)
    assert (off.number, off.enabled) == (2, False)
    assert "records_request" not in offered(running, clinic)
    other = say(Talk(running, clinic), "I need my medical records")["action"]
    assert other is None or other["name"] == "callback"
    for text in ("Rosa Delgado", "212-555-0143", "pick up", "skip"):
        say(began, text)
    assert say(began, "yes")["action"]["status"] == "completed"
    assert leads(running, clinic)[-1].action_version == "1"
    on = switch_action(running.desk, now(running, clinic), "records_request", MANAGER, on=True)
    assert (on.number, on.document) == (3, records())
    assert offered(running, clinic)["records_request"] == "3"
    with pytest.raises(NotFound):
        switch_action(running.desk, clinic, "nonsense", MANAGER, on=False)
    with pytest.raises(Invalid, match="callback"):
        switch_action(running.desk, clinic, "callback", MANAGER, on=False)


def test_a_shipped_action_is_changed_and_reset(running: Running, clinic: ClinicFacts) -> None:
    """A clinic that tried something could not find back to what every release improves."""
    own = copy.deepcopy(shipped_document("callback"))
    own["completed"]["en"] = "We call back within a day."
    [changed] = publish_actions(running.desk, clinic, [own], MANAGER)
    assert (changed.number, changed.differences[0].path) == (2, "completed.en")
    assert [one.origin for one in actions_of(running.desk.database, clinic.id)] == ["shipped", "changed", "shipped"]
    back = reset_action(running.desk, now(running, clinic), "callback", MANAGER)
    assert (back.number, back.origin) == (3, "shipped")
    with running.desk.database.read() as session:
        row = session.exec(select(ActionVersion).where(ActionVersion.number == 3, ActionVersion.name == "callback"))
        assert row.one().body is None, "it must follow the releases"
    assert reset_action(running.desk, now(running, clinic), "callback", MANAGER).number == 3
    [same] = publish_actions(running.desk, clinic, [shipped_document("callback")], MANAGER)
    assert (same.number, same.changed) == (3, False)
    with pytest.raises(Invalid, match="not a shipped one"):
        reset_action(running.desk, clinic, "records_request", MANAGER)


def test_nothing_of_a_file_is_published_when_one_action_is_wrong(running: Running, clinic: ClinicFacts) -> None:
    """Half of a change could leave a clinic with two actions that do not fit together."""
    wrong = records(name="second", triggers={"en": ["I would like to"]})
    with pytest.raises(NotAnAction) as error:
        publish_actions(running.desk, clinic, [records(), wrong], MANAGER)
    [problem] = error.value.problems
    assert str(problem).startswith("second.triggers.en[0] is 'I would like to': add the words")
    assert "records_request" not in offered(running, clinic)
    planned, problems = check_actions(running.desk, clinic, [records(), wrong])
    assert (planned, problems) == ([], [problem])


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (records(triggers={"es": ["mi expediente"]}), None),
        (shipped_document("callback") | {"enabled": False}, "callback.enabled is false"),
        (with_slot(records(), "member_id"), "records_request.slots[1].type is 'text': in referral the slot"),
    ],
)
def test_what_does_not_fit_the_clinic_is_refused(
    running: Running, clinic: ClinicFacts, document: dict[str, Any], says: str | None
) -> None:
    """A value given to one action would be read as another kind of value by the next; an action could never start."""
    planned, problems = check_actions(running.desk, clinic, [document])
    assert [str(problem)[: len(says or "")] for problem in problems] == ([says] if says else [])
    assert bool(planned) is (says is None)
    english = make_clinic(running, "Only English")
    running.desk.database.write(lambda s: setattr(s.get_one(Clinic, english.id), "languages", ["en"]))
    _, problems = check_actions(running.desk, now(running, english), [records(triggers={"es": ["mi expediente"]})])
    assert str(problems[0]).startswith("records_request.triggers has no example in a language of this clinic")


def test_two_people_who_publish_at_once_see_each_other(running: Running, clinic: ClinicFacts) -> None:
    """The second save would throw away the first one unseen."""
    publish_actions(running.desk, clinic, [records()], MANAGER, based_on=0)
    publish_actions(running.desk, clinic, [with_slot(records(), "one")], MANAGER, based_on=1)
    with pytest.raises(Conflict, match="version 2"):
        publish_actions(running.desk, clinic, [with_slot(records(), "two")], MANAGER, based_on=1)
    documents = [with_slot(records(), f"number_{n}") for n in range(8)]
    threads = [threading.Thread(target=publish_actions, args=(running.desk, clinic, [d], MANAGER)) for d in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    numbers = [one.number for one in history_of(running.desk.database, clinic.id, "records_request")]
    assert numbers == list(range(10, 0, -1))


def test_the_notice_goes_where_the_action_says(running: Running, clinic: ClinicFacts) -> None:
    """The people who work on a request would not hear of it, or a mailbox would get it twice."""
    places = ["records@clinic.example", "coordinator", clinic.coordinator_email]
    publish_actions(running.desk, clinic, [records(destinations=places)], COMMAND)
    slots = {"patient_name": "Rosa Delgado", "contact": "212-555-0143", "delivery": "por fax"}
    talk = Talk(running, now(running, clinic))
    made = submit_contact(
        running.desk, now(running, clinic), talk.opened.conversation_id, "contact-0001", "records_request", slots
    )
    assert made["missing"] == ["fax_number"]
    with running.desk.database.read() as session:
        notices = session.exec(select(Notice).where(Notice.lead_id == made["referral_id"])).all()
        lead = session.get_one(Lead, made["referral_id"])
    assert sorted(notice.destination for notice in notices) == [clinic.coordinator_email, "records@clinic.example"]
    assert lead.slots["delivery"]["value"] == "By fax"


def test_an_action_without_confirmation_is_sent_when_all_is_answered(running: Running, clinic: ClinicFacts) -> None:
    """A clinic that wants short forms would still make patients say yes at the end."""
    document = records(confirmation={"ask": False})
    publish_actions(running.desk, clinic, [document], COMMAND)
    talk = Talk(running, clinic)
    for text in ("I need my medical records", "Rosa Delgado", "212-555-0143", "By mail"):
        assert say(talk, text)["action"]["status"] == "collecting"
    done = say(talk, "skip")
    assert (done["action"]["status"], bool(done["reference"])) == ("completed", True)
    assert "Here is what I have" not in done["reply"]


def test_an_abandoned_talk_is_closed_in_its_own_version(running: Running, clinic: ClinicFacts) -> None:
    """The lead would lack fields that its form never had, and staff would ask the patient for them."""
    publish_actions(running.desk, clinic, [records()], COMMAND)
    talk = Talk(running, clinic)
    for text in ("I need my medical records", "Rosa Delgado", "212-555-0143"):
        say(talk, text)
    publish_actions(running.desk, clinic, [with_slot(records(), "extra")], COMMAND)
    running.desk.database.write(_long_ago)
    close_abandoned(running.desk)
    [lead] = leads(running, clinic)
    assert (lead.status, lead.action_version) == ("incomplete", "1")
    assert lead.missing == ["delivery", "fax_number"]
    with running.desk.database.read() as session:
        assert len(session.exec(select(Notice).where(Notice.lead_id == lead.id)).all()) == 2


def _long_ago(session: Session) -> None:
    from datetime import timedelta

    from app.store.tables import Conversation

    for row in session.exec(select(Conversation)):
        row.last_message_at = row.last_message_at - timedelta(days=1)
        session.add(row)


def test_trying_keeps_and_sends_nothing(running: Running, clinic: ClinicFacts) -> None:
    """A manager who tries a draft would make leads out of it."""
    before = len(leads(running, clinic))
    turns = try_action(
        running.desk, clinic, records(), ["I need my records", "Rosa Delgado", "212-555-0143", "by mail", "skip", "yes"]
    )
    assert [turn.asking for turn in turns] == ["patient_name", "contact", "delivery", "needed_by", None, None]
    assert turns[-1].completed
    assert turns[-1].notices == [clinic.coordinator_email, "records@clinic.example"]
    assert (len(leads(running, clinic)), "records_request" in offered(running, clinic)) == (before, False)
    with pytest.raises(NotAnAction):
        try_action(running.desk, clinic, records(slots=[]), ["hello"])
    with pytest.raises(Invalid, match="61 messages"):
        try_action(running.desk, clinic, records(), ["hello"] * 61)


@pytest.mark.parametrize("said", ["por correo", "Por correo, por favor", "la segunda", "by mail"])
def test_an_option_is_understood_whatever_its_words(running: Running, clinic: ClinicFacts, said: str) -> None:
    """An option made of words that elsewhere name another field would be asked for again and again."""
    talk = ["quiero una copia de mi expediente", "Ana Ruiz", "ana@mail.example", said]
    turns = try_action(running.desk, clinic, records(), talk, "es")
    assert (turns[-1].slots["delivery"], turns[-1].asking) == ("By mail", "needed_by")


def test_an_option_may_be_called_like_an_action(running: Running, clinic: ClinicFacts) -> None:
    """The answer would be taken for the wish to start, and be lost."""
    document = records()
    document["slots"][2]["choices"] = ["Medical records", "Records of one visit", "My chart"]
    document["slots"] = document["slots"][:3]
    turns = try_action(running.desk, clinic, document, ["request my chart", "Ana Ruiz", "ana@mail.example", "my chart"])
    assert (turns[-1].slots["delivery"], turns[-1].status) == ("My chart", "confirming")


def test_a_stored_action_that_cannot_be_read_stops_nobody(running: Running, clinic: ClinicFacts) -> None:
    """One row that a newer release no longer reads would end every talk of the clinic in an error."""
    publish_actions(
        running.desk, clinic, [records(), shipped_document("referral") | {"offer": {"en": "help"}}], COMMAND
    )

    def spoil(session: Session) -> None:
        for row in session.exec(select(ActionVersion).where(ActionVersion.clinic_id == clinic.id)):
            row.body = {**(row.body or {}), "slots": [{"name": "x", "type": "hologram"}]}
            session.add(row)

    running.desk.database.write(spoil)
    assert offered(running, clinic) == {"referral": "1", "callback": "1", "appointment_request": "1"}
    assert say(Talk(running, clinic), "I was referred")["action"]["asking"] == "patient_name"


def test_a_clinic_never_sees_anothers_actions(running: Running, clinic: ClinicFacts) -> None:
    """Patients of one clinic would be asked what another one wrote."""
    publish_actions(running.desk, clinic, [records()], COMMAND)
    other = make_clinic(running, "Elsewhere")
    assert "records_request" not in offered(running, other)
    with pytest.raises(NotFound):
        history_of(running.desk.database, other.id, "records_request")
    with running.desk.database.read() as session:
        assert action_made_with(session, other.id, "records_request", "1") is None


def test_an_own_action_is_begun_in_its_own_words(running: Running, clinic: ClinicFacts) -> None:
    """The desk would say that it can do nothing about records, and go on to take the request for them."""
    publish_actions(running.desk, clinic, [records()], COMMAND)
    done = Talk(running, now(running, clinic)).say("I need my medical records")
    assert done["action"]["name"] == "records_request"
    assert "cannot see or change" not in done["reply"]
    assert "I can take your records request" in done["reply"]
