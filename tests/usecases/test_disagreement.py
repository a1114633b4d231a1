"""What staff see when two papers of the clinic answer a question differently."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from app.answering.base import Answer, AnswerKind, Citation
from app.bootstrap import Running
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.queries.unanswered import unanswered
from app.store.tables import AuditEntry
from app.usecases.group_unanswered import group_unanswered
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.payer_lists import publish_paper, row


class Disputing:
    """An answerer whose papers never agree."""

    def sought(self, question: str) -> str:
        return question

    def answer(self, question: str, passages: object) -> Answer:
        quotes = (Citation("Old.md", None, None, "$40", None), Citation("New.md", None, None, "$65", None))
        return Answer(AnswerKind.ANSWER, question, "Old.md: $40\nNew.md: $65", quotes, disagreement=True)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        yield replace(running, desk=replace(running.desk, answerer=Disputing())), make_clinic(running)


def test_the_reply_is_a_hand_off_and_the_clinic_is_told(place: tuple[Running, ClinicFacts]) -> None:
    """A patient who reads two prices needs a person, and the clinic has to mend a paper."""
    running, clinic = place
    done = Talk(running, clinic).say("How much is a missed visit?")
    assert done["handoff"]
    assert [one["disagreement"] for one in done["answers"]] == [True]
    assert [one.kind for one in unanswered(running.desk.database, clinic.id)] == ["papers_disagree"]
    assert [group.papers_disagree for group in group_unanswered(running.desk, clinic.id)] == [True]
    with running.desk.database.read() as session:
        assert "papers_disagree" in session.exec(select(AuditEntry.verb)).all()


def test_payer_lists_that_disagree_and_payers_on_none_are_told_to_the_clinic(tmp_path: Path) -> None:
    """Else nobody mends the older list, and nobody learns which insurers patients ask for."""
    with desk_at_rest(tmp_path) as running:
        clinic = make_clinic(running)
        for name, status in (("old.csv", "in_network"), ("new.csv", "not_accepted")):
            accepted = publish_paper(running.desk, clinic.id, [row("Fairmont Mutual", status=status)], name)
            publish_payer_rows(running.desk, clinic.id, Approval(accepted.document_id), COMMAND)
        done = Talk(running, clinic).say("Do you take Fairmont Mutual?")
        assert [one["disagreement"] for one in done["answers"]] == [True]
        assert done["answers"][0]["payer"]["status"] == "not_accepted"
        done = Talk(running, clinic).say("Do you take Aetna?")
        assert done["answers"][0]["payer"]["status"] == "not_listed"
        kinds = [(one.question, one.kind) for one in unanswered(running.desk.database, clinic.id)]
        assert kinds == [("Do you take Aetna?", "no_paper"), ("Do you take Fairmont Mutual?", "papers_disagree")]


class Knowing(Disputing):
    """An answerer whose papers say of one insurer what its row leaves open."""

    def answer(self, question: str, passages: object) -> Answer:
        text = "Fairmont Mutual pays only with a referral from your doctor."
        return Answer(AnswerKind.ANSWER, question, text, (Citation("Rules.md", None, None, text, None),))


def test_what_a_row_leaves_open_is_told_from_the_text_that_names_the_payer(tmp_path: Path) -> None:
    """ "The list does not say" would hide a rule that is written down, or one payer's would be told of another."""
    with desk_at_rest(tmp_path) as running:
        clinic = make_clinic(running)
        lists = [row("Fairmont Mutual"), row("Harrow Life")]
        accepted = publish_paper(running.desk, clinic.id, lists, "list.csv")
        publish_payer_rows(running.desk, clinic.id, Approval(accepted.document_id), COMMAND)
        talk = Talk(replace(running, desk=replace(running.desk, answerer=Knowing())), clinic)
        assert "only with a referral" in talk.say("Does Fairmont Mutual need a referral?")["answers"][0]["text"]
        assert "does not say" in talk.say("Does Harrow Life need a referral?")["answers"][0]["text"]
        assert talk.say("Do you take Fairmont Mutual?")["answers"][0]["payer"]["status"] == "in_network"
