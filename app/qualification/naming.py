"""find(text, rows): which payers, plans and locations a message names. Forgives spelling, case, missing spaces and
wrapping; takes no ordinary word for a payer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from app.qualification.aliases import Alias, Identity, raw, table
from app.qualification.book import LONGEST_NAME, PROGRAMS, Book, products_of, read_book
from app.qualification.payers import PayerRow
from app.qualification.plans import Plan, anywhere, filler, plan_of, spelled_kinds, spelled_types
from app.qualification.words import Word, fold, joined, together, words

_TITLE = frozenset("dr dra doctor doctora mr mrs ms miss nurse sr sra sir prof st saint san santa".split())  # noqa: SIM905
_TAKE = re.compile(
    r"\b(?:tak(?:e|es|ing|en)|accept\w*|honou?rs?|contract\w* with|network (?:with|for)|participat\w+ (?:with|in)|"
    r"insured (?:by|with|through)|covered by|covered under|(?:insurance|insurer|carrier|coverage|plan|payer|card)(?:'?s)? "
    r"(?:is|says|through|with|from|by|called)|insurance|bill|acept\w+|tom[ae]n?|recib\w+|trabaj\w+ con|convenio con|"
    r"contrato con|red (?:de|con)|seguro(?: medico)?(?: es| de| con)?|aseguranza(?: es| de| con)?|cubiert\w por)[\s:,]+"
    r"(?:(?:the|my|our|any|his|her|el|la|mi|su|also|either|both|insurance|from|through|plans|de|con|seguro|[\w&+'-]+,? "
    r"(?:and|or|y|o|u))\s+){0,3}$"
)
_HAVE = re.compile(
    r"\b(?:have|has|had|got|get|on|under|through|with|tengo|tiene|con|about|que tal|and|or|y|o|is|are|es)[\s:,]+"
    r"(?:(?:the|my|el|la|mi|un|also)\s+)?$"
)
_OBJECT = re.compile(
    r"^\s*(?:$|[?.!,;:)(/&-]|(?:and|or|y|o|u|here|there|as|at|for|now|too|please|accepted|in[- ]network|covered|taken|"
    r"also|but|pero|aqui|por favor|con|para|como|en|patients?|members?|claims?|cases?|is|do|does|can|will|if|to|through|"
    r"with|so|because|aceptad\w|medicare|medicaid|military|by|yet|still|anymore|ok|okay|right|thanks?)\b)"
)
_NOUN = re.compile(
    r"^\s*(?:'s\s+)?(?:insurance|health|healthcare|health plan|plans?|coverage|ppo|hmo|epo|pos|oap|hdhp|card|network|policy|"
    r"medicare|medicaid|advantage|benefits|choice|marketplace|bronze|silver|gold|platinum|claims?|auto)\b"
)
_INSURED = re.compile(
    r"\b(?:insur\w*|plans?|coverage|cover\w*|carrier|ppo|hmo|epo|have|has|had|take\w*|taking|accept\w*|network|member|"
    r"through|under|with|bill|use|card|what about|how about|seguro|aseguranza|tengo|tiene\w*|acept\w*|toman|reciben|"
    r"convenio|cobertura|trabaj\w+|red|cubre\w*|referral|authorization|visits|visitas|autorizacion|referido|y|que tal)\b"
)
_ALONE = frozenset("what about and how or y que tal also the el la insurance plan seguro is it".split())  # noqa: SIM905
_JOINERS = frozenset(
    [
        "from",
        "through",
        "with",
        "by",
        "under",
        "via",
        "insurance",
        "plan",
        "plans",
        "coverage",
        "policy",
        "health",
        "medical",
        "de",
        "con",
        "por",
        "del",
    ]
)
_SKIPPED = frozenset(
    "insurance plan plans health medical coverage the a an my our its it is called named specifically version type network "  # noqa: SIM905
    "card says policy through with of un una el la es mi de con se llama tipo seguro".split()
)
_BEFORE = frozenset("from through with by of plan plans the my insurance de con del".split())  # noqa: SIM905
_SECOND = re.compile(r"^\s*(?:as\s+)?(?:a\s+|my\s+)?(?:second|secondary|supplement|secundari\w|segund\w)")
_COMMON = frozenset(
    "i im ive you your do does can will and or but if for in on at to as from here there who what when where how why please "  # noqa: SIM905
    "thanks thank hi hello pt physical therapy monday tuesday wednesday thursday friday saturday sunday dr doctor id group "
    "member number january february march april may june july august september october november december ok yes no usa us "
    "primary secondary aceptan tengo y o si para por que gracias hola los las".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One payer that a text names. `asked` are the patient's words for it and its plan; `identities` what they may mean;
    `plan` is empty when none is named; `location` is the spelling of the rows. `start` and `end` are places in the
    text."""

    asked: str
    identities: tuple[Identity, ...]
    plan: Plan = Plan()
    location: str | None = None
    start: int = 0
    end: int = 0

    @property
    def name(self) -> str:
        """The payer's usual name, for sentences."""
        return " / ".join(dict.fromkeys(identity.payer for identity in self.identities))


