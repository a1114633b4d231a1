"""A clinic's rows as the look-up reads them: whose they are, which plans they cover, the names that only they use."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from app.qualification.aliases import Alias, Identity, table
from app.qualification.payers import PayerRow
from app.qualification.plans import Listed, filler, read_listed, read_plan, spelled_kinds, spelled_types
from app.qualification.words import Word, joined, together, words

LONGEST_NAME = 7
PROGRAMS = frozenset({"Medicare", "Medicare Advantage", "Medicare Supplement", "Medicaid"})
KIND_OF = {"Medicare": "medicare advantage", "Medicare Advantage": "medicare advantage", "Medicaid": "medicaid"}
KIND_OF["Medicare Supplement"] = "supplement"
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_APART = re.compile(r"[/,;&+]|\b(?:and|or|y|o)\b", re.IGNORECASE)
_PLACE = frozenset({"clinic", "office", "location", "site", "branch", "the", "our", "clinica", "consultorio"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, read."""

    row: PayerRow
    identities: tuple[Identity, ...]
    listed: Listed


@dataclass(frozen=True)
class Book:
    """All rows, read. `aliases` are the names that only these rows use, `near` those, by first letter, that a slip
    may be compared with; `locations` maps a location's name without spaces to how the rows spell it. `name_words` are
    the words of the payers' names, `own_words` those and the plans'."""

    entries: tuple[Entry, ...]
    general: tuple[PayerRow, ...]
    aliases: Mapping[str, Alias]
    near: Mapping[str, tuple[str, ...]]
    locations: Mapping[str, str]
    name_words: frozenset[str]
    own_words: frozenset[str]

    def plan_words(self, identities: Iterable[Identity]) -> frozenset[str]:
        """The words of the plans that the rows list for these payers."""
        wanted = {identity.payer for identity in identities}
        mine = [e for e in self.entries if not wanted.isdisjoint(identity.payer for identity in e.identities)]
        return frozenset(word for e in mine for plan in (*e.listed.plans, *e.listed.excepted) for word in plan.words)


@lru_cache(maxsize=64)
def read_book(rows: tuple[PayerRow, ...]) -> Book:
    """Reads a clinic's rows; kept for the next question."""
    entries = tuple(_entry(row) for row in rows if not row.general)
    aliases = dict(_names(entries))
    near: defaultdict[str, list[str]] = defaultdict(list)
    for name, alias in aliases.items():
        if len(name) >= 5 and not alias.guarded:
            near[name[0]].append(name)
    places = {key: row.location for row in rows if row.location for key in _place_names(row.location)}
    general = tuple(row for row in rows if row.general)
    named = frozenset(
        w.text for e in entries for w in words(e.row.payer) if len(w.text) >= 5 and w.text not in filler()
    )
    planned = frozenset(w for e in entries for plan in (*e.listed.plans, *e.listed.excepted) for w in plan.words)
    by_letter = {letter: tuple(names) for letter, names in near.items()}
    return Book(entries, general, aliases, by_letter, places, named, named | planned)


def _place_names(location: str) -> Iterator[str]:
    own = [word.text for word in words(location) if word.text not in _PLACE]
    yield joined(location)
    if own:
        yield "".join(own)


def _entry(row: PayerRow) -> Entry:
    identities, extra = identify(row.payer)
    products = products_of(identities)
    plan = None if _names_the_payer(row, identities) else row.plan
    listed = read_listed(plan, products, all_plans=row.all_plans, excepted=row.except_plans)
    return Entry(row, identities, _with_extra(listed, read_listed(extra, products, all_plans=False)))


def _names_the_payer(row: PayerRow, identities: tuple[Identity, ...]) -> bool:
    """Whether payer and plan together are but a longer name of the payer: who has Medicare has "Part B"."""
    alias = table().aliases.get(joined(f"{row.payer} {_BRACKETS.sub(' ', row.plan or '')}"))
    return bool(row.plan) and alias is not None and alias.identities == identities and not alias.plan


def products_of(identities: Iterable[Identity]) -> dict[str, str]:
    """The products of these payers that the table knows."""
    known = table().payers
    found: dict[str, str] = {}
    for identity in identities:
        entry = known.get(identity.payer)
        found |= dict(entry.products or {}) if entry else {}
    return found


def _with_extra(listed: Listed, extra: Listed) -> Listed:
    """`listed` with the plan that the payer's column names ("Aetna Medicare")."""
    if extra.every and not listed.plans:
        return Listed((), True, listed.kinds | extra.kinds, listed.excepted + extra.excepted)
    if not extra.plans:
        return listed
    if not listed.plans:
        bare = all(not plan.words and not plan.types for plan in extra.plans)
        if listed.every and bare:
            return replace(listed, kinds=listed.kinds | frozenset().union(*(plan.kinds for plan in extra.plans)))
        return Listed(extra.plans, False, frozenset(), listed.excepted)
    kinds = frozenset().union(*(plan.kinds for plan in extra.plans))
    types = frozenset().union(*(plan.types for plan in extra.plans))
    merged = tuple(
        replace(p, kinds=p.kinds | kinds, types=p.types | (types if not p.types else set())) for p in listed.plans
    )
    return replace(listed, plans=merged)


