"""Reads the names in a list item or in the object of a sentence: payers, their plans, and what is said of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingestion.payers.days import said_days
from ingestion.payers.marks import unmarked
from ingestion.payers.names import Mention, is_name, mentions, plain
from ingestion.payers.plans import cut_exception, has_plan_word, is_plan, read_plans, split_plans
from ingestion.payers.remarks import Cut, brands, cut_remarks, fact, is_brand, words
from ingestion.payers.status import CONDITIONAL, IN, NOT, Reading, cell_status, negates, own_status
from ingestion.types import PayerStatus

_AND = (
    r"\s*[,;]\s*(?:(?:and|&|y|or|plus|as well as|además de)\s+)?|\s+(?:and|&|y|e|or|o|ni|nor|plus|as well as"
    r"|along with)\s+|\s+/\s+|\s*,?\s*\b(?:including|such as|like|especially|incluyendo|como)\s+"
)
_LEADING = re.compile(
    r"(?i)^\W*(?:(?:both|either|all|the|following|including|such as|like|and|or|major|other|commercial|our|insurances?|"
    r"carriers?|patients with|plans|planes|from|with|through|"
    r"national|local|private|health|insurance companies|companies|"
    r"networks?|payers?|these|also|only|que|los|las|el|la|de|seguros|incluyendo|como|with:|is|are|:|any|every)\b\W*)+"
)
_HEDGE = re.compile(
    r"(?i)\b(?:most|some|many|certain|several|various|a few|few|limited|selected|algunos|algunas|la mayoría de"
    r"|ciertos)\b"
)
_FILLER = re.compile(
    r"(?i)^(?:plans?|insurances?|insurance plans?|health|health plans?|health insurance|members?|patients?"
    r"|coverage|claims?"
    r"|cases?|products?|polic(?:y|ies)|carriers?|networks?|cards?|programs?|participants?|beneficiaries"
    r"|recipients|planes"
    r"|here|too|also|at all"
    r"|in any form|of any kind|whatsoever|as well|at this time"
    r"|currently|now|right now|today|por el momento|de salud|seguro|and|etc|"
    r"(?:as )?(?:your |a |the )?primary(?: insurance)?|at (?:all|both|our|every|each) (?:locations?|offices"
    r"|clinics)|for (?:outpatient )?(?:physical therapy|pt|services)"
    r"(?: services)?|provider|providers|insurance companies|network|subscribers|company|companies|directly"
    r"|injuries|\W)*$"
)
_ONLY = re.compile(r"(?i)^\W*(?:(.+?)\s+only|only\s+(.+?)|solo\s+(.+?)|(.+?)\s+card only)\W*$")
_PLACE = re.compile(
    r"(?i)^\W*(?:at|in|en) (?:our|the|nuestra|la) (.+?) (?:office|location|clinic|only|clínica|oficina)\W*(?:only)?\W*$"
)
_THROUGH = re.compile(r"(?i)^\W*(?:through|via|by way of|under|a través de)\b")
_FUNCTION = re.compile(
    r"(?i)\b(?:neither|not|no|nor|none|unfortunately|currently|while|although|if|when|we|our|your|both|most|some"
    r"|but|however|only|"
    r"except|never|ni|if|as|with|please|call|ask|bring|see|for|accepted|network|yes|sorry|also)\b"
)
_ALL_INCLUDING = re.compile(r"(?i)^(?:all|todos los) (?:plans|products|planes)\W* ((?:including|even|incluyendo)\b.*)$")
_STOP = re.compile(
    r"(?i)\b(?:visa|mastercard|master card|discover|american express|amex|apple pay|google pay|venmo|paypal|zelle|cash|"
    r"checks?|credit|debit|hsa|fsa|carecredit|care credit|card|id|photo|license|payment|money|\$|referral|dr|dpt"
    r"|pt|www|"
    r"http|phone|fax|form|copy|prescription|appointment|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday)\b|[@$?!]|\d{3}"
)
_GENERAL = re.compile(
    r"(?i)^\W*(?P<much>most|all|many|nearly all|almost all|virtually all|a wide variety of|a variety of|a wide "
    r"range of|any|"
    r"some|several|certain|multiple|numerous|la mayoría de(?: los)?|todos los|muchos|every"
    r"|other)\b[\w\s,/'&-]*?\b(?:insurances?|insurers|carriers|"
    r"plans?|insurance (?:plans?|companies|carriers)|hmos?|ppos?|epos?|payers?|networks|seguros|planes"
    r"|aseguradoras)(?: directly| at this time)?\W*$"
    r"|^\W*(?:(?:private|commercial|health|group|other|ppo|hmo|epo|\W)+)?(?:insurance|insurances|insurance plans"
    r"|hmos?|ppos?|epos?|(?:ppo|hmo|epo) plans)\W*$"
)


@dataclass(frozen=True, slots=True)
class Item:
    """A payer as an item names it. `status` is set only where the item's own words give one."""

    payer: str
    plans: tuple[str, ...] = ()
    all_plans: bool = False
    excepts: tuple[str, ...] = ()
    status: PayerStatus | None = None
    note: str | None = None
    start: date | None = None
    end: date | None = None
    location: str | None = None
    general: bool = False
    hedged: bool = False
    limited: bool = False
    referral: str | None = None
    prior_authorization: str | None = None
    visit_limit: str | None = None


