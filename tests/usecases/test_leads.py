"""What a conversation leaves: one lead from the first phone number on, the right notices, and nothing lost later."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.tables import Conversation, Egress, Job, Lead, Message, Notice, UnansweredQuestion
from app.usecases.change_clinic import change_clinic
from app.usecases.close_abandoned import close_abandoned
from app.usecases.end_conversation import end_conversation
from tests.cast import make_egress
from tests.desk import Talk, desk_at_rest, make_clinic

IDLE_S = 60
REFERRAL = (
    "I have a referral from Dr. Okafor, orthopedics, for knee pain. I am Rosa Delgado, 212-555-0143, "
    "Aetna, member ID W123456789, weekday mornings"
)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with desk_at_rest(tmp_path, abandon_after_s=IDLE_S) as running:
        yield Talk(running, make_clinic(running))


def leads(talk: Talk) -> list[Lead]:
    with talk.running.desk.database.read() as session:
        return list(session.exec(select(Lead).order_by(col(Lead.created_at))))


def lead(talk: Talk) -> Lead:
    found = leads(talk)
    assert len(found) == 1, [one.status for one in found]
    return found[0]


def notices(talk: Talk) -> list[Notice]:
    with talk.running.desk.database.read() as session:
        return list(session.exec(select(Notice).order_by(col(Notice.number))))


def later(talk: Talk, seconds: float = IDLE_S * 2) -> Desk:
    desk = talk.running.desk
    return replace(desk, clock=lambda: desk.clock() + timedelta(seconds=seconds))


def send_all(talk: Talk) -> None:
    """Delivers what waits, as the worker does; what a later clock queued is due, too."""

    def due(session) -> None:
        for job in session.exec(select(Job).where(Job.state == "pending")):
            job.due_at = talk.running.desk.clock()

    talk.running.desk.database.write(due)
    talk.running.worker.drain(["deliver"])


def complete(talk: Talk) -> dict[str, Any]:
    """The referral, confirmed."""
    talk.say(REFERRAL)
    done = talk.say("yes")
    assert done["reference"], done["reply"]
    return done


def test_a_number_is_a_lead_in_progress_as_soon_as_it_is_typed(talk: Talk) -> None:
    """A patient who is cut off right after their phone number must be found by staff, not only by a timer."""
    talk.say("I need therapy for my back")
    assert leads(talk) == []
    talk.say("Rosa Delgado")
    talk.say("212-555-0143")
    found = lead(talk)
    assert (found.status, found.slots["contact"]["value"]) == ("in_progress", "+12125550143")
    assert "preferred_times" in found.missing
    assert notices(talk) == [], "nobody is disturbed while the patient still writes"


def test_what_is_known_survives_the_process(tmp_path: Path) -> None:
    """The server may die between two messages; the next one must still call the patient."""
    with desk_at_rest(tmp_path, abandon_after_s=IDLE_S) as running:
        Talk(running, make_clinic(running)).say("please call me at 212-555-0143")
    with desk_at_rest(tmp_path, abandon_after_s=IDLE_S) as again:
        desk = replace(again.desk, clock=lambda: again.desk.clock() + timedelta(seconds=IDLE_S * 2))
        assert close_abandoned(desk) == 1
        with again.desk.database.read() as session:
            found = session.exec(select(Lead)).one()
        assert (found.status, found.slots["contact"]["value"]) == ("incomplete", "+12125550143")


def test_silence_makes_it_incomplete_with_one_notice_ever(talk: Talk) -> None:
    """A coordinator who is told twice of one silent patient stops reading."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    assert close_abandoned(later(talk)) == 1
    assert close_abandoned(later(talk)) == 0
    assert lead(talk).status == "incomplete"
    send_all(talk)
    talk.say("my insurance is Aetna")
    assert lead(talk).status == "in_progress"
    assert lead(talk).slots["insurance_carrier"]["value"] == "Aetna"
    assert close_abandoned(later(talk, IDLE_S * 9)) == 0
    assert lead(talk).status == "incomplete"
    assert [notice.kind for notice in notices(talk)] == ["incomplete"]


