"""What a sentence may say that cites a paper: what the paper says, and no lie of any kind."""

import pytest

from app.answering.grounding import supported
from tests.answering.grounding_corpus import Case, cases
from tests.answering.papers import prose

SEEN = cases(held_out=False)
# Of the right statements of the corpus, at least this share is kept; what is lost only costs nicer words.
KEPT = 0.9


@pytest.mark.parametrize("case", [case for case in SEEN if case.kind != "right"], ids=lambda case: case.sentence)
def test_a_lie_is_dropped(case: Case) -> None:
    assert not case.verdict().supported, case.verdict()


def test_what_a_good_model_would_write_is_mostly_kept() -> None:
    right = [case for case in SEEN if case.kind == "right"]
    kept = [case for case in right if case.verdict().supported]
    assert len(kept) >= KEPT * len(right)


def test_a_verdict_names_the_passage_that_supports() -> None:
    fees, parking = prose("A follow-up costs $95.", "Fees"), prose("Parking is free behind the building.", "Parking")
    verdict = supported("A follow-up is $95.", [parking, fees], "What is a follow-up?")
    assert verdict.passages == (fees,)


def test_acceptance_of_payers_is_never_a_models_to_say() -> None:
    paper = prose("We are in network with Cigna.", "Insurance")
    assert supported("We are in network with Cigna.", [paper], "Do you take Cigna?").why == "payer"


@pytest.mark.parametrize("sentence", ["", " ", "...", "Sure!", "Yes.", "No.", "$", "\x00", "¿?", "a" * 10_000])
def test_what_states_nothing_is_not_supported(sentence: str) -> None:
    assert not supported(sentence, [prose("Parking is free.", "Parking")], "Is parking free?").supported
