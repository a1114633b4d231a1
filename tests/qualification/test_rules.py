"""What rules make of facts: one outcome, every reason, and nobody turned away for what must not count."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.qualification.again import decide_again
from app.qualification.complaints import complaint_count
from app.qualification.facts import Told, fact_names, facts_of
from app.qualification.needed import needed
from app.qualification.outcomes import Outcome
from app.qualification.payers import PayerRow, PayerStatus, Verdict
from app.qualification.rule_file import Vocabulary, read_rules, shipped_rules
from app.qualification.rule_layers import complete, shipped_data
from app.qualification.rule_text import rules_from, text_of
from app.qualification.rules import Qualified, qualify, recorded

TODAY = date(2026, 11, 23)
ASKED = frozenset({"patient_name", "contact", "referring_provider", "reason", "insurance_carrier", "member_id"})
VOCABULARY = Vocabulary(
    ASKED | {"zip", "preferred_times", "race", "favorite_color"},
    {"referral", "callback", "appointment_request"},
    {"zip"},
)
VALUES = {
    "patient_name": "Rosa Delgado",
    "contact": "+12125550143",
    "referring_provider": "Dr. Smith",
    "reason": "knee pain",
    "insurance_carrier": "Cigna",
    "member_id": "U1234567801",
}


def verdict(status: PayerStatus = PayerStatus.IN_NETWORK, **more: Any) -> Verdict:
    row = PayerRow("row1", "Cigna", status, "payers.pdf", "Cigna: see note", as_of=date(2026, 5, 1), **more)
    return Verdict("Cigna", status, "Cigna", rows=(row,))


def told(values: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Facts of a whole referral, with some values changed; None for one that was withheld."""
    given = {name: value for name, value in {**VALUES, **(values or {})}.items() if value is not None}
    usual = {
        "action": "referral",
        "caller": "patient",
        "asked": ASKED | (values or {}).keys(),
        "said": {name: str(value) for name, value in given.items()},
        "self_referred": False,
        "insurances": 1,
    }
    return facts_of(Told(values=given, today=TODAY, **{**usual, **more}))


def decide(facts: dict[str, Any], **rules: Any) -> Qualified:
    return qualify(facts, read_rules(rules, VOCABULARY) if rules else shipped_rules())


KNEE = {"fact": "reason", "contains": "knee"}
LISTED = {"listed": True}
SELF_REFERRED = {"values": {"referring_provider": "self-referred"}, "self_referred": True}


