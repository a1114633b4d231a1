"""find(text, rows): which payers, plans and locations a message names. Forgives spelling, case, missing spaces and
wrapping; takes no ordinary word for a payer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from app.qualification.aliases import Alias, Identity, parts_of, table
from app.qualification.book import KIND_OF, LONGEST_NAME, PROGRAMS, Book, products_of, read_book
from app.qualification.meant import is_about_cover, is_meant, is_spanish
from app.qualification.misspelled import mended, misspelled
from app.qualification.payers import PayerRow
from app.qualification.plan_said import Vocabulary, after, before, far
from app.qualification.plans import Plan, plan_of
from app.qualification.speech import among, pattern
from app.qualification.words import Word, fold_in_place, joined, split, together, words

LONGEST_PLACE, NEAR = 4, 6
_REGIONAL = frozenset({"Blue Cross Blue Shield", "Medicaid"})
_NOT_CARRIERS = frozenset({"VA", "Tricare", "Tricare For Life", "Workers' compensation", "Auto insurance", "CHAMPVA"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One payer that a text names. `asked` are the patient's words for it and its plan, `identities` whom they
    may mean; `plan` is empty when none is named; `location` is the spelling of the rows; `start` and `end` are places
    in the text."""

    asked: str
    identities: tuple[Identity, ...]
    plan: Plan = field(default_factory=Plan)
    location: str | None = None
    start: int = 0
    end: int = 0

    @property
    def name(self) -> str:
        """The payer's usual name, for sentences."""
        return " / ".join(dict.fromkeys(identity.payer for identity in self.identities))


@dataclass(frozen=True, slots=True)
class _Span:
    """A name that takes the words from `first` up to, not including, `last`."""

    first: int
    last: int
    alias: Alias


def find(text: str, rows: tuple[PayerRow, ...] = ()) -> tuple[Mention, ...]:
    """The payers that `text` names, in order, each with the plan that is named with it. Names of the rows count as well
    as the table's. Never raises."""
    book, typed, folded = read_book(rows), split(text), fold_in_place(text)
    about_cover = is_about_cover(folded, typed)
    said = tuple(mended(word, book) for word in typed) if about_cover else typed
    spans = list(_exact(text, folded, said, book))
    if about_cover:
        taken = _places(spans) | {at for at, word in enumerate(typed) if said[at] != word}  # one slip, not two
        spans += [_Span(*hit) for hit in misspelled(said, book, taken.__contains__)]
    spans.sort(key=lambda span: span.first)
    spans = [_from_a_state(folded, said, s) for s in spans if not _is_plan_of_another(s, said, spans)]
    spans, kinds = _programs(folded, said, spans)
    location = _location(said, book)
    found = [_mention(text, said, span, spans, kinds.get(span.first, ""), book) for span in spans]
    return tuple(replace(one, location=location) for one in _once(found))


def _places(spans: Sequence[_Span]) -> set[int]:
    return {place for span in spans for place in range(span.first, span.last)}


def _exact(text: str, folded: str, said: tuple[Word, ...], book: Book) -> Iterator[_Span]:
    """Every name as it is spelled in the table or the rows, the longest at each place."""
    shouting = text.isupper()
    at = 0
    while at < len(said):
        for size in range(min(LONGEST_NAME, len(said) - at), 0, -1):
            alias = _named(folded, said, at, size, book, shouting=shouting)
            if alias:
                yield _Span(at, at + size, alias)
                at += size
                break
        else:
            at += 1


def _named(folded: str, said: tuple[Word, ...], at: int, size: int, book: Book, *, shouting: bool) -> Alias | None:
    known, run = table(), said[at : at + size]
    name = "".join(word.text for word in run)
    alias = known.aliases.get(name) or book.aliases.get(name)
    if alias is None or not together(run):
        return None
    if size == 1 and (name in known.words - known.guarded or (at and said[at - 1].text in among("title"))):
        return None
    if alias.short and size > 1 and (shouting or not run[-1].raw.isupper()):
        return None
    guarded = alias.guarded and (size > 1 or name in known.single or name in book.aliases)
    guarded = guarded or (name in known.guarded_es and run[0].raw.islower() and is_spanish(folded))
    return None if guarded and not is_meant(folded, run, said, alias, book) else alias


def _is_plan_of_another(span: _Span, said: tuple[Word, ...], spans: Sequence[_Span]) -> bool:
    """A product that stands with a payer's name is that payer's plan, whoever else sells one of that name."""
    if not span.alias.plan:
        return False
    for other in spans:
        if other is span or other.alias.plan:
            continue
        between = said[min(span.last, other.last) : max(span.first, other.first) + 1]
        near = len(between) <= NEAR and not any(word.text in ("and", "or", "y", "o") for word in between)
        if other.alias.identities == span.alias.identities or near:
            return True
    return False