def test_who_comes_back_and_finishes_has_the_same_referral(talk: Talk) -> None:
    """Two leads for one person: the coordinator calls twice, or works on the unfinished one."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    close_abandoned(later(talk))
    send_all(talk)
    first = lead(talk)
    done = complete(talk)
    after = lead(talk)
    assert (after.id, after.reference) == (first.id, first.reference) == (done["referral_id"], done["reference"])
    assert (after.status, after.missing) == ("complete", [])
    assert [notice.kind for notice in notices(talk)] == ["incomplete", "completed"]
    send_all(talk)
    mails = [path.read_text() for path in sorted((talk.running.desk.settings.data_dir / "mail").glob("*.eml"))]
    assert len(mails) == 2
    told = {line for mail in mails for line in mail.splitlines() if line.startswith("X-Referral-Id:")}
    ids = [line for mail in mails for line in mail.splitlines() if line.startswith("Message-ID:")]
    assert len(told) == 1, "both name the referral"
    assert len(set(ids)) == 2, "a mailbox that saw the first must not drop the second"
    first_id = f"<{notices(talk)[0].id}@"
    assert any(line.startswith("In-Reply-To:") and first_id in line for mail in mails for line in mail.splitlines())


def test_a_notice_that_still_waits_tells_the_newest_instead_of_a_second_one(talk: Talk) -> None:
    """While the mail server is down, "unfinished" and "now complete" would arrive together."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    close_abandoned(later(talk))
    complete(talk)
    assert [notice.kind for notice in notices(talk)] == ["complete"]


def test_a_notice_that_was_tried_is_never_turned_into_another(talk: Talk) -> None:
    """The mail server may have it already: with the same Message-ID the new words would be thrown away as a copy."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    close_abandoned(later(talk))

    def begun(session) -> None:
        job = session.exec(select(Job).where(Job.kind == "deliver")).one()
        job.attempts, job.lease_holder = 1, "worker_x"
        job.lease_until = talk.running.desk.clock() + timedelta(minutes=3)

    talk.running.desk.database.write(begun)
    complete(talk)
    assert [notice.kind for notice in notices(talk)] == ["incomplete", "completed"]


def test_a_change_after_sending_reaches_staff_on_the_same_lead(talk: Talk) -> None:
    """A coordinator would call a number that is no longer the patient's."""
    done = complete(talk)
    send_all(talk)
    talk.say("also, my phone changed to 212-555-0188")
    after = lead(talk)
    assert (after.id, after.status) == (done["referral_id"], "complete")
    assert after.slots["contact"]["value"] == "+12125550188"
    change = after.changes[0]
    assert (change["name"], change["before"]["value"], change["after"]["value"]) == (
        "contact",
        "+12125550143",
        "+12125550188",
    )
    assert [notice.kind for notice in notices(talk)] == ["complete", "update"]
    send_all(talk)
    talk.say("thanks, bye")
    assert len(notices(talk)) == 2, "a goodbye is no change"


def test_several_changes_while_a_notice_waits_are_one_notice(talk: Talk) -> None:
    """Three corrections in a minute are one message to read."""
    complete(talk)
    send_all(talk)
    talk.say("my phone changed to 212-555-0188")
    talk.say("sorry, my phone is 212-555-0189")
    assert [notice.kind for notice in notices(talk)] == ["complete", "update"]
    assert [change["after"]["value"] for change in lead(talk).changes] == ["+12125550188", "+12125550189"]


def test_words_after_sending_that_fit_no_field_are_passed_on(talk: Talk) -> None:
    """ "I moved, and I am allergic to latex" is no field of any form, and staff have to know it."""
    complete(talk)
    send_all(talk)
    done = talk.say("I moved last week, also I'm allergic to latex")
    assert "the clinic will see them" in done["reply"]
    change = lead(talk).changes[0]
    assert (change["name"], change["after"]["said"]) == (None, "I moved last week, also I'm allergic to latex")
    assert [notice.kind for notice in notices(talk)] == ["complete", "update"]


def test_a_wish_to_stop_after_sending_reaches_people(talk: Talk) -> None:
    """Only staff can stop what they have; "there is nothing to stop" would leave the appointment standing."""
    complete(talk)
    send_all(talk)
    talk.say("cancel that, please")
    assert lead(talk).changes[0]["after"]["said"] == "cancel that, please"
    assert lead(talk).status == "complete"
    assert [notice.kind for notice in notices(talk)] == ["complete", "update"]


def test_updates_that_follow_each_other_wait_for_each_other(talk: Talk) -> None:
    """Somebody who writes and writes must not fill the coordinator's mailbox."""
    complete(talk)
    send_all(talk)
    talk.say("my phone changed to 212-555-0188")
    talk.running.worker.drain(["deliver"])
    talk.say("my phone changed to 212-555-0189")
    talk.say("my phone changed to 212-555-0190")
    talk.running.worker.drain(["deliver"])
    assert [(notice.kind, notice.state) for notice in notices(talk)] == [
        ("complete", "written"),
        ("update", "written"),
        ("update", "pending"),
    ]


