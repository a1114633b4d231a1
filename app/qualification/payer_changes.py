"""How two readings of a payer list differ, row by row, and where rows that hold at the same time disagree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from app.qualification.book import identify
from app.qualification.payers import PayerStatus


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """What a row says, without where it stands. The fields are those of a `PayerRow`."""

    payer: str
    status: str
    plan: str | None = None
    all_plans: bool = False
    except_plans: tuple[str, ...] = ()
    general: bool = False
    location: str | None = None
    referral: str | None = None
    prior_authorization: str | None = None
    visit_limit: str | None = None
    note: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None

    @property
    def subject(self) -> tuple[str, str, str, bool]:
        """What the row is about: two rows with one subject say the same thing or contradict each other."""
        return _letters(self.payer), _letters(self.plan or ""), _letters(self.location or ""), self.general


FACTS = tuple(one.name for one in fields(PayerFacts))


@dataclass(frozen=True, slots=True)
class Difference:
    """Places in the old and the new sequence. `same` and `changed` are pairs (old, new)."""

    same: list[tuple[int, int]] = field(default_factory=list)
    changed: list[tuple[int, int]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Places of rows that disagree. `status`: the same payer, plan and location stand differently; `general`: the
    first is a sentence about all payers, the others are payers that are not accepted."""

    kind: Literal["status", "general"]
    places: tuple[int, ...]


def facts_of(row: Any) -> PayerFacts:
    """The facts of anything that has their fields: a draft or a stored row."""
    values = {name: getattr(row, name) for name in FACTS}
    return PayerFacts(**values | {"status": str(values["status"]), "except_plans": tuple(values["except_plans"])})


def difference(old: Sequence[PayerFacts], new: Sequence[PayerFacts]) -> Difference:
    """Pairs equal rows first, then rows about the same thing in their order. Case and spaces are no difference."""
    found = Difference()
    found.same.extend(_paired(old, range(len(old)), new, range(len(new)), _comparable))
    old_left = [i for i in range(len(old)) if i not in {pair[0] for pair in found.same}]
    new_left = [i for i in range(len(new)) if i not in {pair[1] for pair in found.same}]
    found.changed.extend(_paired(old, old_left, new, new_left, lambda one: one.subject))
    found.removed.extend(i for i in old_left if i not in {pair[0] for pair in found.changed})
    found.added.extend(i for i in new_left if i not in {pair[1] for pair in found.changed})
    return found


def conflicts(rows: Sequence[PayerFacts]) -> list[Conflict]:
    """Where rows contradict each other on a day on which both hold."""
    subjects: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows):
        subjects.setdefault(_meant(row), []).append(place)
    found = [Conflict("status", places) for group in subjects.values() if (places := _disagreeing(rows, group))]
    refused = [i for i, row in enumerate(rows) if row.status == PayerStatus.NOT_ACCEPTED and not row.general]
    for place, row in enumerate(rows):
        if row.general and row.status == PayerStatus.IN_NETWORK:
            against = [i for i in refused if _same_place(row, rows[i]) and _same_days(row, rows[i])]
            found += [Conflict("general", (place, *against))] if against else []
    return found


def _paired(
    old: Sequence[PayerFacts], old_places: Iterable[int], new: Sequence[PayerFacts], new_places: Iterable[int], key: Any
) -> list[tuple[int, int]]:
    waiting: dict[Any, list[int]] = {}
    for place in old_places:
        waiting.setdefault(key(old[place]), []).append(place)
    return [(waiting[key(new[place])].pop(0), place) for place in new_places if waiting.get(key(new[place]))]


def _comparable(row: PayerFacts) -> tuple[Any, ...]:
    values = (getattr(row, name) for name in FACTS)
    return tuple(tuple(map(_plain, v)) if isinstance(v, tuple) else _plain(v) for v in values)


def _plain(value: Any) -> Any:
    return (" ".join(value.split()).casefold() or None) if isinstance(value, str) else value


def _letters(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _meant(row: PayerFacts) -> tuple[Any, ...]:
    """The subject with the payer that the name means: papers abbreviate it in different ways."""
    identities, more = identify(row.payer)
    payer, plan, location, general = row.subject
    if not identities:
        return payer, plan, location, general
    return frozenset(identities), _letters(f"{more} {plan}"), location, general


def _disagreeing(rows: Sequence[PayerFacts], places: Sequence[int]) -> tuple[int, ...]:
    against = {i for i in places for j in places if rows[i].status != rows[j].status and _same_days(rows[i], rows[j])}
    return tuple(i for i in places if i in against)


def _same_place(one: PayerFacts, other: PayerFacts) -> bool:
    return not one.location or not other.location or _letters(one.location) == _letters(other.location)


def _same_days(one: PayerFacts, other: PayerFacts) -> bool:
    starts = [day for day in (one.effective_from, other.effective_from) if day]
    ends = [day for day in (one.effective_to, other.effective_to) if day]
    return not starts or not ends or max(starts) <= min(ends)