_SPANISH = re.compile(
    r"[¿¡]|\b(?:el|la|los|las|mi|mis|para|con|que|tengo|tiene|tienen|acept\w+|es|una|un|del|por|seguro|su|sus|hay|toman)\b"
)


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    alias: Alias


def find(text: str, rows: tuple[PayerRow, ...] = ()) -> tuple[Mention, ...]:
    """The payers that `text` names, in order, each with the plan that is named with it. Names of the rows count as well
    as the table's. Never raises."""
    book, said = read_book(rows), words(text)
    spanish = bool(_SPANISH.search(_same_length(text)))
    spans = list(_exact(text, said, book, spanish=spanish))
    taken = {place for span in spans for place in range(span.first, span.last)}
    spans += _misspelled(text, said, book, taken)
    spans.sort(key=lambda span: span.first)
    spans = [_from_a_state(text, said, s) for s in spans if not _is_plan_of_another(s, said, spans)]
    spans, kinds = _programs(text, said, spans)
    location = _location(said, book)
    found = [_mention(text, said, span, spans, kinds.get(span.first, ""), book) for span in spans]
    return tuple(replace(one, location=location) for one in _once(found))


def _once(found: list[Mention]) -> list[Mention]:
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


def _exact(text: str, said: tuple[Word, ...], book: Book, *, spanish: bool) -> Iterator[_Span]:
    folded, shouting = _same_length(text), text.isupper()
    known = table()
    at = 0
    while at < len(said):
        for size in range(min(LONGEST_NAME, len(said) - at), 0, -1):
            run = said[at : at + size]
            name = "".join(word.text for word in run)
            alias = known.aliases.get(name) or book.aliases.get(name)
            if alias is None or not together(run) or (size == 1 and name in known.words and name not in known.guarded):
                continue
            if alias.short and size > 1 and (shouting or not run[-1].raw.isupper()):
                continue
            guarded = alias.guarded or (spanish and name in known.guarded_es)
            if size == 1 and at and said[at - 1].text in _TITLE:
                continue
            if guarded and not (_meant(folded, run, said, spanish=spanish) or _before_product(folded, run, alias)):
                continue
            yield _Span(at, at + size, alias)
            at += size
            break
        else:
            at += 1


def _is_plan_of_another(span: _Span, said: tuple[Word, ...], spans: list[_Span]) -> bool:
    """A product that stands with a payer's name is that payer's plan, whoever else sells one of that name."""
    if not span.alias.plan:
        return False
    for other in spans:
        if other is span or other.alias.plan:
            continue
        between = said[min(span.last, other.last) : max(span.first, other.first) + 1]
        near = len(between) <= 6 and not any(word.text in ("and", "or", "y", "o") for word in between)
        if other.alias.identities == span.alias.identities or near:
            return True
    return False


def _same_length(text: str) -> str:
    """Folded, character by character, so that places stay."""
    return "".join(fold(char)[:1] or " " for char in text)


