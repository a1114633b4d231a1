"""What the rows say of a payer, and when they say nothing."""

from datetime import date

import pytest

from app.qualification.choosing import completed, is_vague
from app.qualification.payers import PayerStatus
from tests.qualification.lists import IF, IN, LIST, NO, OUT, SECONDARY, TODAY, UNLISTED, ask, row


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Aetna PPO", IN),
        ("Aetna Choice POS 2", UNLISTED),
        ("Aetna Choice POS II", IN),
        ("Aetna HMO", UNLISTED),
        ("Aetna Medicare", NO),
        ("Cigna open access plus", IN),
        ("Cigna SureFit", NO),
        ("Cigna LocalPlus", UNLISTED),
        ("Crestline Teachers' Trust", IN),
        ("Blue Cross Blue Shield of Texas", UNLISTED),
        ("Regence", OUT),
        ("Regence Medicare Advantage", UNLISTED),
        ("Humana HMO", NO),
        ("Humana", NO),
        ("Medicaid", SECONDARY),
        ("Idaho Medicaid", SECONDARY),
        ("Medi-Cal", UNLISTED),
        ("Medicare", IN),
        ("Medigap", UNLISTED),
        ("Oscar bronze plan", NO),
        ("Tricare Prime", IF),
        ("Tricare", IF),
        ("Tricare East", UNLISTED),
        ("Tricare Prime West", IF),
        ("Tricare Prime East", UNLISTED),
        ("Tricare For Life", UNLISTED),
        ("UHC Choice Plus", IN),
        ("UHC Navigate", UNLISTED),
        ("UMR", UNLISTED),
        ("Anthem", UNLISTED),
        ("Kaiser", UNLISTED),
        ("Molina", UNLISTED),
        ("workers comp", NO),
    ],
)
def test_a_row_and_nothing_else_decides(text: str, status: PayerStatus) -> None:
    """Without this, a patient would be told yes or no by a plan or a payer that is not theirs."""
    verdict = ask(f"Do you take {text}?")
    assert (verdict.status, verdict.choices) == (status, ())
    assert bool(verdict.rows) is (status is not UNLISTED)


def test_plans_that_differ_are_asked_back() -> None:
    """Without this, one of two patients with Cigna would read the other's answer."""
    verdict = ask("Do you take Cigna?")
    assert verdict.status is UNLISTED
    assert verdict.choices == ("HMO, SureFit", "Open Access Plus (OAP)")


def test_a_row_to_come_is_told_and_does_not_hold_yet() -> None:
    """Without this, a patient would come a month before the contract begins."""
    verdict = ask("Do you take Moda?")
    assert (verdict.status, [one.payer for one in verdict.coming]) == (UNLISTED, ["Moda Health"])
    assert ask("Do you take Moda?", today=date(2027, 1, 1)).status is IN


def test_a_row_that_ended_says_nothing() -> None:
    """Without this, last year's contract would be told as today's."""
    verdict = ask("Do you take Molina?")
    assert (verdict.status, verdict.known) == (UNLISTED, True)
    assert ask("Do you take Molina?", today=date(2025, 12, 31)).status is IN


def test_a_general_sentence_never_says_yes_and_its_conflict_is_seen() -> None:
    """Without this, "we take most insurance" would admit a plan that is turned away at the door."""
    general = row("", None, IN, general=True)
    verdict = ask("Do you take Oscar?", (*LIST, general))
    assert (verdict.status, verdict.conflict) == (NO, True)
    unheard = ask("Do you take Kaiser?", (*LIST, general))
    assert (unheard.status, unheard.general, unheard.conflict) == (UNLISTED, (general,), False)


def test_two_papers_that_disagree_give_the_careful_answer() -> None:
    """Without this, the patient would rely on whichever paper came first."""
    rows = (row("Aetna", "PPO", IN, document="a.pdf"), row("Aetna", "PPO", OUT, document="b.pdf"))
    verdict = ask("Do you take Aetna PPO?", rows)
    assert (verdict.status, verdict.conflict) == (OUT, True)
    assert {one.document for one in verdict.rows} == {"a.pdf", "b.pdf"}


def test_a_no_for_the_whole_payer_in_another_paper_is_a_conflict() -> None:
    """Without this, a newer letter that ends the contract would be overlooked."""
    rows = (row("Aetna", "PPO", IN, document="a.pdf"), row("Aetna", None, NO, document="b.pdf"))
    verdict = ask("Do you take Aetna PPO?", rows)
    assert (verdict.status, verdict.conflict) == (NO, True)


def test_a_paper_that_dates_a_change_does_not_contradict_itself() -> None:
    """Without this, a list that keeps the old line would never be answered from again."""
    old = row("Aetna", "PPO", OUT, effective_from=date(2025, 1, 1))
    new = row("Aetna", "PPO", IN, effective_from=date(2026, 1, 1))
    verdict = ask("Do you take Aetna PPO?", (old, new))
    assert (verdict.status, verdict.conflict) == (IN, False)


def test_locations_that_differ_are_asked_back() -> None:
    """Without this, the contract of one office would be told for the other."""
    rows = (row("Aetna", "PPO", IN, location="North"), row("Aetna", "PPO", NO, location="South"))
    assert ask("Do you take Aetna PPO?", rows).choices == ("North", "South")
    assert ask("Do you take Aetna PPO at the South office?", rows).status is NO