def read_item(text: str, *, known_list: bool) -> list[Item]:
    """The payers of one list item. `known_list`: the list is one of payers, so a capitalised unknown name is one."""
    clean = unmarked(text)
    days = said_days(clean)
    cut = cut_remarks(days.rest)
    head, tail = _halves(cut.names)
    if _is_sentence(re.sub(r"\([^()]*\)?", " ", head)):
        return []
    items = names_in(head, known_list=known_list)
    if not items:
        return []
    status, note, found = _tail(tail)
    items = [*items[:-1], _merged(items[-1], found)] if found else items
    items, note = _included(items, note, known_list=known_list)
    items = _remarked(items, cut)
    return [
        replace(
            item,
            status=item.status or status,
            note=_joined(item.note, note),
            start=item.start or days.start,
            end=item.end or days.end,
        )
        for item in items
    ]


def _included(items: list[Item], note: str | None, *, known_list: bool) -> tuple[list[Item], str | None]:
    """With the payers that "all plans, including ..." names, and what is left of the note."""
    said = words("including").match(note or "")
    if said is None or not items[-1].all_plans:
        return items, note
    more = names_in(said["names"], known_list=known_list)
    return [*items, *(item for item in more if item.payer and not item.general)], None


def _remarked(items: list[Item], cut: Cut) -> list[Item]:
    """With exceptions and clauses at the last payer, and a row for each plan that is said to ask for something."""
    at = next((n for n in range(len(items) - 1, -1, -1) if cut.owner and cut.owner in items[n].payer), len(items) - 1)
    items, last = [*items], items[at]
    if cut.out:
        first = last.payer.partition(" ")[0]
        names = [re.escape(name) for name in (last.payer, first) if name and name not in {"Blue", "The", "Health"}]
        own = re.sub(rf"\b(?:{'|'.join(names)})\s+(?=\w)", "", cut.out) if names else cut.out
        items[at] = replace(last, excepts=last.excepts + read_plans(f"except {own.strip()}").excepts)
    last = items[-1]
    if cut.clause:
        last = replace(last, status=last.status or CONDITIONAL, note=_joined(last.note, cut.clause))
    asking = [
        Item(
            last.payer,
            one.plans,
            referral=one.of("referral"),
            prior_authorization=one.of("prior_authorization"),
            visit_limit=one.of("visit_limit"),
        )
        for one in cut.demands
    ]
    return [*items[:-1], last, *asking]


def _is_sentence(head: str) -> bool:
    return bool(
        re.search(
            r"(?i)^\W*(?:we|our|if|please|when|you|your|they|ask|call|bring|for|see|to|a|an)\b|\b(?:requires?"
            r"|will|must|should"
            r"|is|are|has|have|needs?|covers?|pays?|can|may)\b",
            plain(head),
        )
    )


def _halves(text: str) -> tuple[str, list[str]]:
    """A name and what is said of it: in parentheses, after a dash or a colon. Parentheses may stand amid the names."""
    asides: list[str] = []
    head = text
    found = re.search(r"\s+[-–—]+\s*|\s*[–—]\s*|:\s+|(?<=\w{2})-(?=(?i:all|any|no)\b)|\s*\.\.+\s*", _hide(text))
    if found and found.start() > 0:
        head, rest = text[: found.start()], text[found.end() :]
        asides.append(rest)
    if not re.search(_AND, _hide(head)):
        asides = [*re.findall(r"\(([^()]*)\)?", head), *asides]
        head = re.sub(r"\s*\([^()]*\)?", " ", head)
    return head.strip(" ,;:"), [aside for aside in asides if any(map(str.isalnum, aside))]