def test_several_actions_of_one_conversation_are_several_leads(talk: Talk) -> None:
    """The second wish must not overwrite the first."""
    complete(talk)
    talk.say("can someone call me back about parking?")
    for _ in range(6):
        done = talk.say("yes" if talk_is_confirming(talk) else "parking")
        if done["reference"]:
            break
    assert [(one.action, one.status) for one in leads(talk)] == [("referral", "complete"), ("callback", "complete")]
    assert len({one.reference for one in leads(talk)}) == 2
    assert len(notices(talk)) == 2


def talk_is_confirming(talk: Talk) -> bool:
    with talk.running.desk.database.read() as session:
        state = session.get_one(Conversation, talk.opened.conversation_id).state
    return bool(state["status"] == "confirming")


def test_a_request_that_is_stopped_leaves_nothing_and_tells_nobody(talk: Talk) -> None:
    """The desk says that nothing was sent: it must be so, today and at the next sweep."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    talk.say("cancel that, please")
    talk.say("thank you")
    assert close_abandoned(later(talk)) == 0
    assert (leads(talk), notices(talk)) == ([], [])


def test_staff_who_were_told_hear_that_it_was_stopped(talk: Talk) -> None:
    """Otherwise they call somebody who said no."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    close_abandoned(later(talk))
    send_all(talk)
    reply = talk.say("cancel that, please")["reply"]
    assert "will see that you stopped it" in reply
    assert "Nothing was sent" not in reply
    assert lead(talk).status == "cancelled"
    assert [notice.kind for notice in notices(talk)] == ["incomplete", "update"]
    assert close_abandoned(later(talk, IDLE_S * 9)) == 0


def test_starting_over_forgets_what_staff_had_not_seen(talk: Talk) -> None:
    """The desk says that everything is cleared."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    talk.say("start over")
    assert leads(talk) == []


def test_a_chat_that_is_deleted_before_sending_leaves_no_contact(talk: Talk) -> None:
    """The promise of the button: words and fields are gone; what was told to staff keeps only its reference."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    close_abandoned(later(talk))
    desk = talk.running.desk
    for said_in in (talk.opened.conversation_id, None):
        make_egress(desk, talk.clinic.id, said_in, "my back")
    assert end_conversation(talk.running.desk, talk.clinic, talk.opened.conversation_id)["deleted"] is True
    assert (lead(talk).status, lead(talk).slots) == ("cancelled", {})
    with talk.running.desk.database.read() as session:
        assert session.exec(select(Message)).all() == []
        assert session.exec(select(Egress.conversation_id)).all() == [None], "what a model was sent of it, too"


def test_a_chat_with_a_sent_request_is_kept(talk: Talk) -> None:
    """The clinic works on it; staff see that deletion was asked for."""
    complete(talk)
    assert end_conversation(talk.running.desk, talk.clinic, talk.opened.conversation_id)["deleted"] is False
    assert lead(talk).slots["contact"]["value"] == "+12125550143"


def test_an_emergency_keeps_what_was_typed_and_a_later_number_is_told(talk: Talk) -> None:
    """Staff who cannot call must hear at once when they can."""
    talk.say("I have crushing chest pain and can't breathe")
    assert (lead(talk).status, [notice.kind for notice in notices(talk)]) == ("urgent", ["urgent"])
    send_all(talk)
    talk.say("my number is 212-555-0143")
    assert lead(talk).slots["contact"]["value"] == "+12125550143"
    assert [notice.kind for notice in notices(talk)] == ["urgent", "update"]


def test_an_emergency_hurries_a_notice_that_waits(talk: Talk) -> None:
    """One update each five minutes is for the mailbox's sake; chest pain that is told with it must not wait."""
    complete(talk)
    send_all(talk)
    talk.say("my phone changed to 212-555-0188")
    talk.running.worker.drain(["deliver"])
    talk.say("my phone changed to 212-555-0189")
    talk.running.worker.drain(["deliver"])
    assert [notice.state for notice in notices(talk)][-1] == "pending", "it waits for its time"
    talk.say("I have crushing chest pain and can't breathe")
    talk.running.worker.drain(["deliver"])
    assert [(notice.kind, notice.state) for notice in notices(talk)][-1] == ("urgent", "written")
    with talk.running.desk.database.read() as session:
        last = session.exec(select(Job).where(Job.kind == "deliver").order_by(col(Job.created_at).desc())).first()
    assert last is not None
    assert last.payload["ahead"] is True