def test_a_blue_is_found_under_the_broad_name_and_named() -> None:
    """Without this, patients who say "Blue Cross" would not hear of the Blue plan that the clinic lists."""
    rows = (row("Regence BlueShield of Idaho", None, IN), row("Aetna", None, NO))
    verdict = ask("Do you take Blue Cross?", rows)
    assert (verdict.status, verdict.payer) == (IN, "Regence BlueShield of Idaho")


def test_medicare_advantage_alone_asks_for_the_carrier() -> None:
    """Without this, one carrier's contract would be told to the members of another."""
    rows = (row("Aetna", "Medicare Advantage PPO", IN), row("Humana", "Gold Plus HMO", NO))
    assert ask("Do you take Medicare Advantage?", rows).choices == (
        "Aetna Medicare Advantage PPO",
        "Humana Gold Plus HMO",
    )
    assert ask("Do you take Medicare Advantage?", rows[:1]).status is UNLISTED


def test_a_program_of_its_own_kind_is_not_under_the_payers_name() -> None:
    """Without this, a Medicaid plan would be promised because the commercial one is listed."""
    rows = (row("Aetna", None, IN),)
    assert ask("Do you take Aetna HMO?", rows).status is IN
    assert ask("Do you take Aetna Better Health?", rows).status is UNLISTED
    assert ask("Do you take Aetna Better Health?", (row("Aetna", "All plans", IN),)).status is IN


@pytest.mark.parametrize(
    ("reply", "status"),
    [("the open access plus", IN), ("OAP I think", IN), ("it's the HMO", NO), ("surefit", NO), ("LocalPlus", UNLISTED)],
)
def test_the_reply_to_a_choice_completes_the_question(reply: str, status: PayerStatus) -> None:
    """Without this, the one thing the desk asked for would be misunderstood."""
    question = completed("Do you take Cigna?", reply, LIST)
    assert question is not None
    assert ask(question).status is status


@pytest.mark.parametrize("reply", ["what are your hours?", "my knee hurts", "ok"])
def test_another_matter_is_no_choice(reply: str) -> None:
    """Without this, whatever comes next would be read as a plan."""
    assert completed("Do you take Cigna?", reply, LIST) is None
    assert not is_vague(reply)


def test_a_patient_who_cannot_tell_is_understood() -> None:
    """Without this, the desk would ask the same again."""
    assert is_vague("I don't know, I don't have my card")
    assert is_vague("no sé")


def test_the_day_counts() -> None:
    """Both ends of a row's days belong to it."""
    one = (row("Aetna", None, IN, effective_from=TODAY, effective_to=TODAY),)
    assert ask("Do you take Aetna?", one).status is IN


FAMILIES = (
    row("Regence BlueShield", "all commercial plans", IN, except_plans=("Individual Direct",)),
    row("Regence", "Individual Direct", NO),
    row("BCBS", None, IN, all_plans=True, except_plans=("FEP Basic",), note="through BlueCard"),
    row("FEP", "Basic", OUT),
)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Regence commercial", IN),
        ("Regence Select Network", IN),
        ("Regence Individual Direct", NO),
        ("Regence Medicare Advantage", UNLISTED),
        ("Capital Blue Cross", IN),
        ("BCBS BlueCard", IN),
        ("FEP Basic", OUT),
        ("BCBS FEP Basic", OUT),
    ],
)
def test_a_row_for_a_family_answers_for_its_members_but_not_for_its_exceptions(text: str, status: PayerStatus) -> None:
    """Without this, the plan that is taken out would be told yes, or everyone else would be told nothing."""
    verdict = ask(f"Do you take {text}?", FAMILIES)
    assert (verdict.status, verdict.choices) == (status, ())


def test_another_states_blue_needs_a_row_for_all_members() -> None:
    """Without this, one state's contract would be promised to the members of every other."""
    for listed in (row("Blue Shield of California", None, IN), row("BCBS", None, IN)):
        assert ask("Do you take Independence Blue Cross?", (listed,)).status is UNLISTED


@pytest.mark.parametrize("plan", ["All but Pathway", "All plans but Pathway", "all (but not Pathway)"])
def test_all_but_one_is_not_all(plan: str) -> None:
    """The plan that a list takes out would otherwise be told in network."""
    rows = (row("Anthem", plan, IN),)
    assert ask("Do you take Anthem Pathway?", rows).status is UNLISTED
    assert ask("Do you take Anthem Blue Access?", rows).status is IN


def test_an_exception_is_never_told_yes_by_the_row_that_takes_it_out() -> None:
    """Without this, a plan that has no row of its own would get the yes of the others."""
    rows = (row("BCBS", None, IN, all_plans=True, except_plans=("FEP Basic",), note="through BlueCard"),)
    for text in ("FEP", "FEP Basic", "BCBS FEP Basic"):
        assert ask(f"Do you take {text}?", rows).status is UNLISTED


@pytest.mark.parametrize("plan", ["Part B", "Part B (original)", "Original", "Part A and B"])
def test_a_plan_that_only_names_the_payer_again_is_the_payer_as_a_whole(plan: str) -> None:
    """Who writes "Medicare" has Part B: nothing depends on their plan."""
    rows = (row("Medicare", plan, IN), row("Humana", "Gold Plus HMO", IN))
    assert [(ask(text, rows).status, ask(text, rows).partly) for text in ("Medicare", "Medicare part B")] == [
        (IN, False)
    ] * 2
    assert ask("Medicare Advantage", rows).status is UNLISTED
    assert ask("Humana", rows).partly