def _hide(text: str) -> str:
    """The text with what stands in parentheses masked, letter by letter."""
    return re.sub(
        r"\([^()]*\)?", lambda found: "(" + "_" * (len(found[0]) - 2) + ")" if len(found[0]) > 1 else "_", text
    )


def _merged(item: Item, found: Item) -> Item:
    plans = found.plans or item.plans
    if found.plans and item.plans:
        plans = tuple(f"{item.plans[-1]} {plan}" for plan in found.plans)
    return replace(
        item, plans=plans, all_plans=item.all_plans or found.all_plans, excepts=item.excepts + found.excepts,
        location=item.location or found.location, limited=item.limited or found.limited,
    )  # fmt: skip


def _tail(parts: list[str]) -> tuple[PayerStatus | None, str | None, Item | None]:
    """Status, note and plans from what is said beside the names."""
    status: PayerStatus | None = None
    notes: list[str] = []
    found: Item | None = None
    for part in parts:
        item = detail(part.strip(" .;,"))
        if item.status or item.note:
            status = status or item.status
            notes += [item.note] if item.note else []
        if item.plans or item.all_plans or item.excepts or item.location:
            found = item if found is None else _merged(found, item)
    return status, "; ".join(notes) or None, found


def detail(part: str) -> Item:
    """What one aside says: plans, "all plans", "X only", a status, a network it goes through, or something else."""
    if _FILLER.match(part):
        return Item("")
    if place := _PLACE.match(part):
        return Item("", location=place[1])
    if _THROUGH.match(part):
        return Item("", note=part)
    if re.fullmatch(r"(?i)(?:yes|no|s[ií]|in|out|par)", part) and (bare := cell_status(part, no=NOT)):
        return Item("", status=bare.status)
    everything, _, more = part.partition(",")
    if more and read_plans(everything).all_plans:
        return Item("", all_plans=True, note=more.strip())
    if found := _ALL_INCLUDING.match(part):
        return Item("", all_plans=True, note=found[1].strip())
    before, out = cut_exception(part)
    if out and (not before.strip(" (,-") or read_plans(before).all_plans or is_plan(before)):
        read = read_plans(part)
        return Item("", read.plans, read.all_plans, read.excepts)
    if read_plans(part).all_plans:
        return Item("", all_plans=True)
    if (kind := words("all_of_a_kind").match(part)) and is_plan(kind["kind"]):
        return Item("", (part,))
    only = _ONLY.match(plain(part))
    if only and (plans := next(filter(None, only.groups()))) and (_all_plans(plans) or brands(plans)):
        return Item("", tuple(split_plans(plans)) if _all_plans(plans) else brands(plans), limited=True)
    if _all_plans(part):
        return Item("", tuple(split_plans(part)))
    parts = split_plans(part)
    if len(parts) > 1 and any(map(is_plan, parts)) and all(_capitalised(p) and len(p.split()) < 5 for p in parts):
        return Item("", tuple(parts))
    if fact(part) == "visit_limit" and not re.match(r"(?i)(?:up to|only|limited to)\b", part):
        return Item("", note=part)
    said = own_status(part)
    if said is not None:
        return Item("", status=said.status, note=None if _says_only_status(said) else part)
    if _conditions(part):
        return Item("", status=CONDITIONAL, note=part)
    return Item("", note=None if _is_alias(part) else part)


def _says_only_status(said: Reading) -> bool:
    return len((said.note or "").split()) <= 4 and said.status != CONDITIONAL


def _all_plans(text: str) -> bool:
    return all(map(is_plan, split_plans(text)))


def _conditions(part: str) -> bool:
    return bool(
        re.match(
            r"(?i)^\W*(?:with|if|when|only|once|unless|until|provided|as long as|after|for|must|needs?|requires?"
            r"|subject|limited"
            r"|up to|con|si|solo|cuando|para|authorization|referral|prior)\b|.*\bonly\b|.*\brequired\b",
            plain(part),
        )
    )


def _is_alias(part: str) -> bool:
    """Whether an aside is another name of the payer: known, or capitalised words only."""
    words = [word for word in re.findall(r"[^\s,/]+", part) if word.casefold() not in {"of", "and", "the", "for", "&"}]
    return is_name(part) or all(word[:1].isupper() for word in words)


