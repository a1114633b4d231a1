"""What is known of a request, as facts that rules look at. A fact whose field was asked for in vain is None; one that
nobody asked for is absent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from app.qualification.complaints import complaint_count
from app.qualification.needed import needed
from app.qualification.payers import Verdict
from app.qualification.shipped import shipped

INSURANCE = "insurance_carrier"
SELF_PAY = "self_pay"
UNCLEAR = "unclear"
LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Told:
    """A request as it was told. `values` are normal forms and `said` the patient's words, by field; a field of
    `asked` that has no value was asked for in vain. `zips` is the clinic's service area, empty for everywhere.
    `verdict` is what the published payer rows say, None when there are none or no insurance was named; `insurances`
    counts those that were named, `listed` tells whether the clinic has published rows."""

    action: str
    caller: str
    asked: frozenset[str]
    values: Mapping[str, Any]
    said: Mapping[str, str]
    today: date
    missing: Sequence[str] = ()
    finished: bool = True
    emergency: bool = False
    to_a_person: bool = False
    zips: Sequence[str] = ()
    self_referred: bool | None = None
    self_pay: bool = False
    verdict: Verdict | None = None
    insurances: int = 0
    listed: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@cache
def slot_of() -> Mapping[str, str]:
    """Derived fact to the field that it comes from."""
    return {name: about["from"] for name, about in shipped("facts.yaml").items() if "from" in about}


def fact_names() -> Mapping[str, str]:
    """Every fact that is no field, with what it means."""
    return {name: about["means"] for name, about in shipped("facts.yaml").items()}


def facts_of(told: Told) -> dict[str, Any]:
    """JSON-able facts, so that a request can be decided again by other rules."""
    facts: dict[str, Any] = dict.fromkeys(told.asked)
    facts |= {name: _text(value) for name, value in told.values.items()}
    facts |= {
        "action": told.action,
        "caller": told.caller,
        "emergency": told.emergency,
        "sent_to_a_person": told.to_a_person,
        "finished": told.finished,
        "missing": list(told.missing),
        "clinic_has_service_area": bool(told.zips),
        "insurance_words": [str(one[INSURANCE]) for one in (told.said, told.values) if one.get(INSURANCE)],
        "told": list(dict.fromkeys([*(said for said in told.said.values() if said), *_texts(told.values)])),
    }
    facts |= _place(told) | _referral(told) | _payer(told) | _days(told)
    if told.values.get("reason"):
        facts["complaint_count"] = complaint_count(str(told.values["reason"]))
    in_vain = {name for name, slot in slot_of().items() if slot in facts and facts[slot] is None}
    return {name: None for name in in_vain if _is_of_use(name, told)} | facts | dict(told.extra)


def _is_of_use(name: str, told: Told) -> bool:
    """Whether the clinic has anything that the missing value could have been compared with."""
    if name == "in_service_area":
        return bool(told.zips)
    return told.listed or slot_of()[name] != INSURANCE


def _place(told: Told) -> dict[str, Any]:
    given = told.values.get("zip")
    if given is None or not told.zips:
        return {}
    return {"in_service_area": str(given)[:5] in {code.strip()[:5] for code in told.zips}}


def _referral(told: Told) -> dict[str, Any]:
    on_file = told.values.get("referral_on_file")
    facts: dict[str, Any] = {} if told.self_referred is None else {"self_referred": told.self_referred}
    if told.caller == "provider_office":
        return facts | {"referral_on_file": True, "self_referred": False}
    if on_file is not None:
        return facts | {"referral_on_file": on_file == "yes"}
    return facts | ({"referral_on_file": False} if told.self_referred else {})


def _payer(told: Told) -> dict[str, Any]:
    verdict = told.verdict
    if told.self_pay:
        return {"payer_status": SELF_PAY, "several_insurances": False}
    several = {"several_insurances": told.insurances > 1} if told.insurances else {}
    if verdict is None:
        return several
    facts = {
        **several,
        "payer": verdict.payer or verdict.asked,
        "payer_status": UNCLEAR if verdict.choices or verdict.partly else verdict.status.value,
        "payer_conflict": verdict.conflict,
    }
    return facts | _row(verdict)


def _row(verdict: Verdict) -> dict[str, Any]:
    """What the deciding row says, with its paper. Rows that differ are told by the status."""
    if not verdict.rows:
        return {}
    row = verdict.rows[0]
    facts = {
        "payer_words": row.quote[:LONGEST_WORDS],
        "payer_source": row.document,
        "payer_dated": row.as_of.isoformat() if row.as_of else None,
    }
    for name, answers in (
        ("payer_needs_referral", {needed(one.referral) for one in verdict.rows}),
        ("payer_needs_authorization", {needed(one.prior_authorization) for one in verdict.rows}),
    ):
        said = answers - {None}
        if said:
            facts[name] = said.pop() if len(said) == 1 else "depends"
    return facts


def _days(told: Told) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    surgery, birth = (_date(told.values.get(name)) for name in ("surgery_date", "birth_date"))
    if surgery:
        facts["days_since_surgery"] = (told.today - surgery).days
    if birth:
        before_birthday = (told.today.month, told.today.day) < (birth.month, birth.day)
        facts["age"] = told.today.year - birth.year - before_birthday
    return facts


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _text(value: Any) -> Any:
    """A list of time windows becomes what was said of each."""
    if isinstance(value, list | tuple):
        return [str(one.get("said", "")) if isinstance(one, Mapping) else str(one) for one in value]
    return value


def _texts(values: Mapping[str, Any]) -> list[str]:
    texts = [_text(value) for value in values.values()]
    return [str(one) for text in texts for one in (text if isinstance(text, list) else [text]) if one is not None]
