"""What is said about an insurer."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.answering.base import Answer, AnswerKind
from app.answering.payer_questions import Aspect, asked_of, asks_for_list, speaks_of
from app.answering.payers import Sentences, joined_answer, list_answer, payer_answer, untold
from app.answering.terms import data
from app.qualification.lookup import lookup
from app.qualification.naming import find
from app.qualification.payers import PayerRow, PayerStatus
from tests.qualification.lists import IF, IN, LIST, NO, OUT, TODAY, UNLISTED, row

AS_OF = date(2026, 2, 9)
EN, ES = Sentences("en", "703-555-0100"), Sentences("es", "703-555-0100")


def said(question: str, *rows: PayerRow, say: Sentences = EN, again: bool = False) -> Answer:
    [mention] = find(question, rows)
    verdict = lookup(mention, rows, TODAY)
    return payer_answer(verdict, question, asked_of(question, [mention]), rows, say, again=again)


def test_a_row_is_told_with_what_it_asks_of_the_patient() -> None:
    """Without this, a patient would arrive without the referral that the row asks for."""
    one = row("Aetna", "HMO", IN, referral="Yes", prior_authorization="No", visit_limit="60 visits a year", as_of=AS_OF)
    answer = said("Do you take Aetna HMO?", one)
    assert answer.kind is AnswerKind.PAYER
    assert answer.text == (
        "Yes, Aetna (HMO) is in network here. Referral needed: yes. Visit limit: 60 visits a year. "
        "This is from our list as of February 9, 2026. Your plan decides what it pays."
    )
    assert [citation.quote for citation in answer.citations] == [one.quote]
    assert answer.payer is not None
    assert (answer.payer.asked, answer.payer.status, answer.payer.row_id) == ("Aetna HMO", IN, one.id)


@pytest.mark.parametrize("say", [EN, ES])
def test_one_listed_plan_is_no_yes_to_every_plan(say: Sentences) -> None:
    """ "Yes, Cigna" would be read as a yes by a patient with another plan of Cigna's."""
    rows = row("Cigna", "Open Access Plus", IN), row("Aetna", None, IN), row("Humana", "All plans", IN, all_plans=True)
    bare = said("Do you take Cigna?", *rows, say=say)
    assert "Open Access Plus" in bare.text
    assert EN.phone in bare.text
    assert not bare.text.startswith(("Yes", "Sí"))
    assert bare.payer is not None
    assert bare.payer.plan == "Open Access Plus"
    for question in ("Do you take Cigna Open Access Plus?", "Do you take Aetna?", "Do you take Humana?"):
        assert said(question, *rows, say=say).text.startswith(("Yes", "Sí"))


def test_what_is_asked_is_told_even_when_it_is_no() -> None:
    """Without this, "does it need a referral?" would be answered with the status alone."""
    one = row("Aetna", None, IN, referral="No")
    assert "Referral needed: no." in said("Does Aetna need a referral?", one).text
    assert "does not say if it needs an authorization" in said("Does Aetna need prior authorization?", one).text


def test_what_no_row_says_may_stand_in_the_text() -> None:
    """A rule that stands in a paper's prose would otherwise be told as unknown."""
    rows = row("Aetna", None, IN, referral="No"), row("Humana", None, IN)
    asked = frozenset({Aspect.REFERRAL, Aspect.ACCEPTANCE})
    aetna, humana, moda = (lookup(find(name, rows)[0], rows, TODAY) for name in ("Aetna", "Humana", "Moda"))
    assert [untold(one, asked) for one in (aetna, humana, moda)] == [set(), {Aspect.REFERRAL}, set()]
    assert speaks_of("Humana pays only with an order from your doctor.", {Aspect.REFERRAL})
    assert not speaks_of("We are in network with Humana.", {Aspect.REFERRAL})
    assert speaks_of("Humana allows 20 visits a year.", {Aspect.VISITS})


def test_plans_that_differ_in_what_is_asked_are_told_apart() -> None:
    """Without this, one plan's visit limit would be told for another."""
    rows = row("Aetna", "HMO", IN, visit_limit="20"), row("Aetna", "PPO", IN, visit_limit="60")
    assert "Visit limit: HMO: 20; PPO: 60." in said("How many visits does Aetna cover?", *rows).text


def test_not_listed_is_neither_yes_nor_no() -> None:
    """Never yes, never no: the coordinator verifies."""
    answer = said("Do you take Kaiser?", row("Aetna", None, IN, as_of=AS_OF))
    assert answer.payer is not None
    assert (answer.payer.status, answer.payer.row_id, answer.citations) == (UNLISTED, None, ())
    assert "is not on our list (as of February 9, 2026), so I cannot tell you yes or no" in answer.text
    assert "703-555-0100" in answer.text
    assert "in network" not in answer.text


def test_what_is_listed_beside_is_named_without_a_claim() -> None:
    """Without this, a patient would not see that another plan of the payer is on the list."""
    answer = said("Do you take Aetna EPO?", row("Aetna", "HMO", IN))
    assert "The list does name: Aetna (HMO)." in answer.text
    assert "in network" not in answer.text


