"""lookup(asked, rows, today): what the rows of a clinic say about one payer. Says yes or no only where a row does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.qualification.aliases import covers, is_kind_of, is_related, table
from app.qualification.book import Entry, read_book
from app.qualification.naming import Mention
from app.qualification.payers import PayerRow, PayerStatus, Verdict
from app.qualification.plans import EXACT, FAMILY, PRODUCT, Plan, fit, in_every, takes_out, under_the_payer
from app.qualification.speech import pattern
from app.qualification.words import fold_in_place, joined

MOST_CAUTIOUS_FIRST = (
    PayerStatus.NOT_ACCEPTED,
    PayerStatus.OUT_OF_NETWORK,
    PayerStatus.SECONDARY_ONLY,
    PayerStatus.CONDITIONAL,
    PayerStatus.IN_NETWORK,
)
_NO = (PayerStatus.NOT_ACCEPTED, PayerStatus.OUT_OF_NETWORK)


def lookup(asked: Mention, rows: Sequence[PayerRow], today: date, location: str | None = None) -> Verdict:
    """The verdict on `today`, a day of the clinic. `location` is the one that is asked about, None for all. The order
    of `rows` changes nothing."""
    book = read_book(tuple(sorted(rows, key=lambda row: row.id)))
    place = location or asked.location
    here = [entry for entry in book.entries if _is_at(entry.row, place)]
    named = _named(asked, here)
    now = [entry for entry in named if _holds(entry.row, today)]
    verdict = _decided(asked, _superseded(now))
    general = tuple(row for row in book.general if _holds(row, today) and _is_at(row, place))
    coming = [entry for entry in named if entry.row.effective_from and entry.row.effective_from > today]
    clash = verdict.status in _NO and any(row.status is PayerStatus.IN_NETWORK for row in general)
    listed = [entry for entry in _related(asked, here) if _holds(entry.row, today)]
    return replace(
        verdict,
        conflict=verdict.conflict or clash,
        coming=_changes(asked, coming, verdict),
        related=() if verdict.rows else _rows(listed),
        general=general,
        known=any(_is_named(asked, entry) for entry in book.entries),
    )


def _is_at(row: PayerRow, location: str | None) -> bool:
    return location is None or row.location is None or row.location.casefold() == location.casefold()


def _holds(row: PayerRow, today: date) -> bool:
    return (row.effective_from is None or row.effective_from <= today) and (
        row.effective_to is None or row.effective_to >= today
    )


def _is_named(asked: Mention, entry: Entry) -> bool:
    return any(covers(listed, one) for listed in entry.identities for one in asked.identities)


def _named(asked: Mention, entries: Iterable[Entry]) -> list[Entry]:
    """The rows of the payer that was named; where there are none, those of the payers that patients call so too."""
    entries = list(entries)
    for test in (covers, is_kind_of):
        found = [e for e in entries if any(test(listed, one) for listed in e.identities for one in asked.identities)]
        if found:
            return found
    return _of_any_carrier(asked, entries) or [e for e in entries if _of_every_member(asked, e)]


def _of_every_member(asked: Mention, entry: Entry) -> bool:
    """Whether a row of an association speaks of all its members ("all other BCBS plans through BlueCard"), and the
    payer is one, or is that network."""
    row = entry.row
    said = f"{row.plan or ''} {row.note or ''} {row.quote}"
    if not (entry.listed.every and pattern("every_member").search(fold_in_place(said))):
        return False
    payers = [table().payers.get(one.payer) for one in asked.identities]
    associations = {listed.payer for listed in entry.identities if listed.region is None}
    return bool(payers) and all(
        payer is not None
        and (
            payer.part_of in associations
            or (not associations.isdisjoint(payer.related) and joined(payer.name) in joined(row.note or ""))
        )
        for payer in payers
    )


def _of_any_carrier(asked: Mention, entries: Iterable[Entry]) -> list[Entry]:
    """Rows of several carriers for a program that every carrier sells in its own name ("Medicare Advantage")."""
    payers = [table().payers.get(one.payer) for one in asked.identities]
    kinds = {payer.any_carrier for payer in payers if payer and payer.any_carrier}
    found = [
        e
        for e in entries
        if any((plan.kinds | plan.maybe_kinds) & kinds for plan in e.listed.plans) or e.listed.kinds & kinds
    ]
    carriers = {e.identities for e in found}
    return found if len(carriers) > 1 else []


def _related(asked: Mention, entries: Iterable[Entry]) -> list[Entry]:
    """The payer's own other rows; without any, those of payers it is mistaken for."""
    entries = list(entries)
    payers = {one.payer for one in asked.identities}
    own = [e for e in entries if any(listed.payer in payers for listed in e.identities)]
    return own or [
        e for e in entries if any(is_related(listed, one) for listed in e.identities for one in asked.identities)
    ]


def _superseded(entries: list[Entry]) -> list[Entry]:
    """Without the rows that the same paper replaces by one of the same thing with a later beginning."""

    def is_replaced(old: Entry) -> bool:
        return any(
            new.row.document == old.row.document
            and _thing(new) == _thing(old)
            and (new.row.effective_from or date.min) > (old.row.effective_from or date.min)
            for new in entries
        )

    return [entry for entry in entries if not is_replaced(entry)]