def _from_a_state(folded: str, said: tuple[Word, ...], span: _Span) -> _Span:
    """ "Blue Cross PPO out of Massachusetts": one of many regional payers, named with its state further on."""
    if any(one.region for one in span.alias.identities) or span.alias.identities[0].payer not in _REGIONAL:
        return span
    name = "".join(word.text for word in said[span.first : span.last])
    for match in pattern("of_state").finditer(folded[said[span.last - 1].end :][:60]):
        for state in (match[1], match[1].split()[0]):
            alias = table().aliases.get(f"{name}of{state.replace(' ', '')}")
            if alias:
                return replace(span, alias=alias)
    return span


def _programs(folded: str, said: tuple[Word, ...], spans: list[_Span]) -> tuple[list[_Span], dict[int, str]]:
    """(spans, kind of plan by first word): "Humana Medicare", "Medicaid through Molina" is a plan of the carrier."""
    kept, kinds = list(spans), dict[int, str]()
    for one, two in pairwise(spans):
        if (wider := _association(one, two)) in kept and _is_beside(said, one, two):
            kept.remove(wider)
            continue
        programs = [span for span in (one, two) if span.alias.identities[0].payer in PROGRAMS]
        carriers = [span for span in (one, two) if span not in programs]
        if len(programs) != 1 or programs[0] not in kept or carriers[0].alias.identities[0].payer in _NOT_CARRIERS:
            continue
        if _is_beside(said, one, two) and not pattern("second").match(folded[said[two.last - 1].end :]):
            kept.remove(programs[0])
            kinds[carriers[0].first] = KIND_OF[programs[0].alias.identities[0].payer]
    return kept, kinds


def _is_beside(said: tuple[Word, ...], one: _Span, two: _Span) -> bool:
    between = said[one.last : two.first + 1]
    return all(word.text in among("joiners") for word in between[:-1]) and not any(word.apart for word in between)


def _association(one: _Span, two: _Span) -> _Span | None:
    """Of two names the association's, when the other is a network of it that is also named alone: "BCBS BlueCard"."""
    for wider, network in ((one, two), (two, one)):
        products = {joined(name) for name in products_of(wider.alias.identities)}
        payer = network.alias.identities[0].payer
        if payer not in PROGRAMS and joined(payer) in products and payer != wider.alias.identities[0].payer:
            return wider
    return None


def _mention(text: str, said: tuple[Word, ...], span: _Span, spans: Sequence[_Span], kind: str, book: Book) -> Mention:
    products = products_of(span.alias.identities)
    known = Vocabulary(products, book.plan_words(span.alias.identities))
    taken = _places(spans)
    behind = list(after(said, span.last, taken, known, book))
    ahead = list(before(said, span.first, taken | {place for place, _ in behind}, known))
    beside = [*ahead, *behind]
    apart = far(said, taken | {place for place, _ in beside}) if len(spans) == 1 else []
    plan = plan_of([*words(f"{kind} {span.alias.plan}"), *(word for _, word in (*beside, *apart))], products)
    places = [span.first, span.last - 1, *(place for place, _ in beside)]
    start, end = said[min(places)].start, said[max(places)].end
    asked = " ".join([*text[start:end].split(), *(word.raw for _, word in apart)])
    identities, plan = _with_part(span.alias.identities, plan)
    return Mention(asked, identities, plan, None, start, end)


def _with_part(identities: tuple[Identity, ...], plan: Plan) -> tuple[tuple[Identity, ...], Plan]:
    """ "Tricare Prime West": the region that stands behind the plan belongs to the payer."""
    parts = parts_of(identities[0].payer) if len(identities) == 1 and identities[0].region is None else {}
    said = next((word for word in plan.words if word in parts), None)
    if said is None:
        return identities, plan
    rest = tuple(word for word in plan.words if word != said)
    return (replace(identities[0], region=parts[said]),), replace(plan, words=rest)


def _once(found: Sequence[Mention]) -> list[Mention]:
    """Without a payer's second mention that tells no more than the first."""
    kept: list[Mention] = []
    for one in found:
        same = next((at for at, other in enumerate(kept) if other.identities == one.identities), None)
        if same is None:
            kept.append(one)
        elif one.plan and not kept[same].plan:
            kept[same] = one
        elif one.plan and one.plan != kept[same].plan:
            kept.append(one)
    return kept


def _location(said: tuple[Word, ...], book: Book) -> str | None:
    """The one location that is named, in the rows' spelling."""
    names = {
        book.locations[name]
        for at in range(len(said))
        for size in range(1, LONGEST_PLACE + 1)
        if (name := "".join(word.text for word in said[at : at + size])) in book.locations
    }
    return names.pop() if len(names) == 1 else None