def test_a_row_to_come_is_told_with_its_day() -> None:
    """Without this, the contract would be told too early or not at all."""
    answer = said("Do you take Moda?", row("Moda Health", None, IN, effective_from=date(2027, 1, 1)))
    assert answer.payer is not None
    assert answer.payer.status is UNLISTED
    assert "From January 1, 2027, the list says: Moda Health, in network." in answer.text


def test_a_choice_is_asked_once() -> None:
    """Without this, a patient without the card at hand would be asked for ever."""
    rows = row("Cigna", "OAP", IN), row("Cigna", "SureFit", NO)
    first = said("Do you take Cigna?", *rows)
    assert (first.kind, first.payer) == (AnswerKind.CLARIFY, None)
    assert first.text.endswith("Which one do you have?")
    second = said("Do you take Cigna?", *rows, again=True)
    assert second.kind is AnswerKind.PAYER
    assert second.payer is not None
    assert (second.payer.status, second.payer.row_id) == (UNLISTED, None)


def test_papers_that_disagree_are_both_quoted() -> None:
    """Without this, nobody would learn that the papers contradict each other."""
    rows = row("Aetna", None, IN, document="a.pdf"), row("Aetna", None, OUT, document="b.pdf")
    answer = said("Do you take Aetna?", *rows)
    assert answer.payer is not None
    assert answer.payer.status is OUT
    assert {citation.document for citation in answer.citations} == {"a.pdf", "b.pdf"}
    assert "do not agree" in answer.text


@pytest.mark.parametrize("status", [IN, OUT, NO, IF, PayerStatus.SECONDARY_ONLY])
def test_every_answer_is_short_and_in_the_patients_language(status: PayerStatus) -> None:
    """A wall of text on a phone is no answer."""
    one = row("Aetna", "HMO", status, referral="Yes, from the family doctor", note="word " * 60, as_of=AS_OF)
    for say in (EN, ES):
        assert len(said("Do you take Aetna HMO?", one, say=say).text.split()) <= 80
    assert "9 de febrero de 2026" in said("Do you take Aetna HMO?", one, say=ES).text


def test_the_list_names_who_is_in_network_and_nobody_else() -> None:
    """Without this, "what insurance do you take?" would be answered with a page."""
    answer = list_answer(LIST, TODAY, "What insurance do you take?", EN)
    assert answer is not None
    assert answer.kind is AnswerKind.ANSWER
    assert "Aetna*, Cigna*, Crestline" in answer.text
    assert not any(name in answer.text for name in ("Oscar", "Humana", "Moda", "Molina"))
    assert len(answer.citations) == 7
    many = tuple(row(f"Payer number {n}") for n in range(200))
    long = list_answer(many, TODAY, "What insurance do you take?", EN)
    assert long is not None
    assert len(long.text.split()) <= 80
    assert "more" in long.text
    assert list_answer((row("Oscar", None, NO),), TODAY, "", EN) is None


def test_of_several_payers_the_careful_status_is_the_fact() -> None:
    """Without this, a yes for one plan would be filed for both."""
    rows = row("Aetna", None, IN), row("Humana", None, NO)
    both = joined_answer([said("Aetna?", *rows), said("Humana?", *rows)], "Aetna or Humana?")
    assert both.payer is not None
    assert both.payer.status is NO
    assert len(both.citations) == 2


@pytest.mark.parametrize(
    ("question", "aspects"),
    [
        ("Do you take Cigna?", {Aspect.ACCEPTANCE}),
        ("what about Cigna", {Aspect.ACCEPTANCE}),
        ("Is physical therapy covered by Cigna?", {Aspect.ACCEPTANCE}),
        ("I was referred by Dr. Smith, do you take Cigna?", {Aspect.ACCEPTANCE}),
        ("Does Cigna need a referral?", {Aspect.REFERRAL}),
        ("¿Necesito una orden médica con Cigna?", {Aspect.REFERRAL}),
        ("is prior auth required for Cigna", {Aspect.AUTHORIZATION}),
        ("how many sessions does Cigna cover", {Aspect.VISITS}),
        ("What is my copay with Cigna?", set()),
        ("Does Cigna cover orthotics?", set()),
        ("Where do I upload my Cigna card?", set()),
        ("when can I get in (Cigna)?", set()),
        ("I have Cigna. What should I wear?", set()),
    ],
)
def test_only_what_a_payer_list_can_answer_is_looked_up(question: str, aspects: set[Aspect]) -> None:
    """Without this, a question about a bill would be answered "in network"."""
    assert asked_of(question, find(question)) == aspects


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What insurance do you take?", True),
        ("¿Qué seguros aceptan?", True),
        ("which plans are you in network with", True),
        ("what insurance information should I bring?", False),
        ("Which plans don't you accept?", False),
        ("what is insurance", False),
    ],
)
def test_the_list_is_told_when_it_is_asked_for(question: str, asks: bool) -> None:
    """Without this, a question about cards would be answered with a list of names."""
    assert asks_for_list(question) is asks


def _keys(tree: dict[str, Any], path: str = "") -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


def test_both_languages_say_the_same() -> None:
    """A sentence that is missing in one language would end a turn with an error."""
    english, spanish = data("wording/payers_en.yaml"), data("wording/payers_es.yaml")
    assert sorted(_keys(english)) == sorted(_keys(spanish))
