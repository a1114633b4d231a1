"""Rules of a clinic, and what they make of the facts of one request: exactly one outcome with every reason. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any, Literal

from app.qualification.conditions import Condition, Facts, Text, could_hold, withheld_facts
from app.qualification.facts import slot_of
from app.qualification.outcomes import PRECEDENCE, Outcome, Qualified, Reason, first_of
from app.qualification.score import PointRule, points_of

NOT_TOLD = "not told"
UNDECIDED = "not-known"
Cited = Literal["payer", "state_law", "clinic_policy"]
Needs = Literal["yes", "no", "depends"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says about needing a referral: the state's law or the clinic's policy, as the clinic recorded it.
    Each has its own source and date; a payer's rule is no such statement, it comes from the payer rows."""

    needs_referral: Needs
    text: str
    source: str
    dated: date


@dataclass(frozen=True, slots=True)
class Rule:
    """When the condition holds, the outcome fits. `actions` limits it to some, None means all. `cites` says whose word
    it is, else `source` and `dated` do. `self_pay_price`: the patient also reads what a published paper says that a
    visit costs."""

    name: str
    outcome: Outcome
    when: Condition
    staff: str
    patient: Mapping[str, str] = field(default_factory=dict)
    actions: frozenset[str] | None = None
    cites: Cited | None = None
    source: str = ""
    dated: date | None = None
    self_pay_price: bool = False

    def is_for(self, action: Any) -> bool:
        """Whether requests of this action are judged by it."""
        return self.actions is None or action in self.actions


@dataclass(frozen=True, slots=True)
class Asking:
    """A field that is asked for, beside those of the action, because a rule needs it."""

    slot: str
    actions: frozenset[str] | None
    only_if: Condition | None

    def is_for(self, action: Any) -> bool:
        """Whether the action asks for it."""
        return self.actions is None or action in self.actions


@dataclass(frozen=True)
class RuleSet:
    """Everything a clinic decides by. `texts` are the sentences of outcomes whose rules have none. `data` is what it
    was read from, complete."""

    rules: tuple[Rule, ...]
    asks: tuple[Asking, ...]
    points: tuple[PointRule, ...]
    texts: Mapping[Outcome, Mapping[str, str]]
    statements: Mapping[str, Statement]
    data: Mapping[str, Any]


def qualify(facts: Facts, rules: RuleSet) -> Qualified:
    """The one outcome. A rule that cannot be told, because something that was asked for was not given, goes to a
    person; one that looks at what nobody asked for is passed over."""
    known = {name: _text(value) for name, value in {**facts, **recorded(rules)}.items()}
    mine = [rule for rule in rules.rules if rule.is_for(known.get("action"))]
    truths = [(rule, rule.when.truth(known)) for rule in mine]
    fired = [rule for rule, truth in truths if truth is True]
    reasons = [_reason(rule, known, rules) for rule in fired]
    reasons += _undecided(
        [rule for rule, truth in truths if truth is None and rule.outcome is not Outcome.READY], known
    )
    outcome = first_of(reason.outcome for reason in reasons)
    if all(reason.outcome is not outcome for reason in reasons):
        reasons.append(Reason(outcome, "nothing-against", "No rule of the clinic stands against a first visit."))
    reasons.sort(key=lambda reason: PRECEDENCE.index(reason.outcome))
    points = points_of(known, rules.points)
    return Qualified(
        outcome=outcome,
        reasons=tuple(reasons),
        score=sum(point.points for point in points if not point.urgency),
        points=points,
        patient_text=_patient_text([rule for rule in fired if rule.outcome is outcome], outcome, known, rules),
        urgency=sum(point.points for point in points if point.urgency),
    )


def _text(value: Any) -> Any:
    """Patients' words are taken apart once, not by each rule."""
    if isinstance(value, list | tuple):
        return [_text(one) for one in value]
    return Text(value) if isinstance(value, str) else value


def wants_price(qualified: Qualified, rules: RuleSet) -> bool:
    """Whether a rule that led to the outcome says that the patient should hear the price of paying alone."""
    deciding = {reason.rule for reason in qualified.reasons if reason.outcome is qualified.outcome}
    return any(rule.self_pay_price and rule.name in deciding for rule in rules.rules)


def recorded(rules: RuleSet) -> dict[str, Any]:
    """What the clinic wrote down about referrals, as facts. What it did not write down is no fact."""
    law, policy = rules.statements.get("state_law"), rules.statements.get("clinic_policy")
    facts: dict[str, Any] = {"law_recorded": law is not None, "clinic_policy_recorded": policy is not None}
    if law:
        facts["law_needs_referral"] = law.needs_referral
    if policy:
        facts["clinic_needs_referral"] = policy.needs_referral
    return facts


def placeholders(text: str) -> list[str]:
    """The names in braces. Raises ValueError for braces that do not match."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def _reason(rule: Rule, facts: Facts, rules: RuleSet) -> Reason:
    source, dated = rule.source, rule.dated
    if rule.cites == "payer":
        source, dated = str(facts.get("payer_source") or ""), _date(facts.get("payer_dated"))
    elif rule.cites and (statement := rules.statements.get(rule.cites)):
        source, dated = statement.source, statement.dated
    staff = _filled(rule.staff, facts, NOT_TOLD)
    return Reason(rule.outcome, rule.name, staff or "", source, dated)


def _undecided(rules: Iterable[Rule], facts: Facts) -> list[Reason]:
    """One reason for all rules that lack the same facts, of `rules` that are not settled."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    for rule in rules:
        if could_hold(rule.when, facts):
            names = sorted({slot_of().get(name, name) for name in withheld_facts(rule.when, facts)})
            lacking.setdefault(tuple(names), []).append(rule.name)
    return [
        Reason(
            Outcome.NEEDS_HUMAN,
            UNDECIDED,
            f"Not known: {_plain(names)}. So this could not be decided: {_plain(of)}.",
        )
        for names, of in lacking.items()
    ]


def _plain(names: Iterable[str]) -> str:
    """Names of fields and rules as staff read them."""
    return ", ".join(names).replace("_", " ").replace("-", " ")


def _patient_text(fired: Iterable[Rule], outcome: Outcome, facts: Facts, rules: RuleSet) -> Mapping[str, str]:
    """The first sentence of the outcome's rules of which every placeholder is known; {clinic} and {phone} stay."""
    for words in [*(rule.patient for rule in fired if rule.patient), rules.texts.get(outcome, {})]:
        filled = {code: _filled(text, facts, None) for code, text in words.items()}
        if filled and all(filled.values()):
            return {code: text for code, text in filled.items() if text}
    return {}


def _filled(text: str, facts: Facts, blank: str | None) -> str | None:
    """None when a value is missing and there is nothing to say in its place."""
    values: dict[str, str] = {"clinic": "{clinic}", "phone": "{phone}"}
    for name in placeholders(text):
        value = values.get(name) or _shown(facts.get(name)) or blank
        if value is None:
            return None
        values[name] = value
    return text.format_map(values)


def _shown(value: Any) -> str | None:
    if value is None or value == []:
        return None
    if isinstance(value, list | tuple):
        return ", ".join(str(one).replace("_", " ") for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None
