"""The order of precedence is part of the HTTP contract."""

from datetime import date

from app.qualification.outcomes import PRECEDENCE, Outcome, Reason, first_of


def test_the_order_of_the_contract() -> None:
    assert [outcome.value for outcome in PRECEDENCE] == [
        "urgent",
        "not_a_patient",
        "needs_human",
        "out_of_area",
        "out_of_network",
        "needs_referral",
        "ready",
    ]
    assert first_of([Outcome.READY, Outcome.OUT_OF_AREA, Outcome.NEEDS_HUMAN]) is Outcome.NEEDS_HUMAN
    assert first_of([]) is Outcome.READY


def test_a_reason_survives_storage() -> None:
    reason = Reason(Outcome.OUT_OF_NETWORK, "payer", "Not in the list.", "list.pdf", date(2026, 3, 1))
    assert Reason.from_json(reason.to_json()) == reason
    assert Reason.from_json(Reason(Outcome.READY, "r", "s").to_json()).dated is None
