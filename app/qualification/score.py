"""The score orders the queue and rejects nobody: points with their reasons are added up, urgency apart."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.qualification.conditions import Condition, Facts
from app.qualification.outcomes import Point

MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class PointRule:
    """`points` (1 to 100) for what `when` says; nothing is ever taken off."""

    points: int
    reason: str
    when: Condition
    urgency: bool = False


def points_of(facts: Facts, rules: Iterable[PointRule]) -> tuple[Point, ...]:
    """A point for each rule that certainly holds: what is not known adds nothing and costs nothing."""
    return tuple(Point(rule.points, rule.reason, rule.urgency) for rule in rules if rule.when.truth(facts) is True)
