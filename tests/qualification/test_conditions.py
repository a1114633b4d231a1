"""Conditions as data: three-valued, forgiving about spelling, strict about form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.qualification.conditions import condition_from, could_hold, settled, unknown_facts, withheld_facts

FACTS = {
    "zip": "97031",
    "reason": "pain in both knees after a fall",
    "insurance_carrier": None,
    "self_referred": True,
    "age": "67",
    "diagnoses": ["Rotator cuff", "Lumbar spine"],
}


@pytest.mark.parametrize(
    ("data", "truth"),
    [
        ({"fact": "zip", "is": 97031}, True),
        ({"fact": "zip", "is": "97032"}, False),
        ({"fact": "zip", "in": ["97032", "97031"]}, True),
        ({"fact": "zip", "in": ["97032"]}, False),
        ({"fact": "plan", "is": "PPO"}, None),
        ({"fact": "plan", "filled": True}, None),
        ({"fact": "insurance_carrier", "filled": True}, False),
        ({"fact": "insurance_carrier", "filled": False}, True),
        ({"fact": "insurance_carrier", "is": "Aetna"}, None),
        ({"fact": "insurance_carrier", "contains": "Aetna"}, None),
        ({"fact": "self_referred", "is": "yes"}, True),
        ({"fact": "self_referred", "is": False}, False),
        ({"fact": "reason", "contains": "KNEE"}, True),
        ({"fact": "reason", "contains": ["hip", "both knees"]}, True),
        ({"fact": "reason", "contains": "nee"}, False),
        ({"fact": "reason", "contains": "knees both"}, False),
        ({"fact": "diagnoses", "contains": "lumbar"}, True),
        ({"fact": "diagnoses", "is": "rotator  CUFF"}, True),
        ({"fact": "age", "at_least": 65}, True),
        ({"fact": "age", "at_least": 67}, True),
        ({"fact": "age", "at_most": 66}, False),
        ({"fact": "reason", "at_least": 1}, None),
        ({"fact": "self_referred", "at_least": 1}, None),
        ({"not": {"fact": "plan", "is": "PPO"}}, None),
        ({"not": {"fact": "zip", "is": "97031"}}, False),
        ({"all": [{"fact": "plan", "is": "PPO"}, {"fact": "zip", "is": "1"}]}, False),
        ({"all": [{"fact": "plan", "is": "PPO"}, {"fact": "zip", "is": "97031"}]}, None),
        ({"any": [{"fact": "plan", "is": "PPO"}, {"fact": "zip", "is": "97031"}]}, True),
        ({"any": [{"fact": "plan", "is": "PPO"}, {"fact": "zip", "is": "1"}]}, None),
    ],
)
def test_true_false_or_not_known(data: dict[str, Any], truth: bool | None) -> None:
    condition = condition_from(data, "when")
    assert condition.truth(FACTS) is truth
    assert condition.as_data() == data


def test_accents_are_no_difference() -> None:
    assert condition_from({"fact": "city", "is": "Penon"}, "when").truth({"city": "Peñón"}) is True


def test_only_facts_that_matter_are_missed() -> None:
    """A ZIP that settles it leaves nothing to ask; a declined field is not asked again."""
    either = condition_from({"any": [{"fact": "zip", "is": "97031"}, {"fact": "surgery_date", "filled": True}]}, "when")
    assert unknown_facts(either, {}) == {"zip", "surgery_date"}
    assert unknown_facts(either, {"zip": "97031"}) == frozenset()
    assert unknown_facts(either, {"zip": "1"}) == {"surgery_date"}
    assert unknown_facts(either, {"zip": None}) == {"surgery_date"}
    assert either.names() == {"zip", "surgery_date"}


@pytest.mark.parametrize(
    ("data", "could"),
    [
        ({"fact": "withheld", "is": 1}, True),
        ({"fact": "unasked", "is": 1}, False),
        ({"all": [{"fact": "withheld", "is": 1}, {"fact": "unasked", "is": 1}]}, False),
        ({"any": [{"fact": "withheld", "is": 1}, {"fact": "unasked", "is": 1}]}, True),
        ({"not": {"any": [{"fact": "withheld", "is": 1}, {"fact": "unasked", "is": 1}]}}, False),
        ({"not": {"all": [{"fact": "withheld", "is": 1}, {"fact": "unasked", "is": 1}]}}, True),
        ({"not": {"fact": "unasked", "is": 1}}, False),
        ({"all": [{"fact": "withheld", "is": 1}, {"fact": "zip", "is": "1"}]}, False),
    ],
)
def test_only_what_was_asked_for_in_vain_may_still_hold(data: dict[str, Any], could: bool) -> None:
    facts = {"withheld": None, "zip": "97031"}
    condition = condition_from(data, "when")
    assert could_hold(condition, facts) is could
    if could:
        assert withheld_facts(condition, facts) == {"withheld"}


def test_what_is_known_is_taken_out_of_a_condition() -> None:
    data = {"all": [{"fact": "zip", "is": "97031"}, {"any": [{"fact": "b", "is": 1}, {"fact": "zip", "is": "2"}]}]}
    left = settled(condition_from(data, "when"), {"zip": "97031"})
    assert not isinstance(left, bool)
    assert left.names() == {"b"}
    assert (left.truth({"b": 1}), left.truth({"b": 2})) == (True, False)
    assert settled(left, {"b": 2}) is False


@pytest.mark.parametrize(
    ("data", "path", "remedy"),
    [
        ("zip", "when is 'zip'", "fact"),
        ({}, "when is {}", "fact"),
        ({"al": []}, "when is {'al': []}", "did you mean 'all'?"),
        ({"all": []}, "when.all is []", "at least one"),
        ({"all": [{"fact": "zip", "is": "1"}], "any": []}, "when is", "fact"),
        ({"all": [{"not": 3}]}, "when.all[0].not is 3", "fact"),
        ({"fact": "zipp", "is": "1"}, "when.fact is 'zipp'", "did you mean 'zip'?"),
        ({"fact": "qqqq", "is": "1"}, "when.fact is 'qqqq'", "the facts are age, zip"),
        ({"fact": "", "is": "1"}, "when.fact is ''", "name"),
        ({"fact": "zip"}, "tests 'zip' with []", "exactly one of is"),
        ({"fact": "zip", "is": "1", "in": ["2"]}, "with ['is', 'in']", "exactly one"),
        ({"fact": "zip", "contain": "1"}, "with ['contain']", "did you mean 'contains'?"),
        ({"fact": "zip", "is": ["1"]}, "when.is is ['1']", "text"),
        ({"fact": "zip", "is": None}, "when.is is None", "text"),
        ({"fact": "zip", "in": "1"}, "when.in is '1'", "list"),
        ({"fact": "zip", "contains": " "}, "when.contains is ' '", "text"),
        ({"fact": "zip", "filled": "yes"}, "when.filled is 'yes'", "true or false"),
        ({"fact": "age", "at_least": "65"}, "when.at_least is '65'", "number"),
        ({"fact": "age", "at_most": True}, "when.at_most is True", "number"),
    ],
)
def test_a_mistake_names_path_value_and_remedy(data: Any, path: str, remedy: str) -> None:
    with pytest.raises(Invalid) as raised:
        condition_from(data, "when", known={"zip", "age"})
    assert path in raised.value.message
    assert remedy in (raised.value.remedy or "")


def test_nesting_has_an_end() -> None:
    data: dict[str, Any] = {"fact": "zip", "is": "1"}
    for _ in range(40):
        data = {"not": data}
    with pytest.raises(Invalid, match="deep"):
        condition_from(data, "when")


LEAVES = st.builds(lambda name, value: {"fact": name, "is": value}, st.sampled_from("abc"), st.sampled_from("xy"))
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda part: {"not": part}, inner)
        | st.builds(
            lambda kind, parts: {kind: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
        )
    ),
    max_leaves=8,
).filter(lambda data: _depth(data) <= 8)


def _depth(data: Any) -> int:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return (1 if isinstance(data, dict) else 0) + max((_depth(one) for one in inner), default=0)


@given(CONDITIONS, st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")))
def test_what_is_settled_stays_settled(data: dict[str, Any], facts: dict[str, str]) -> None:
    """Learning one more fact never overturns a verdict, and as long as there is none a fact is missed."""
    condition = condition_from(data, "when")
    before = condition.truth(facts)
    missed = unknown_facts(condition, facts)
    assert bool(missed) is (before is None)
    assert missed <= condition.names() - facts.keys()
    for name in set("abc") - facts.keys():
        for value in "xy":
            after = condition.truth({**facts, name: value})
            assert before is None or after is before
