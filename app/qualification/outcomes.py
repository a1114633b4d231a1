"""What qualifying a lead comes to: one outcome, every reason, and points that order the queue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self


class Outcome(StrEnum):
    """Part of the HTTP contract. The order is the precedence: when several fit, the first wins."""

    URGENT = "urgent"
    NOT_A_PATIENT = "not_a_patient"
    NEEDS_HUMAN = "needs_human"
    OUT_OF_AREA = "out_of_area"
    OUT_OF_NETWORK = "out_of_network"
    NEEDS_REFERRAL = "needs_referral"
    READY = "ready"


PRECEDENCE = tuple(Outcome)


def first_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The one that wins; READY when there is none."""
    return min(outcomes, key=PRECEDENCE.index, default=Outcome.READY)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an outcome fits. `rule` is the name of the rule, `staff_text` what staff read, `source` who or what says
    so (a document, a person, a policy) and `dated` from when."""

    outcome: Outcome
    rule: str
    staff_text: str
    source: str = ""
    dated: date | None = None

    def to_json(self) -> dict[str, Any]:
        """What the database stores and the staff API shows."""
        return {
            "outcome": self.outcome.value,
            "rule": self.rule,
            "staff_text": self.staff_text,
            "source": self.source,
            "dated": self.dated.isoformat() if self.dated else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        dated = date.fromisoformat(stored["dated"]) if stored["dated"] else None
        return cls(**{**stored, "outcome": Outcome(stored["outcome"]), "dated": dated})


@dataclass(frozen=True, slots=True)
class Point:
    """A summand of the score, or of the urgency, which is counted apart. Never below 1."""

    points: int
    reason: str
    urgency: bool = False

    def to_json(self) -> dict[str, Any]:
        """What the database stores."""
        return {"points": self.points, "reason": self.reason, "urgency": self.urgency}


@dataclass(frozen=True, slots=True)
class Qualified:
    """The one outcome with all reasons, those of other outcomes too, in the order of precedence. `score` and `urgency`
    are the sums of their points. `patient_text` maps a language code to the sentence that the patient hears."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    score: int = 0
    points: tuple[Point, ...] = ()
    patient_text: Mapping[str, str] = field(default_factory=dict)
    urgency: int = 0
