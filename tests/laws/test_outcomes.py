"""What must hold for any rules and any facts."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.qualification.conditions import condition_from
from app.qualification.outcomes import PRECEDENCE, Outcome
from app.qualification.rule_file import Vocabulary, read_rules
from app.qualification.rules import UNDECIDED, qualify

NAMES = ["reason", "zip", "complaint_count", "self_referred", "payer_status"]
VALUES = st.sampled_from([None, "knee", "shoulder", "22101", True, False, 1, 3, ["knee", "hip"]])
FACTS = st.dictionaries(st.sampled_from(NAMES), VALUES).map(lambda facts: {"action": "referral", **facts})
LEAVES = st.one_of(
    st.builds(lambda f, v: {"fact": f, "is": v}, st.sampled_from(NAMES), st.sampled_from(["knee", "22101", True, 3])),
    st.builds(lambda f, v: {"fact": f, "filled": v}, st.sampled_from(NAMES), st.booleans()),
    st.builds(lambda f, v: {"fact": f, "at_least": v}, st.sampled_from(NAMES), st.integers(0, 4)),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda part: {"not": part}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=4,
)
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "outcome": st.sampled_from([outcome.value for outcome in Outcome]),
            "when": CONDITIONS,
            "staff": st.just("Because."),
            "actions": st.sampled_from([None, ["referral"], ["callback"]]),
        }
    ),
    max_size=8,
).map(lambda rules: [{**rule, "name": f"rule-{number}"} for number, rule in enumerate(rules)])


def read(rules: list[dict[str, Any]]) -> Any:
    return read_rules({"extends": "none", "rules": rules}, Vocabulary())


@given(RULES, FACTS)
def test_exactly_one_outcome_with_every_reason(rules: list[dict[str, Any]], facts: dict[str, Any]) -> None:
    """Two outcomes, or none, would leave a patient between two lists."""
    found = qualify(facts, read(rules))
    assert found.reasons
    assert found.outcome is found.reasons[0].outcome
    assert found.outcome is min((reason.outcome for reason in found.reasons), key=PRECEDENCE.index)
    mine = [rule for rule in rules if rule["actions"] != ["callback"]]
    holding = {rule["name"] for rule in mine if condition_from(rule["when"], "when").truth(facts) is True}
    assert holding == {reason.rule for reason in found.reasons} - {UNDECIDED, "nothing-against"}


@given(RULES, FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_changes_no_outcome(
    rules: list[dict[str, Any]], facts: dict[str, Any], dice: Any
) -> None:
    """Whoever adds a rule need not know where it stands."""
    shuffled = list(rules)
    dice.shuffle(shuffled)
    one, other = qualify(facts, read(rules)), qualify(facts, read(shuffled))
    assert one.outcome is other.outcome
    assert set(one.reasons) >= {reason for reason in other.reasons if reason.rule != UNDECIDED}


@given(RULES, FACTS, st.sampled_from(NAMES), VALUES.filter(lambda value: value is not None))
def test_ready_means_that_nothing_withheld_could_stand_against_it(
    rules: list[dict[str, Any]], facts: dict[str, Any], name: str, value: Any
) -> None:
    """A withheld answer must never be better than any answer."""
    withheld = qualify({**facts, name: None}, read(rules))
    answered = qualify({**facts, name: value}, read(rules))
    tests_for_gap = any("filled" in str(rule["when"]) for rule in rules)
    if withheld.outcome is Outcome.READY and not tests_for_gap:
        assert answered.outcome is Outcome.READY
