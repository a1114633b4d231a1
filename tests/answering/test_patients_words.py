"""Patients tell stories and use their own words; the papers of another invented clinic answer them, or nothing does."""

import pytest

from app.answering.base import AnswerKind
from app.answering.fixed import Fixed, recognise
from tests.answering.desk import ask
from tests.answering.papers import faq, listed, row

PAPERS = (
    faq("How soon can I be seen?", "Most people start within 6 business days. Late-day times fill up first."),
    faq("When are you open?", "Monday to Thursday 8 a.m. to 7 p.m., Friday 8 a.m. to 1 p.m. Saturdays closed."),
    faq("How long is the first visit?", "Plan on 50 minutes."),
    faq("What should I bring?", "A photo ID, your card, and shorts to change into."),
    faq("What should I wear?", "Loose clothes. Bring sneakers."),
    faq("Do you see children?", "We see patients from age 10."),
    faq("Do you have a pool?", "No, we treat on land only."),
    faq("Do you offer telehealth?", "Only after one visit in person."),
    faq("Do you treat vertigo?", "Yes, Ilse Brandt treats it."),
    faq("Do you take workers' comp?", "Yes, with a claim number."),
    faq("I was in a car accident. Will you bill the auto insurance?", "No, we do not bill auto insurance."),
    faq("What if I have to cancel?", "Call 24 hours ahead. A missed visit costs $40."),
    faq("Is there a payment plan?", "Balances can be split over 4 months."),
    faq("How do I get there?", "Bus 9 stops at the door."),
    listed("We do not treat:", "Open wounds", "Burns"),
    row(("Service", "First visit"), ("Price", "$150"), ("Code", "-"), ("Note", "n/a"), heading=("Prices",)),
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how quickly could somebody see me", "within 6 business days"),
        ("Could I drop in at 5 in the afternoon on a Thursday?", "8 a.m. to 7 p.m."),
        ("can i do tuesday evenings", "8 a.m. to 7 p.m."),
        ("how much time do I set aside for the eval", "50 minutes"),
        ("which things do I need to have along with me", "photo ID"),
        ("My niece is 12 and sprained her wrist at judo. Would you see her?", "from age 10"),
        ("is an eight year old too young", "from age 10"),
        ("do you have workouts in water", "land only"),
        ("could we just do it over FaceTime", "after one visit in person"),
        ("Everything is spinning when I lie down, can somebody fix that?", "Ilse Brandt"),
        ("I slipped on the job in June, do you take that?", "with a claim number"),
        ("A truck rear-ended me. Can you bill his car insurance?", "do not bill auto insurance"),
        ("I totally spaced on my visit, what is the fee", "$40"),
        ("something came up and I can't make it, what does it cost me", "$40"),
        ("could I spread out what I owe", "split over 4 months"),
        ("any public transit near you", "Bus 9"),
    ],
)
def test_other_words_for_the_same_thing_find_the_answer(question: str, said: str) -> None:
    """Refusing everybody who does not talk like the papers makes the desk useless to those who need it."""
    answer = ask(question, PAPERS)
    assert answer.kind is AnswerKind.ANSWER
    assert said in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "do you do laser therapy",
        "Can I rent the front desk for a wedding?",
        "Where do I park at your Fairview office?",
        "is Humana ok",
        "what time does the pool open",
        "My mother is 80 and loves opera. Do you sell tickets?",
    ],
)
def test_a_near_miss_is_refused(question: str) -> None:
    """An answer about the neighbouring topic, or another place, would be a false statement."""
    assert ask(question, PAPERS).kind is AnswerKind.REFUSAL


def test_injured_at_work_never_reads_the_rule_for_car_accidents() -> None:
    """Both are "will you bill the other insurance": crossed, a patient is told no where the paper says yes."""
    without = [one for one in PAPERS if "workers" not in one.chunk.lead]
    assert ask("I got hurt at work, will you bill my employer's insurance?", without).kind is AnswerKind.REFUSAL


LOCKERS = faq("Where do I put my belongings?", "Small cubbies are beside the front desk.")
TOWELS = faq("Who washes the towels?", "We do.")
BUS = faq("Is there a bus?", "Line 4 stops outside.")


def test_a_question_that_means_the_same_is_answered_without_a_common_word() -> None:
    """No list of synonyms is complete: where vectors are sure, they are believed."""
    assert "cubbies" in ask("where would I put my purse and stuff", [LOCKERS, TOWELS]).text
    assert ask("where would I put my purse and stuff", [BUS]).kind is AnswerKind.REFUSAL


def test_likeness_alone_never_says_that_a_thing_is_offered() -> None:
    """ "Do you do laser therapy?" is near to every "Do you do ... therapy?"."""
    hand = faq("Do you do hand therapy?", "Yes, on Mondays.")
    assert ask("do you do cryotherapy", [hand]).kind is AnswerKind.REFUSAL
    assert ask("do you do laser therapy", [hand]).kind is AnswerKind.REFUSAL


def test_empty_cells_are_not_shown() -> None:
    """ "Note: n/a; Code: -" is noise that a patient has to read past."""
    text = ask("what does the first visit cost", PAPERS).text
    assert "$150" in text
    assert "n/a" not in text
    assert "Code" not in text


def test_an_answer_without_yes_or_no_keeps_its_question() -> None:
    """ "Only after one visit in person." alone says nothing."""
    assert ask("do you offer telehealth", PAPERS).text.startswith("Do you offer telehealth?")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What did my last bill come to?", Fixed.PERSONAL),
        ("did my referral get there yet", Fixed.PERSONAL),
        ("does Ilse have anything left tomorrow afternoon", Fixed.LIVE),
        ("how packed is the gym right now", Fixed.LIVE),
        ("can I come in at 5 on a Monday", None),
        ("how many visits does my plan pay for", None),
    ],
)
def test_records_and_free_slots_are_told_from_rules_and_hours(question: str, kind: Fixed | None) -> None:
    """The papers know when the clinic is open, but neither what is free nor what stands in a patient's file."""
    assert recognise(question) is kind