def exact_names(text: tuple[Word, ...]) -> list[tuple[int, int, Alias]]:
    """(first word, word after the last, meaning) of every name of the table, the longest at each place."""
    known, found, at = table().aliases, [], 0
    while at < len(text):
        for size in range(min(LONGEST_NAME, len(text) - at), 0, -1):
            run = text[at : at + size]
            alias = known.get("".join(word.text for word in run))
            if alias and together(run) and (not alias.short or run[-1].raw.isupper()):
                found.append((at, at + size, alias))
                at += size
                break
        else:
            at += 1
    return found


def identify(payer: str) -> tuple[tuple[Identity, ...], str]:
    """(whose row it is, what else its payer column says about the plan)."""
    text = words(payer)
    found = exact_names(text)
    programs = [hit for hit in found if hit[2].identities[0].payer in PROGRAMS]
    carriers = [hit for hit in found if hit not in programs]
    rest = _rest(payer, text, found)
    if carriers:
        beside = [hit for hit in programs if not _stands_apart(payer, text, hit, carriers)]
        alone = [hit for hit in programs if hit not in beside]
        kinds = [KIND_OF[hit[2].identities[0].payer] for hit in beside]
        extra = [*(hit[2].plan for hit in carriers if hit[2].plan), *kinds, rest]
        return _identities([*carriers, *alone]), " ".join(one for one in extra if one)
    own = [word for word in words(_BRACKETS.sub(" ", rest)) if word.text not in filler() and not _is_concept(word.text)]
    if programs and not own:
        return _identities(programs), rest
    if programs:
        return (Identity(payer),), KIND_OF[programs[0][2].identities[0].payer]
    return (Identity(payer),), ""


def _identities(hits: Iterable[tuple[int, int, Alias]]) -> tuple[Identity, ...]:
    return tuple(dict.fromkeys(identity for hit in hits for identity in hit[2].identities))


def _stands_apart(
    payer: str, text: tuple[Word, ...], hit: tuple[int, int, Alias], others: list[tuple[int, int, Alias]]
) -> bool:
    between = []
    for other in others:
        first, second = sorted((hit, other))
        between.append(payer[text[first[1] - 1].end : text[second[0]].start])
    return all(_APART.search(piece) for piece in between)


def _rest(payer: str, text: tuple[Word, ...], found: list[tuple[int, int, Alias]]) -> str:
    """The payer's column without the names that are known and without regions; separators stay."""
    taken = {place for start, end, _ in found for place in range(start, end)}
    kept, last = "", 0
    for place, word in enumerate(text):
        if place in taken or word.text in table().regions:
            kept += payer[last : word.start]
            last = word.end
    return (kept + payer[last:]).strip(" -–—:/&,")


def _is_concept(name: str) -> bool:
    return name in spelled_types() or name in spelled_kinds() or name in ("all", "any")


def _names(entries: Iterable[Entry]) -> Iterator[tuple[str, Alias]]:
    """Names that the table does not know: payers', what stands in brackets, and plans with a name of several words."""
    known = table()
    for entry in entries:
        payer = entry.row.payer
        meant = Alias(entry.identities)
        if entry.identities == (Identity(payer),):
            for name in _own_names(payer):
                if name not in known.aliases:
                    yield name, replace(meant, guarded=name in known.words or not _has_space(payer, name))
        for plan in entry.listed.plans:
            name = "".join(plan.words)
            if len(plan.words) >= 2 and len(name) >= 8 and name not in known.aliases and name not in known.words:
                yield name, Alias(entry.identities, " ".join(plan.words), guarded=True)


def _has_space(payer: str, name: str) -> bool:
    return all(word.text != name for word in words(payer)) or (len(name) >= 4 and payer.upper() == payer)


def _own_names(payer: str) -> Iterator[str]:
    outside = _BRACKETS.sub(" ", payer)
    for piece in dict.fromkeys([outside, *re.split(r"[/|]", outside), *_BRACKETS.findall(payer)]):
        said = [word.text for word in words(piece)]
        while said and not (set(said) - filler()):
            said.pop()
        own = list(said)
        while own and own[-1] in filler():
            own.pop()
        for name in ("".join(said), "".join(own), "".join(own[1:]) if own[:1] == ["the"] else ""):
            if len(name) >= 3 and not _is_concept(name) and read_plan(name, {}).words:
                yield name