def _meant(folded: str, run: tuple[Word, ...], said: tuple[Word, ...], *, spanish: bool) -> bool:
    """Whether an ordinary word is meant as an insurer's name here."""
    before, after = folded[: run[0].start], folded[run[-1].end :]
    if spanish and run[0].text in ("va", "medica") and not run[0].raw[0].isupper():
        return False
    if len(said) - len(run) <= 4 and all(word.text in _ALONE for word in said if word not in run):
        return True
    if _NOUN.match(after) or (_TAKE.search(before) and _OBJECT.match(after)):
        return True
    if not _HAVE.search(before) or not _OBJECT.match(after):
        return False
    return bool(re.search(r"\b(?:have|has|got|tengo|tiene)\b[\s:,]+(?:(?:the|my|el|la)\s+)?$", before)) or (
        bool(re.search(r"\b(?:insur\w+|coverage|network|accept\w*|take|plan|acept\w+|seguro)\b", folded))
        and run[0].raw[0].isupper()
    )


def _before_product(folded: str, run: tuple[Word, ...], alias: Alias) -> bool:
    after = folded[run[-1].end :].lstrip()
    return bool(after) and any(after.startswith(name) for name in products_of(alias.identities) if len(name) >= 5)


def _misspelled(text: str, said: tuple[Word, ...], book: Book, taken: set[int]) -> Iterator[_Span]:
    """Names that are a slip or two away from what was typed, where insurance is the talk."""
    if not _INSURED.search(_same_length(text)) and len(said) > 4:
        return
    at = 0
    while at < len(said):
        best: tuple[tuple[int, int], str, _Span] | None = None
        for size in range(1, min(4, len(said) - at) + 1):
            run = said[at : at + size]
            if any(place in taken for place in range(at, at + size)) or not together(run):
                break
            hit = _nearest(run, book, at and said[at - 1].text in _TITLE)
            if hit and (best is None or (hit[0], -len(hit[1])) < best[0]):
                best = ((hit[0], -len(hit[1])), hit[1], _Span(at, at + size, hit[2]))
        if best:
            span = _with_region(said, best[2], best[1], taken)
            yield span
            at = span.last
        else:
            at += 1