def test_an_emergency_in_the_middle_is_told_of_the_same_lead(talk: Talk) -> None:
    """One person, one lead: with the phone number that was typed before."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    before = lead(talk).id
    talk.say("I have crushing chest pain and can't breathe")
    assert (lead(talk).id, lead(talk).status) == (before, "urgent")
    assert lead(talk).slots["contact"]["value"] == "+12125550143"
    send_all(talk)
    talk.say("continue")
    complete(talk)
    assert lead(talk).status == "complete"
    assert lead(talk).urgent_at is not None
    assert [notice.kind for notice in notices(talk)] == ["urgent", "completed"]


def test_a_coordinator_who_left_is_told_nothing_more(talk: Talk) -> None:
    """A mailbox that was right yesterday may be somebody else's today."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    close_abandoned(later(talk))
    send_all(talk)
    changed = {"coordinator_email": "new@maple.example"}
    talk.clinic = change_clinic(talk.running.desk, talk.clinic.site_key, changed, COMMAND)
    complete(talk)
    told = sorted((notice.destination, notice.kind) for notice in notices(talk))
    assert told == [("front@maple.example", "incomplete"), ("new@maple.example", "complete")]


def test_silence_without_a_contact_tells_nobody_and_keeps_the_question(talk: Talk) -> None:
    """There is nobody to call, but what was asked in vain is what the clinic should write next."""
    talk.say("Do you offer cupping?")
    assert close_abandoned(later(talk)) == 0
    assert (leads(talk), notices(talk)) == ([], [])
    with talk.running.desk.database.read() as session:
        assert [row.question for row in session.exec(select(UnansweredQuestion))] == ["Do you offer cupping?"]


def test_a_turn_and_sweepers_at_the_same_time_leave_one_lead(talk: Talk) -> None:
    """The timer and the patient's "yes" meet: one lead, sent, and no notice beside that one is lost or doubled."""
    running, clinic = talk.running, talk.clinic
    talks = [talk, *(Talk(running, clinic) for _ in range(5))]
    for one in talks:
        one.say(REFERRAL)
    late, barrier = later(talk), threading.Barrier(len(talks) + 3)
    moved = replace(running, desk=late)
    problems: list[Exception] = []

    def run(work: Any) -> None:
        barrier.wait(60)
        try:
            work()
        except Exception as problem:
            problems.append(problem)

    def finish(one: Talk) -> Any:
        other = object.__new__(Talk)
        other.__dict__ = one.__dict__ | {"running": moved}
        return lambda: other.say("yes")

    works = [*(finish(one) for one in talks), *[lambda: close_abandoned(late)] * 3]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert problems == []
    found, told = leads(talk), notices(talk)
    assert [one.status for one in found] == ["complete"] * len(talks)
    assert len({one.conversation_id for one in found}) == len(talks)
    assert sorted(notice.lead_id for notice in told) == sorted(one.id for one in found)
    kinds = [notice.kind for notice in told]  # they all say the same, of which one is the first
    assert sorted(kinds) == ["complete", *["repeat"] * (len(talks) - 1)]


def test_a_conversation_whose_turn_runs_is_not_idle(talk: Talk) -> None:
    """Its own commit may be about to send the request."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    desk = later(talk)

    def lease(session) -> None:
        row = session.get_one(Conversation, talk.opened.conversation_id)
        row.lease_holder, row.lease_until = "turn_x", desk.clock() + timedelta(seconds=30)

    desk.database.write(lease)
    assert close_abandoned(desk) == 0
    assert close_abandoned(later(talk, IDLE_S * 4)) == 1


def test_a_conversation_that_an_earlier_release_began_is_swept(talk: Talk) -> None:
    """Its contact stands in the state alone; one that cannot be read must not keep it waiting."""
    talk.say("I need therapy for my back. Rosa Delgado, 212-555-0143")
    odd = Talk(talk.running, talk.clinic)

    def as_before(session) -> None:
        session.delete(session.exec(select(Lead)).one())
        session.get_one(Conversation, odd.opened.conversation_id).state = {"schema": 99}

    talk.running.desk.database.write(as_before)
    assert close_abandoned(later(talk)) == 1
    assert lead(talk).slots["contact"]["value"] == "+12125550143"


def test_every_idle_conversation_is_looked_at_in_one_round(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy night must not leave the last patients for a later tick."""
    monkeypatch.setattr("app.usecases.close_abandoned.ONCE", 2)
    for _ in range(4):
        Talk(talk.running, talk.clinic).say("please call me at 212-555-0143")
    assert close_abandoned(later(talk)) == 4