def names_in(text: str, *, known_list: bool) -> list[Item]:
    """The payers of a text that is only names: "Cigna, most Blue Cross plans and Tricare Prime". Stops at the first
    part that is no name; what is said of a payer after its name is kept with it."""
    items: list[Item] = []
    found = mentions(text)
    strict = not known_list
    for start, end in _parts(text, found):
        part = text[start:end]
        inside = [m for m in found if m.start >= start and m.end <= end]
        if not any(map(str.isalnum, part)) or re.fullmatch(r"(?i)\W*(?:etc|others?|more|and more|and others)\W*", part):
            continue
        item = _named(part, [Mention(m.start - start, m.end - start, m.text) for m in inside], known_list)
        more = re.sub(r"\s*\([^()]*\)?", " ", part).strip(" .")
        if item is None and items and items[-1].plans and _all_plans(more):
            _, note, _ = _tail(re.findall(r"\(([^()]*)\)?", part))
            both = items[-1].plans + tuple(split_plans(more))
            items[-1] = replace(items[-1], plans=both, note=_joined(items[-1].note, note))
            continue
        if item is None and items and read_plans(part).all_plans:
            items[-1] = replace(items[-1], all_plans=True)
            continue
        if item is None and items and items[-1].plans and known_list and _goes_on(more):
            items[-1] = replace(items[-1], plans=(*items[-1].plans, more))
            continue
        item = item or _general(part) or (_unknown(part) if not strict or len(found) > 1 else None)
        if item is None:
            break
        items.append(item)
    return items


def _goes_on(name: str) -> bool:
    """Whether an unknown name after a payer's plan is its next plan: one word of a brand ("LocalPlus")."""
    return is_brand(name) and (bool(re.fullmatch(r"[A-Z][a-z]+[A-Z]\w+", name)) or is_plan(f"{name} PPO"))