def _thing(entry: Entry) -> tuple[object, ...]:
    plans = frozenset((frozenset(plan.words), plan.types, plan.kinds) for plan in entry.listed.plans)
    return frozenset(entry.identities), plans, entry.listed.every, (entry.row.location or "").casefold()


@dataclass(frozen=True, slots=True)
class _Level:
    """How closely a row speaks of what was asked."""

    rank: int
    entry: Entry


def _decided(asked: Mention, entries: list[Entry]) -> Verdict:
    nothing = Verdict(asked.asked, PayerStatus.NOT_LISTED, asked.name)
    if not entries:
        return nothing
    plausible = _for_plan(asked.plan, entries) if asked.plan else entries
    if not plausible:
        return nothing
    groups = _agreed(plausible)
    statuses = {status for status, _, _ in groups}
    conflict = any(clash for _, _, clash in groups)
    chosen = sorted((e for _, group, _ in groups for e in group), key=lambda e: _order(e.row))
    if len(statuses) > 1:
        return replace(nothing, rows=_rows(chosen), choices=_choices(chosen), conflict=conflict)
    status = statuses.pop()
    chosen.sort(key=lambda e: e.row.status is not status)
    plans = dict.fromkeys(e.row.plan for e in chosen if e.row.plan)
    payer = " / ".join(dict.fromkeys(e.row.payer for e in chosen))
    partly = not asked.plan and all(e.listed.plans and e.row.plan for e in chosen)
    return Verdict(asked.asked, status, payer, "; ".join(plans) or None, _rows(chosen), (), conflict, partly=partly)


def _order(row: PayerRow) -> tuple[str, int, str]:
    return row.document, row.page or 0, row.id


def _for_plan(plan: Plan, entries: list[Entry]) -> list[Entry]:
    """The rows that speak of the plan most closely. A row of another paper that covers the plan and is more cautious
    is kept beside them: the two papers disagree."""
    ranked = [_Level(rank, e) for e in entries if (rank := _rank(plan, e))]
    if not ranked:
        return []
    best = max(level.rank for level in ranked)
    chosen = [level.entry for level in ranked if level.rank == best]
    papers, worst = {e.row.document for e in chosen}, min(_caution(e.row) for e in chosen)
    against = [
        replace(level.entry, listed=chosen[0].listed)
        for level in ranked
        if level.rank < best and level.entry.row.document not in papers and _caution(level.entry.row) < worst
    ]
    return chosen + against


def _rank(plan: Plan, entry: Entry) -> int:
    """5 the very plan, 4 its product, 3 its family, 2 all plans, 1 the payer alone, 0 not this row."""
    listed = entry.listed
    if listed.every and plan.kinds and plan == Plan(kinds=listed.kinds) and all(one.words for one in listed.excepted):
        return 5
    fits = max((fit(plan, one) for one in listed.plans), default=0)
    if fits:
        return {EXACT: 5, PRODUCT: 4, FAMILY: 3}[fits]
    if listed.every:
        return 2 if in_every(plan, listed) else 0
    if listed.plans or any(takes_out(one, plan) for one in listed.excepted):
        return 0
    return 1 if under_the_payer(plan) else 0


def _caution(row: PayerRow) -> int:
    return MOST_CAUTIOUS_FIRST.index(row.status) if row.status in MOST_CAUTIOUS_FIRST else len(MOST_CAUTIOUS_FIRST)


def _agreed(entries: Iterable[Entry]) -> list[tuple[PayerStatus, list[Entry], bool]]:
    """(status, rows, whether they disagree) of each thing that the rows speak of; of two statuses of one thing the more
    cautious holds."""
    things: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        things.setdefault(_thing(entry), []).append(entry)
    found = []
    for group in things.values():
        status = min((e.row for e in group), key=_caution).status
        found.append((status, group, len({e.row.status for e in group}) > 1))
    return found


def _choices(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What tells the rows apart: their plans, their payers, or where nothing else does, their locations."""
    labels: tuple[Callable[[PayerRow], str], ...] = (
        lambda row: row.plan or row.payer,
        lambda row: f"{row.payer} {row.plan or ''}".strip(),
        lambda row: row.location or row.payer,
    )
    same_payer = len({e.row.payer for e in entries}) == 1
    same_plan = len({(e.row.payer, e.row.plan) for e in entries}) == 1
    label = labels[2] if same_plan else labels[0] if same_payer else labels[1]
    places = {e.row.location for e in entries}
    named = [label(e.row) for e in entries]
    if not same_plan and len(places) > 1:
        named = [
            f"{name} ({e.row.location})" if e.row.location else name for name, e in zip(named, entries, strict=True)
        ]
    return tuple(dict.fromkeys(named))


def _changes(asked: Mention, entries: list[Entry], verdict: Verdict) -> tuple[PayerRow, ...]:
    """The rows to come that speak of what was asked and would say something else than today's."""
    mine = _for_plan(asked.plan, entries) if asked.plan else entries
    now = {row.status for row in verdict.rows}
    return tuple(row for row in _rows(mine) if now != {row.status})


def _rows(entries: Iterable[Entry]) -> tuple[PayerRow, ...]:
    rows = dict.fromkeys(entry.row for entry in entries)
    return tuple(rows)