def _nearest(run: tuple[Word, ...], book: Book, titled: bool | int) -> tuple[int, str, Alias] | None:
    """(slips, name, meaning) of the nearest name; None when none is near or two payers are equally near."""
    name = "".join(word.text for word in run)
    known = table()
    ordinary = known.words | _COMMON | filler()
    if titled or len(name) < 4 or name in known.words or all(word.text in ordinary for word in run):
        return None
    if len(run) > 1 and (run[0].text in _EDGES or run[-1].text in _EDGES):
        return None
    found: dict[tuple[Identity, ...], tuple[int, str, Alias]] = {}
    for names, meanings in ((known.near, known.aliases), (book.near, book.aliases)):
        for other in names.get(name[0], ()):
            if abs(len(other) - len(name)) > 2:
                continue
            allowed = 1 if min(len(other), len(name)) < 7 else 2 if len(other) < 14 else 3
            slips = OSA.distance(name, other, score_cutoff=allowed)
            alias = meanings[other]
            if slips <= allowed and (alias.identities not in found or slips < found[alias.identities][0]):
                found[alias.identities] = (slips, other, alias)
    ranked = sorted(found.values(), key=lambda hit: hit[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0]


def _with_region(said: tuple[Word, ...], span: _Span, name: str, taken: set[int]) -> _Span:
    """The span with the region that follows: "Blue Sheild of Idaho"."""
    for size in range(min(3, len(said) - span.last), 0, -1):
        run = said[span.last : span.last + size]
        alias = table().aliases.get(name + "".join(word.text for word in run))
        if alias and not alias.short and not any(word.apart for word in run):
            return _Span(span.first, span.last + size, alias)
    return span


_FROM_STATE = re.compile(r"\b(?:of|from|out of|de|through)\s+(?:the\s+)?(?:state of\s+)?([a-z]+(?: [a-z]+)?)\b")


def _from_a_state(text: str, said: tuple[Word, ...], span: _Span) -> _Span:
    """ "Blue Cross PPO out of Massachusetts": one of many regional payers, named with its state further on."""
    if any(one.region for one in span.alias.identities) or span.alias.identities[0].payer not in _REGIONAL:
        return span
    name = "".join(word.text for word in said[span.first : span.last])
    for match in _FROM_STATE.finditer(_same_length(text)[said[span.last - 1].end :][:60]):
        for state in (match[1], match[1].split()[0]):
            alias = table().aliases.get(f"{name}of{state.replace(' ', '')}")
            if alias:
                return _Span(span.first, span.last, alias)
    return span


_REGIONAL = frozenset({"Blue Cross Blue Shield", "Medicaid"})
_EDGES = frozenset(
    "a an the and or of to in on at is it do does you i we my your for with have has take accept any are be if can but y o de "  # noqa: SIM905
    "el la con un una mi por para en que es se also too here there through from by as so not no".split()
)


def _programs(text: str, said: tuple[Word, ...], spans: list[_Span]) -> tuple[list[_Span], dict[int, str]]:
    """ "Humana Medicare", "Medicaid through Molina": a program beside a carrier is a plan of the carrier."""
    kept, kinds = list(spans), dict[int, str]()
    for one, two in zip(spans, spans[1:], strict=False):
        programs = [span for span in (one, two) if span.alias.identities[0].payer in PROGRAMS]
        carriers = [span for span in (one, two) if span not in programs]
        if len(programs) != 1 or programs[0] not in kept or carriers[0].alias.identities[0].payer in _NOT_CARRIERS:
            continue
        between = said[one.last : two.first + 1]
        tail = text[said[two.last - 1].end :]
        if all(word.text in _JOINERS for word in between[:-1]) and not any(word.apart for word in between):
            if not _SECOND.match(_same_length(tail)):
                kept.remove(programs[0])
                kinds[carriers[0].first] = _KINDS[programs[0].alias.identities[0].payer]
    return kept, kinds


_KINDS = {
    "Medicare": "medicare advantage",
    "Medicare Advantage": "medicare advantage",
    "Medicare Supplement": "medicare supplement",
    "Medicaid": "medicaid",
}
_NOT_CARRIERS = frozenset({"VA", "Tricare", "Tricare For Life", "Workers' compensation", "Auto insurance", "CHAMPVA"})


def _mention(text: str, said: tuple[Word, ...], span: _Span, spans: list[_Span], kind: str, book: Book) -> Mention:
    products = products_of(span.alias.identities)
    known = _Vocabulary(products, book.plan_words(span.alias.identities))
    taken = {place for other in spans for place in range(other.first, other.last)}
    after = list(_after(said, span.last, taken, known, book))
    before = list(_before(said, span.first, taken, known))
    far = _anywhere(said, taken | {place for place, _ in (*after, *before)}) if len(spans) == 1 else []
    spoken = [word for _, word in (*before, *after, *far)]
    extra = words(f"{kind} {span.alias.plan}")
    plan = plan_of([*extra, *spoken], products)
    places = [span.first, span.last - 1, *(place for place, _ in (*before, *after))]
    start, end = said[min(places)].start, said[max(places)].end
    asked = text[start:end]
    if far:
        asked += " " + " ".join(word.raw for _, word in far)
    return Mention(" ".join(asked.split()), span.alias.identities, plan, None, start, end)


class _Vocabulary:
    """The words that name plans of one payer."""

    def __init__(self, products: Mapping[str, str], listed: frozenset[str]) -> None:
        self._words = listed | {word.text for name in products for word in words(name)}
        self._words |= {
            word.text for key in ("types", "kinds") for one in raw()[key].values() for s in one for word in words(s)
        }
        self._words -= _EDGES
        self._joined = {joined(name): name for name in products if " " in name}
        self._joined |= {key: spelled for key, spelled in _spelled_apart().items() if len(key) > 6}

    def read(self, word: Word) -> list[Word]:
        """The plan's words that this word stands for, mended; none when it names no plan."""
        text = word.text
        if text in self._words or text in spelled_types() or text in spelled_kinds():
            return [word]
        if text in self._joined:
            return [replace(one, raw=word.raw) for one in words(self._joined[text])]
        if len(text) < 4 or text in _COMMON or text in _SKIPPED:
            return []
        near = [one for one in self._words if _slip(text, one)]
        return [replace(word, text=near[0])] if len(near) == 1 else []


def _spelled_apart() -> dict[str, str]:
    spelled = [s for key in ("types", "kinds") for one in raw()[key].values() for s in one]
    return {joined(one): one for one in spelled if " " in one}


def _slip(text: str, word: str) -> bool:
    if text[0] != word[0] or len(word) < 4:
        return False
    allowed = 1 if len(word) < 9 else 2
    return OSA.distance(text, word, score_cutoff=allowed) <= allowed


def _after(
    said: tuple[Word, ...], at: int, taken: set[int], known: _Vocabulary, book: Book
) -> Iterator[tuple[int, Word]]:
    """The words after the payer's name that name its plan."""
    skipped = 0
    unknown = sum(word.raw[:1].isupper() for word in said) <= max(3, len(said) // 2)
    for place in range(at, len(said)):
        word = said[place]
        if place in taken or re.search(r"[?!;]|\.\s", word.gap) or skipped > 3:
            return
        if word.text in book.locations:
            return
        meant = known.read(word)
        comma = "," in word.gap
        if meant and not (comma and place > at and len(meant) == 1 and word.text in _WEAK):
            yield from ((place, one) for one in meant)
            skipped = 0
        elif word.text in _SKIPPED:
            skipped += 1
        elif (unknown and not skipped and not word.apart and _is_brand(word, place, said)) or (
            not skipped and not word.apart and place + 1 < len(said) and _names_a_plan(word, said[place + 1])
        ):
            yield place, word
        else:
            return


_WEAK = frozenset("group part high value care basic standard federal student individual".split())  # noqa: SIM905


def _is_brand(word: Word, place: int, said: tuple[Word, ...]) -> bool:
    return (
        word.raw[0].isupper()
        and len(word.text) > 1
        and word.text not in _COMMON | filler()
        and word.text not in table().regions
    )


def _names_a_plan(word: Word, following: Word) -> bool:
    """ "aetna whole ppo": an unknown word between the payer and the type belongs to the plan's name."""
    if following.apart or word.text in _COMMON | _EDGES | filler() | table().regions.keys():
        return False
    return following.text in spelled_types()


def _before(said: tuple[Word, ...], at: int, taken: set[int], known: _Vocabulary) -> Iterator[tuple[int, Word]]:
    """The words before the payer's name that name its plan: "the PPO from Aetna"."""
    place, skipped = at - 1, 0
    found: list[tuple[int, list[Word]]] = []
    while place >= 0 and place not in taken and skipped <= 3:
        word = said[place]
        if said[place + 1].apart and said[place + 1].gap.strip() != "(":
            break
        meant = known.read(word) if word.text not in _COMMON and len(word.text) > 2 else []
        if meant:
            found.append((place, meant))
        elif word.text in _BEFORE and not found:
            skipped += 1
        else:
            break
        place -= 1
    for where, meant in reversed(found):
        yield from ((where, one) for one in meant)


def _anywhere(said: tuple[Word, ...], taken: set[int]) -> list[tuple[int, Word]]:
    """Types of plans that a message names away from the payer's name: "Aetna. It's a PPO"."""
    found: list[tuple[int, Word]] = []
    at = 0
    while at < len(said):
        for size in range(min(4, len(said) - at), 0, -1):
            run = said[at : at + size]
            if "".join(word.text for word in run) in anywhere() and not any(p in taken for p in range(at, at + size)):
                found += list(zip(range(at, at + size), run, strict=True))
                at += size
                break
        else:
            at += 1
    return found


def _location(said: tuple[Word, ...], book: Book) -> str | None:
    """The one location that is named, in the rows' spelling."""
    names = {
        book.locations[name]
        for at in range(len(said))
        for size in range(1, 5)
        if (name := "".join(word.text for word in said[at : at + size])) in book.locations
    }
    return names.pop() if len(names) == 1 else None