def _parts(text: str, found: Sequence[Mention]) -> list[tuple[int, int]]:
    """Where the names of a list stand: cut at commas and "and", but neither inside a name nor in parentheses."""
    masked = _hide(text)
    for m in found:
        masked = masked[: m.start] + "_" * (m.end - m.start) + masked[m.end :]
    cuts = [(cut.start(), cut.end()) for cut in re.finditer(_AND, masked)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return list(zip(starts, ends, strict=True))


def _named(part: str, found: Sequence[Mention], known_list: bool) -> Item | None:
    """A part of a list that holds a known payer near its start."""
    if not found:
        return None
    first = found[0]
    before = part[: first.start]
    after = part[first.end :]
    hedged = bool(_HEDGE.search(before))
    lead = _HEDGE.sub(" ", before)
    all_plans = bool(re.search(r"(?i)\b(?:all|any|every|todos los)\b", lead)) and bool(
        re.match(r"(?i)\W*(?:\w+ )?(?:plans?|products?|polic(?:y|ies)|planes)\b", after)
    )
    lead = _LEADING.sub("", lead).strip(" :('\"")
    payer = first.text
    if lead:
        if not known_list or not _capitalised(lead) or _STOP.search(lead) or _FUNCTION.search(lead):
            return None
        payer = f"{part[part.index(lead) : first.end]}"
    payer, after = _longer(payer, after)
    item = Item(payer, all_plans=all_plans, hedged=hedged, note=part.strip() if hedged else None)
    bare = after.strip(" .,;:*/")
    if known_list and bare and not has_plan_word(bare) and is_brand(bare) and not _FILLER.match(bare):
        return replace(item, plans=(bare,))
    return _with_rest(item, after)


def _capitalised(words: str) -> bool:
    small = {"of", "and", "the", "for", "de", "del", "la"}
    return all(word[:1].isupper() or word.casefold() in small for word in re.findall(r"[^\s/&-]+", words))


def _longer(payer: str, after: str) -> tuple[str, str]:
    """A known name with the capitalised words that go on with it: "Harbor" in "Aetna Harbor Health"."""
    found = re.match(r"((?:\s+(?:of|and|for)?\s*[A-Z][\w'’.&-]*)+)(.*)$", after, re.DOTALL)
    if not found or is_plan(found[1]) or has_plan_word(found[1]) or mentions(found[1]) or _FILLER.match(found[1]):
        return payer, after
    if re.match(r"\s+(?:PPO|HMO|EPO|POS)\b", found[1]):
        return payer, after
    return payer + found[1], found[2]


def _with_rest(item: Item, after: str) -> Item | None:
    """An item with what follows its name: plans, a restriction, an aside in parentheses; None: other matter."""
    asides = re.findall(r"\(([^()]*)\)?", after)
    rest = re.sub(r"\s*\([^()]*\)?", " ", after).strip(" .,;:*/")
    before, out = cut_exception(rest)
    if out:
        rest = before.strip(" ,(")
    words = rest.split()
    size = next((n for n in range(len(words), 0, -1) if is_plan(" ".join(words[:n])) and _ends_well(words, n)), 0)
    plan, rest = " ".join(words[:size]), " ".join(words[size:])
    plan = re.sub(r"(?i)\s+(?:plans?|products?|members|patients|insurance)$", "", plan)
    status, note, found = _tail(asides)
    if plan:
        item = replace(item, plans=tuple(split_plans(plan)))
    if found:
        item = _merged(item, found)
    if out:
        item = replace(item, excepts=item.excepts + read_plans(f"except {out}").excepts)
    item = replace(item, status=status, note=_joined(item.note, note))
    return _restricted(item, rest)


def _ends_well(words: list[str], size: int) -> bool:
    return not re.fullmatch(r"(?i)for|of|and|the|on|&|with|a", words[size - 1])


_VERB = re.compile(
    r"(?i)^\W*(?:is|are|was|were|will|may|might|can|cannot|requires?|needs?|must|should|has|have|does|do|don't"
    r"|pays?|covers?|"
    r"allows?|asks?|says?|wants?|member|you|we|which|who|whose|so|because|then|and|or|by|to|would|could)\b"
)
_RESTRICTS = re.compile(
    r"(?i)^\W*(?:with|if|when|only|for|once|after|unless|provided|as long as|that|whose|upon|on a|case|who|under|over|"
    r"depending|con|si|solo|sólo|cuando|para|siempre que|pending|limited)\b"
)


def _restricted(item: Item, rest: str) -> Item | None:
    if not rest or _FILLER.match(rest):
        return item
    if only := _ONLY.match(rest):
        words = next(filter(None, only.groups()))
        if _all_plans(words):
            return replace(item, plans=tuple(split_plans(words)), limited=True)
    if re.fullmatch(r"(?i)\W*(?:plans? |insurance )?only\W*", rest):
        return replace(item, limited=True)
    if place := _PLACE.match(rest):
        return replace(item, location=place[1])
    said = own_status(rest)
    if said and said.status != IN:
        return replace(item, status=said.status, note=_joined(item.note, rest))
    if _THROUGH.match(rest):
        return replace(item, note=_joined(item.note, rest))
    filler = re.sub(
        r"(?i)^(?:plans?|insurances?|claims?|members?|patients?|coverage|polic(?:y|ies)|cases?|and)\b\s*", "", rest
    )
    if filler != rest:
        return _restricted(item, filler)
    if _RESTRICTS.match(rest):
        return replace(item, status=CONDITIONAL, note=_joined(item.note, rest))
    return None


def _general(part: str) -> Item | None:
    """Words for insurance at large: "most major insurance plans", "any HMO"."""
    before, out = cut_exception(part)
    found = _GENERAL.match(before)
    if not found or negates(part):
        return None
    kind = re.search(r"(?i)\b(hmo|ppo|epo)s?\b", before)
    hedged = bool(re.match(r"(?i)some|several|certain|many", found["much"] or ""))
    plans = (kind[1],) if kind else ()
    return Item("", plans, excepts=read_plans(f"except {out}").excepts if out else (), general=True, hedged=hedged)


def _unknown(part: str) -> Item | None:
    """A capitalised name that no list knows, as an item of a list of payers."""
    name, _, aside = part.strip(" .;:*").partition(" (")
    name = name.strip(" .;:*")
    words = name.split()
    if not 0 < len(words) <= 7 or _STOP.search(name) or not _capitalised(name) or not name[:1].isupper():
        return None
    if is_plan(name) or negates(name) or own_status(name) or len(re.findall(r"[^\W\d_]", name)) < 3:
        return None
    if re.fullmatch(
        r"(?i)\W*(?:and )?(?:others?|more|many more|etc|call us|tbd|none|yes|no|plans?|insurances?|networks?)\W*", name
    ):
        return None
    size = next((n for n in range(1, len(words)) if is_plan(" ".join(words[n:]))), 0)
    weak = size and not re.search(
        r"(?i)\b(?:ppo|hmo|epo|pos|advantage|medicare|medicaid|marketplace)\b", " ".join(words[size:])
    )
    item = Item(" ".join(words[:size]), tuple(split_plans(" ".join(words[size:])))) if size and not weak else Item(name)
    if not aside:
        return item
    status, note, found = _tail([aside.rstrip(") ")])
    item = _merged(item, found) if found else item
    return replace(item, status=status, note=note)


def _joined(first: str | None, second: str | None) -> str | None:
    if not first or first == second:
        return second
    return f"{first}; {second}" if second else first