@pytest.mark.parametrize(
    ("facts", "outcome", "rule"),
    [
        (told(), "ready", "nothing-against"),
        (told(verdict=verdict(), **LISTED), "ready", "nothing-against"),
        (told(emergency=True), "urgent", "emergency"),
        (told(caller="vendor"), "not_a_patient", "not-a-patient"),
        (told(caller="job_seeker"), "not_a_patient", "not-a-patient"),
        (told(caller="existing_patient"), "needs_human", "existing-patient"),
        (told(caller="caregiver"), "ready", "nothing-against"),
        (told(finished=False), "needs_human", "not-finished"),
        (told({"reason": "my knee and my shoulder"}), "needs_human", "several-problems"),
        (told({"reason": "knee replacement in May, the incision is oozing"}), "needs_human", "trouble-after-surgery"),
        (told({"reason": "knee replacement in May, no fever"}), "ready", "nothing-against"),
        (told({"reason": "whiplash from a car accident"}), "needs_human", "unusual-insurance"),
        (told({"insurance_carrier": "workers' comp"}), "needs_human", "unusual-insurance"),
        (told({"insurance_carrier": "VA Community Care"}), "needs_human", "unusual-insurance"),
        (told({"insurance_carrier": "Virginia Premier"}), "ready", "nothing-against"),
        (told(insurances=2), "needs_human", "several-insurances"),
        (told({"zip": "22101"}, zips=("22102",)), "out_of_area", "outside-the-area"),
        (told({"zip": "22101-4433"}, zips=("22101",)), "ready", "nothing-against"),
        (told({"zip": None}, zips=("22101",)), "needs_human", "not-known"),
        (told({"zip": None}), "ready", "nothing-against"),
        (told(verdict=verdict(PayerStatus.OUT_OF_NETWORK), **LISTED), "out_of_network", "payer-out-of-network"),
        (told(verdict=verdict(PayerStatus.NOT_ACCEPTED), **LISTED), "out_of_network", "payer-out-of-network"),
        (told(verdict=verdict(PayerStatus.CONDITIONAL), **LISTED), "needs_human", "payer-depends"),
        (told(verdict=verdict(PayerStatus.SECONDARY_ONLY), **LISTED), "needs_human", "payer-depends"),
        (told(verdict=Verdict("Cigna", PayerStatus.NOT_LISTED), **LISTED), "needs_human", "payer-not-listed"),
        (told(verdict=Verdict("C", PayerStatus.IN_NETWORK, "C", "Open Access", partly=True), **LISTED), "needs_human",
         "payer-depends"),
        (told(verdict=Verdict("C", PayerStatus.NOT_LISTED, choices=("A", "B")), **LISTED),
         "needs_human", "payer-depends"),
        (told({"insurance_carrier": None}, insurances=0, **LISTED), "needs_human", "not-known"),
        (told({"insurance_carrier": None}, insurances=0), "ready", "nothing-against"),
        (told(self_pay=True, **LISTED), "ready", "paying-without-insurance"),
        (told(verdict=verdict(referral="Required"), **LISTED), "ready", "nothing-against"),
        (told(verdict=verdict(referral="Required"), **LISTED, **SELF_REFERRED),
         "needs_referral", "payer-needs-referral"),
        (told(verdict=verdict(referral="No"), **LISTED, **SELF_REFERRED), "ready", "direct-access-not-recorded"),
        (told(verdict=verdict(referral="HMO only"), **LISTED, **SELF_REFERRED), "needs_human", "referral-depends"),
        (told({"referring_provider": None}, self_referred=None, verdict=verdict(referral="Yes"), **LISTED),
         "needs_human", "not-known"),
        (told({"referring_provider": None}, self_referred=None, verdict=verdict(), **LISTED),
         "ready", "nothing-against"),
        (told(caller="provider_office", verdict=verdict(referral="Yes"), **LISTED), "ready", "nothing-against"),
        (told(verdict=verdict(prior_authorization="Yes"), **LISTED), "ready", "authorization"),
        (told({"reason": "my knee and my shoulder"}, action="callback"), "ready", "nothing-against"),
    ],
)  # fmt: skip
def test_the_shipped_rules(facts: dict[str, Any], outcome: str, rule: str) -> None:
    """A clinic that wrote no rules is served sensibly."""
    found = qualify(facts, shipped_rules())
    assert found.outcome == outcome
    assert rule in {reason.rule for reason in found.reasons if reason.outcome == outcome}


def test_the_first_outcome_wins_and_every_reason_is_kept() -> None:
    """Whoever works down the list has to see everything that stands in the way."""
    against = {
        "values": {"referring_provider": "self-referred", "zip": "22101", "reason": "my knee and my shoulder"},
        "self_referred": True,
        "zips": ("22102",),
        "verdict": verdict(PayerStatus.OUT_OF_NETWORK, referral="Required"),
        "caller": "vendor",
        "emergency": True,
        "listed": True,
    }
    order = ["urgent", "not_a_patient", "needs_human", "out_of_area", "out_of_network", "needs_referral"]
    found = qualify(told(**against), shipped_rules())
    assert [reason.outcome for reason in found.reasons if reason.outcome != "ready"] == order
    relief = [
        {"emergency": False},
        {"caller": "patient"},
        {"values": {**against["values"], "reason": "my knee"}},
        {"zips": ()},
        {"verdict": verdict(referral="Required")},
        {"verdict": verdict()},
    ]
    for step, outcome in zip(relief, [*order[1:], "ready"], strict=True):
        against |= step
        assert qualify(told(**against), shipped_rules()).outcome == outcome


def test_three_words_on_referrals_stay_three() -> None:
    """The law, the payer and the clinic are different people; staff must see who says what, and since when."""
    rules = {
        "referral_rules": {
            "state_law": {"needs_referral": True, "source": "Board of Physical Therapy", "dated": "2026-01-15"},
            "clinic_policy": {"needs_referral": "yes", "source": "Front desk handbook", "dated": date(2025, 9, 1)},
        }
    }
    found = decide(told(verdict=verdict(referral="Required"), **LISTED, **SELF_REFERRED), **rules)
    assert [(reason.rule, reason.source, reason.dated) for reason in found.reasons] == [
        ("payer-needs-referral", "payers.pdf", date(2026, 5, 1)),
        ("law-needs-referral", "Board of Physical Therapy", date(2026, 1, 15)),
        ("clinic-needs-referral", "Front desk handbook", date(2025, 9, 1)),
    ]
    assert "payers.pdf" in found.patient_text["en"]
    law = {**rules["referral_rules"]["state_law"], "needs_referral": "no"}
    assert decide(told(**SELF_REFERRED), referral_rules={"state_law": law}).outcome == "ready"
    unsure = {**law, "needs_referral": "depends"}
    assert decide(told(**SELF_REFERRED), referral_rules={"state_law": unsure}).outcome == "needs_human"


def test_points_are_summed_with_their_reasons_and_urgency_is_apart() -> None:
    found = qualify(told({"reason": "surgery last week"}, missing=("preferred_times",)), shipped_rules())
    assert found.score == sum(point.points for point in found.points if not point.urgency) == 60
    assert found.urgency == sum(point.points for point in found.points if point.urgency) == 20
    assert all(point.reason for point in found.points)
    empty = qualify({"action": "referral"}, shipped_rules())
    assert (empty.score, empty.outcome) == (0, Outcome.READY)


def test_a_rule_of_the_clinic_goes_before_the_shipped_one() -> None:
    mine = {
        "name": "several-problems",
        "outcome": "ready",
        "when": {"fact": "complaint_count", "at_least": 2},
        "staff": "We see several problems in one visit.",
        "patient": {"en": "You can bring up everything in one visit at {clinic}."},
    }
    facts = told({"reason": "my knee and my shoulder"})
    assert decide(facts).outcome == "needs_human"
    found = decide(facts, rules=[mine])
    assert (found.outcome, found.patient_text) == ("ready", {"en": mine["patient"]["en"]})
    assert decide(facts, without=["several-problems"]).outcome == "ready"
    assert decide(told(emergency=True), extends="none", rules=[mine]).outcome == "urgent", "cannot be switched off"


def test_the_sentence_is_the_winners() -> None:
    """Who has to hear that a person will call must not read that everything is fine."""
    rules = [
        {"name": "late", "outcome": "needs_referral", "when": KNEE, "staff": "Late.", "patient": {"en": "Late."}},
        {"name": "first", "outcome": "out_of_area", "when": KNEE, "staff": "First.", "patient": {"en": "First."}},
    ]
    found = decide(told(), rules=rules)
    assert (found.outcome, found.patient_text["en"]) == ("out_of_area", "First.")
    assert [reason.rule for reason in found.reasons] == ["first", "late"]


def test_a_sentence_with_a_gap_is_not_said() -> None:
    """Half a sentence about somebody's insurance is worse than the general one."""
    mine = {
        "name": "far",
        "outcome": "out_of_area",
        "when": {"fact": "reason", "contains": "knee"},
        "staff": "ZIP {zip}.",
        "patient": {"en": "ZIP {zip} is far."},
    }
    found = decide(told(), rules=[mine])
    assert found.reasons[0].staff_text == "ZIP not told."
    assert found.patient_text["en"] == shipped_data()["texts"]["out_of_area"]["en"]
    assert decide(told({"zip": "22101"}), rules=[mine]).patient_text == {"en": "ZIP 22101 is far."}


def rule(**changes: Any) -> dict[str, Any]:
    made = {"name": "far", "outcome": "out_of_area", "when": {"fact": "zip", "is": "22101"}, "staff": "Far."}
    return {"rules": [{**made, **changes}]}


def point(**changes: Any) -> dict[str, Any]:
    return {"score": [{"points": 5, "reason": "Told", "when": {"fact": "reason", "filled": True}, **changes}]}


@pytest.mark.parametrize(
    ("data", "path", "remedy"),
    [
        ([], "the rules are []", "rules"),
        ({"rule": []}, "unknown key 'rule'", "did you mean 'rules'?"),
        ({"extends": "all"}, "extends is 'all'", "shipped or none"),
        ({"without": ["outside-area"]}, "without names 'outside-area'", "did you mean 'outside-the-area'?"),
        ({"without": ["emergency"]}, "without names 'emergency'", "cannot be left out"),
        (rule(name="emergency"), "rules[emergency] is changed", "cannot be changed"),
        (rule(name="Far Away"), "rules[0].name is 'Far Away'", "short name"),
        (rule(outcome="out_of_aera"), "rules[far].outcome is 'out_of_aera'", "did you mean 'out_of_area'?"),
        (rule(when={"fact": "zipp", "is": "1"}), "rules[far].when.fact is 'zipp'", "did you mean 'zip'?"),
        (rule(staff=""), "rules[far].staff is ''", "sentence"),
        (rule(staff="In {zipp}."), "placeholder is 'zipp'", "did you mean 'zip'?"),
        (rule(staff="In {zip.real}."), "placeholder is 'zip.real'", "use one of"),
        (rule(staff="In {zip"), "rules[far].staff is 'In {zip'", "braces"),
        (rule(patient={"es": "Lejos."}), "rules[far].patient", "at least `en`"),
        (rule(actions=["referal"]), "rules[far].actions is 'referal'", "did you mean 'referral'?"),
        (rule(actions=[]), "rules[far].actions is []", "list"),
        (rule(cites="law"), "rules[far].cites is 'law'", "state_law"),
        (rule(dated="soon"), "rules[far].dated is 'soon'", "YYYY-MM-DD"),
        (rule(self_pay_price="yes"), "self_pay_price is 'yes'", "true or false"),
        (rule(wehn={}), "unknown key 'wehn'", "did you mean 'when'?"),
        ({"rules": [*rule()["rules"], *rule()["rules"]]}, "'far' is there twice", "name of its own"),
        ({"rules": {}}, "rules is {}", "list"),
        (point(points=0), "score[0].points is 0", "1 to 100"),
        (point(points=-5), "score[0].points is -5", "1 to 100"),
        (point(points=True), "score[0].points is True", "1 to 100"),
        (point(reason=None), "score[0].reason is None", "sentence"),
        ({"ask": [{"slot": "zipcode"}]}, "ask[0].slot is 'zipcode'", "use one of zip"),
        ({"extends": "none", "ask": [{"slot": "zip"}]}, "no rule looks at in_service_area", "do not ask"),
        ({"ask": [{"slot": "zip", "only_if": {"fact": "age", "at_least": 65}}]}, "looks at 'age'", "fields"),
        ({"texts": {"reddy": {"en": "x"}}}, "unknown key 'reddy'", "did you mean 'ready'?"),
        ({"referral_rules": {"state_law": {"needs_referral": "no"}}}, "state_law.source is None", "who says so"),
        ({"referral_rules": {"payer": {}}}, "unknown key 'payer'", "state_law"),
        ({"referral_rules": {"state_law": {"needs_referral": "maybe", "source": "x", "dated": "2026-01-01"}}},
         "needs_referral is 'maybe'", "depends"),
    ],
)  # fmt: skip
def test_a_mistake_names_path_value_and_remedy(data: Any, path: str, remedy: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_rules(data, VOCABULARY)
    assert path in raised.value.message
    assert remedy in (raised.value.remedy or "")


def when(fact: str, **test: Any) -> dict[str, Any]:
    return {"fact": fact, **test}


@pytest.mark.parametrize(
    ("data", "trait"),
    [
        (rule(when=when("race", filled=True)), "race"),
        (rule(when=when("told", contains="muslim")), "religion"),
        (rule(when=when("told", contains=["knee", "Hispanic"])), "race"),
        (rule(when={"not": when("told", contains="speaks English")}), "language"),
        (rule(when=when("favorite_color", **{"is": "black"})), "race"),
        (rule(when=when("told", contains="undocumented immigrant")), "national origin"),
        (rule(when=when("told", contains="wheelchair")), "disability"),
        (rule(when=when("told", contains="divorced")), "marital"),
        (rule(when=when("told", contains="transgender")), "gender"),
        (rule(when=when("patient_name", contains="Garcia")), "a name"),
        (point(when=when("age", at_least=65)), "age"),
        (point(when=when("told", contains="elderly")), "age"),
        (point(when=when("zip", **{"in": ["22101"]})), "where somebody lives"),
        (point(when=when("insurance_carrier", contains="Aetna")), "who pays"),
        (point(when=when("payer_status", **{"is": "in_network"})), "who pays"),
        (point(when=when("told", contains="Medicaid")), "who pays"),
        (point(reason="Pays well"), "who pays"),
        (point(reason="High reimbursement"), "who pays"),
        ({"urgency": [{"points": 5, "reason": "Senior", "when": when("reason", filled=True)}]}, "age"),
    ],
)
def test_what_must_not_count_is_refused(data: dict[str, Any], trait: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_rules(data, VOCABULARY)
    assert trait in raised.value.message
    assert raised.value.code == "protected_trait"


@pytest.mark.parametrize(
    "data",
    [
        rule(when=when("age", at_most=11)),
        rule(when=when("told", contains="black and blue")),
        rule(when=when("payer", **{"is": "Medicaid"})),
        rule(when=when("told", contains="single leg")),
        point(when=when("insurance_carrier", filled=True)),
        point(when=when("patient_name", filled=True)),
        point(when=when("in_service_area", **{"is": True})),
        point(when=when("told", contains="old injury")),
    ],
)
def test_what_may_count_is_taken(data: dict[str, Any]) -> None:
    """A validator that refuses everyday rules would be switched off."""
    assert read_rules(data, VOCABULARY)


def test_the_file_is_read_as_it_was_written() -> None:
    data = complete({"rules": rule()["rules"], "referral_rules": {}})
    assert rules_from(text_of(data)) == data
    assert complete(data) == data, "a complete file stays as it is"
    for text, said in (
        ("rules: [", "line 1"),
        ("a: &x [1]\nb: *x", "Line 2 refers to another place"),
        ("rules: []\nrules: [1]", "'rules' stands twice in the block at line 1"),
        ("[" * 5000, "This is not YAML"),
        ("x" * 300_000, "fit"),
    ):
        with pytest.raises(Invalid) as raised:
            rules_from(text)
        assert said in raised.value.message


def test_deciding_again_asks_nobody_and_invents_nothing() -> None:
    """A rule about the surgery date cannot know it of leads that were never asked."""
    new = {
        "ask": [{"slot": "surgery_date", "only_if": when("reason", contains="surgery")}],
        "rules": [
            {
                "name": "fresh-surgery",
                "outcome": "needs_human",
                "when": when("days_since_surgery", at_most=14),
                "staff": "{days_since_surgery} days after surgery.",
            }
        ],
    }
    rules = read_rules(new, Vocabulary(VOCABULARY.slots, VOCABULARY.actions, {"zip", "surgery_date"}))
    assert decide_again(told(), rules).outcome == "ready"
    again = decide_again(told({"reason": "after my surgery"}), rules)
    assert (again.outcome, again.reasons[0].rule) == ("needs_human", "not-known")
    assert "surgery date" in again.reasons[0].staff_text
    dated = decide_again(told({"reason": "after my surgery", "surgery_date": "2026-11-16"}), rules)
    assert dated.reasons[0].staff_text == "7 days after surgery."
    assert decide_again(told({"reason": "surgery", "surgery_date": "2026-10-01"}), rules).outcome == "ready"


def test_the_example_of_the_documents_is_taken() -> None:
    """A clinic copies it first."""
    document = (Path(__file__).parents[2] / "docs/qualification.md").read_text(encoding="utf-8")
    example = document.split("```yaml\n")[1].split("```")[0]
    rules = read_rules(rules_from(example), Vocabulary(VOCABULARY.slots, VOCABULARY.actions, {"surgery_date", "zip"}))
    assert {"fresh-surgery", "outside-the-area"} <= {rule.name for rule in rules.rules}
    assert "several-problems" not in {rule.name for rule in rules.rules}
    assert qualify(told({"reason": "vertigo"}), rules).outcome == "needs_human"


def test_what_is_documented_and_what_there_is_agree() -> None:
    """A fact that rules may name, but that never comes, would be a rule that never holds."""
    everything = told(
        {"zip": "22101", "surgery_date": "2026-11-01", "birth_date": "2000-01-01", "referral_on_file": "yes"},
        zips=("22101",),
        verdict=verdict(referral="Yes", prior_authorization="Yes"),
        **LISTED,
    )
    statement = {"needs_referral": "no", "source": "x", "dated": "2026-01-01"}
    rules = read_rules({"referral_rules": {"state_law": statement, "clinic_policy": statement}}, VOCABULARY)
    assert fact_names().keys() <= everything.keys() | recorded(rules).keys()


@pytest.mark.parametrize(
    ("reason", "count"),
    [
        ("knee pain", 1),
        ("both knees", 1),
        ("left knee and right shoulder", 2),
        ("low back pain down into my knee", 1),
        ("neck and back", 1),
        ("duele el hombro y la rodilla", 2),
        ("Parkinson's and vertigo", 2),
        ("feeling weak", 0),
    ],
)
def test_problems_are_counted(reason: str, count: int) -> None:
    assert complaint_count(reason) == count


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        (None, None),
        ("", None),
        ("—", None),
        ("Yes", "yes"),
        ("Required", "yes"),
        ("PCP referral required", "yes"),
        ("Sí", "yes"),
        ("No", "no"),
        ("None", "no"),
        ("Not required", "no"),
        ("N/A", "no"),
        ("Referral not needed", "no"),
        ("No se requiere", "no"),
        ("HMO only", "depends"),
        ("After 12 visits", "depends"),
        ("Varies by plan", "depends"),
        ("see back office", "depends"),
    ],
)
def test_how_lists_say_that_something_is_needed(cell: str | None, answer: str | None) -> None:
    assert needed(cell) == answer


def test_days_and_years_are_counted_in_the_clinics_day() -> None:
    facts = told({"surgery_date": "2026-11-30", "birth_date": "2000-11-24"})
    assert (facts["days_since_surgery"], facts["age"]) == (-7, 25)
    assert told({"birth_date": "2000-11-23"})["age"] == 26
    assert "age" not in told({"birth_date": "long ago"})


@pytest.mark.parametrize(
    "facts", [told({"zip": None}, zips=("22101",)), told(finished=False, missing=("insurance_carrier", "member_id"))]
)
def test_staff_read_words_and_no_names_of_the_program(facts: dict[str, Any]) -> None:
    """The coordinator reads these lines in a mail."""
    texts = [reason.staff_text for reason in qualify(facts, shipped_rules()).reasons]
    assert texts
    assert not [text for text in texts if re.search(r"\w_\w|outside-the-area", text)], texts
