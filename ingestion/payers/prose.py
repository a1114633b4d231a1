"""Sentences as drafts: what the clinic says of itself ("we accept", "X is not accepted"), and of nobody else. A payer
that is only mentioned gives no row; hedged words make a row conditional."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingestion.chunkers.sentences import sentences
from ingestion.payers.days import Days, said_days
from ingestion.payers.frames import Framed, by_office, framed, only_names, recast, resolved, shape
from ingestion.payers.items import Item, names_in
from ingestion.payers.lists import drafts_of
from ingestion.payers.marks import notes_of, unmarked
from ingestion.payers.names import mentions, plain
from ingestion.payers.plans import is_plan, read_plans
from ingestion.payers.status import CONDITIONAL, IN, NOT, OUT, SECONDARY, lead_status, own_status
from ingestion.types import PayerRowDraft, PayerStatus
from knowledge.types import Chunk

_ADV = (
    r"(?:(?:also|currently|now|still|both|only|always|gladly|happily|proudly|directly|presently|already|fully"
    r"|at this time|"
    r"generally|usually|typically|therefore|do|can|happy to|proud to|pleased to|glad to|able to|proud|happy"
    r"|pleased|be|a|an|"
    r"as|as well|considered|listed as|unfortunately|longer|,|actualmente|también|ya|solo) )*"
)
_NEG = (
    r"(?:do not|don't|does not|doesn't|cannot|can't|can not|will not|won't|will no longer|are not able to"
    r"|aren't able to|"
    r"are unable to|is unable to|are no longer|is no longer|no longer|are not|aren't|is not|isn't|'re not|'re "
    r"no longer|"
    r"have stopped|stopped|not|never|'re unable to)"
)
_ADVN = (
    r"(?:(?:currently|yet|presently|directly|usually|longer|also|now|able to|an?|in|be|ever|at this time|actually) )*"
)
_WITH = r"(?: (?:with|in|for|of|by))?(?: the)?"
# Tried in this order at each place; the first that fits decides.
_PREDICATES: tuple[tuple[PayerStatus, str], ...] = (
    (OUT, rf"{_NEG} {_ADVN}(?:in[- ]?network|network|contracted|credentialed|participat\w+|par|paneled|enrolled"
          rf"|contract|"
          rf"participating|part|preferred)(?: (?:providers?|facility|clinic))?{_WITH}"),
    (OUT, rf"(?:out[- ]of[- ]network|non-?participating|oon)(?: (?:providers?|facility|clinic))?{_WITH}"),
    (OUT, r"(?:no estamos|no participamos|no estamos contratados) (?:en|con|dentro de)(?: la red)?(?: de| con)?"
          r"|(?:estamos )?fuera de la red(?: de| con)?"),
    (NOT, rf"{_NEG} {_ADVN}(?:accept|accepting|take|taking|bill|billing|honor|process|work with|working with"
          rf"|treat patients with|"
          r"see patients with|handle|file)"),
    (NOT, r"(?:ya )?no (?:aceptamos|tomamos|facturamos|recibimos|trabajamos con)|dejamos de (?:aceptar|tomar)"),
    (CONDITIONAL, r"(?:may|might|can sometimes|sometimes|may be able to|might be able to|can often|often"
                  r"|occasionally|can) (?:be able to )?"
                  r"(?:accept|take|bill|work with)"),
    (IN, r"in[- ]?network(?: (?:providers?|facility|clinic))?(?: (?:with|for))(?: the)?"),
    (IN, r"(?:participating|contracted|credentialed|preferred|approved|enrolled|network)(?: in-network)?(?: "
         r"(?:providers?|facility|"
         r"clinic))?(?: (?:with|for|in))(?: the)?"),
    (IN, r"(?:participate|participates|contract|contracts) (?:with|in)(?: the)?|(?:have|has) (?:\w+ "
         r")?contracts? with|work with|"
         r"providers? (?:for|with)|(?:holds?|have|has|maintains?) (?:(?!no )\w+ )?(?:agreements?|contracts?) with"
         r"|works with"),
    (IN, r"accepts?|accepting|take|takes|welcomes?|honors?"),
    (IN, r"aceptamos|tomamos|trabajamos con|participamos (?:con|en)|(?:estamos )?(?:dentro de|en) la red de"
         r"|estamos en red con"),
    (CONDITIONAL, r"bills?|(?:submit|file) (?:claims )?(?:to|with)|facturamos a"),
)  # fmt: skip
_PREDICATE = re.compile(
    "(?i)" + "|".join(rf"(?P<p{n}>(?<![\w'-])(?:{words})(?![\w-]))" for n, (_, words) in enumerate(_PREDICATES))
)
_SUBJECT = re.compile(
    r"(?i)(?:^|[\s,;:(—–-])(?:we|we're|we are|we've|we have been|we have|we will|we'll|our (?:[\w'-]+ "
    r"){0,2}(?:clinics?|offices?|"
    r"practice|therapists?|providers?|team|facility|locations?|staff|company)(?: (?:is|are|have|has))?|(?:the"
    r"|this) (?:clinic|practice|"
    r"office)(?: is)?|[A-Z][\w'&]*(?: [A-Z&][\w'&]*){0,4} (?:PT|Physical Therapy|Rehab\w*|Clinic|Therapy)(?: "
    r"is)?|nuestra (?:clínica|"
    rf"oficina)|all of our \w+(?: are)?) {_ADV}$"
)
_OPENING = re.compile(
    rf"(?i)^\W*(?:(?:yes|no|and|but|also|currently|unfortunately|sorry|sí|pero|además|lamentablemente|actualmente|"
    rf"por el momento|at this time)\W*)*{_ADV}$"
)
_COORDINATED = re.compile(rf"(?i)(?:\band|\bbut|\bor|,|\by|\bpero)(?: are| is| we| have)? {_ADV}$")
_DOUBTED = re.compile(
    r"(?i)\b(?:if|whether|unless|ask|verify|confirm|check|promise|guarantee|assume|used to|previously|formerly"
    r"|in the past|"
    r"hope|hoping|plan to|planning|applying|applied|working on|would|could|should|might|former|worked|si|"
    r"mean|means|list|until we|before we|when we|once we|where|how|ever|see if|find out|was|were|had|antes)\b"
)
_PASSIVE = re.compile(
    r"(?i)(?:\s|^)(?P<verb>(?:is|are|will be|será|serán|es|son)(?P<adv>(?: (?:also|currently|now|only|generally"
    r"|usually|always|"
    r"still|not|no longer|never|temporarily|gladly|both|all|happily|sometimes|often))*) (?P<what>accepted|taken"
    r"|pending|in[- ]network|"
    r"out[- ]of[- ]network|welcome|covered here|contracted|aceptad[oa]s?))\b|\s(?P<es>(?:ya )?(?:no )?se "
    r"(?:aceptan?|toman?))\b"
)
_END = re.compile(
    r"(?i)\s*(?:;|—|–| - |, (?:and (?=we |our )|but (?!not )|so |which |who |however"
    r"|although(?! not)|though(?! not)|because"
    r"|since|we |our |please |you )|,? but (?!not)|"
    r"\bhowever\b|,? although (?!not )|"
    r",? though (?!not )|,? so (?:we|you|that|please)|,? and (?:we|our|you|will|can|would|are"
    r"|is|do|have) |,? pero (?!no (?!acept|tom|estamos|particip|trabaj|factur|recib|con\b))|"
    r",? y (?=no |estamos|aceptamos)| because | while |, while|\.\s|:\s(?=we|our)|\band (?=not\b))"
)
_LEFT = re.compile(
    r"(?i)\b((?:stopped|ended|left|dropped|joined|signed|added|cancell?ed|terminated)\b[^.;]*?) (?:on|in) (?=\w+ \d|\d)"
)
_INSURERS = re.compile(r"(?i)insur|plan|\b(?:hmo|ppo|epo)s?\b|carrier|payer|payor|network|segur")
_NEGATION = re.compile(
    r"(?i)\b(?:not|no|never|neither|nor|none|cannot|without|hardly|rarely|ni|nunca|jamás|tampoco)\b|n't\b"
)
_LEADING_IF = re.compile(
    r"(?i)^\W*(?:if|when) (?:(?:you|a patient|someone|your child) "
    r"(?:have|has|carry|(?:are|is) covered by|(?:are|is) insured (?:with|by))|your insurance is(?: with)?"
    r"|your (?:card|plan) (?:says|is(?: from)?)) (?P<names>.+?), "
    r"(?P<main>(?:(?:then|you can still come|you are still welcome|you may come),? )?(?:but )?"
    r"(?:we|our|you(?:'ll| are|'re| will)|your visits (?:are|will be)|it(?: is|'s)|that(?: is|'s)) .+)$"
)
_PLAIN_IN = re.compile(
    r"(?i)^(?:then )?(?:we|you|your visits)(?: are|'re)(?: an?)? in[- ]?network(?: with (?:your|that|this) "
    r"(?:plan|insurance))?(?: here| with us)?\W*$"
)
_TAILS = re.compile(
    r"(?i)[\s,]+(?P<tail>(?:(?:but )?only )?(?:as (?:a |an |your )?(?:secondary|supplement\w*)(?: \w+){0,3}|as "
    r"(?:an )?out-of-network"
    r"(?: provider)?|with (?!most|many|some|all)|if |unless |when |once |as long as |provided |only |upon |after |on a "
    r"case|case by case|"
    r"depending |subject to |for (?:patients|children|adults|kids|members|people|those|new|existing|veterans"
    r"|workers|work) |up to |con |si |"
    r"solo |cuando ).*)$"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A predicate of the clinic, with the text that holds its payers."""

    status: PayerStatus
    object: str
    clause: str


@dataclass(frozen=True, slots=True)
class Before:
    """The sentence before, with the drafts that it gave: what "also", "the same goes for" and "them" speak of."""

    text: str = ""
    drafts: tuple[PayerRowDraft, ...] = ()


def read_prose(
    chunk: Chunk, text: str, location: str | None = None, before: Before | None = None
) -> list[PayerRowDraft]:
    """The drafts of all sentences of a text of the chunk; `before` is the sentence that stands before it."""
    found: list[PayerRowDraft] = []
    last = before or Before()
    for part in sentences(text):
        if part.strip():
            drafts = tuple(_sentence(chunk, part.strip(), location, last))
            last = Before(part.strip(), drafts)
            found += drafts
    return found


def _sentence(chunk: Chunk, quote: str, location: str | None, before: Before) -> Iterator[PayerRowDraft]:
    if quote.rstrip("\"')” ").endswith("?"):
        return
    if not mentions(quote) and not _INSURERS.search(quote) and not mentions(before.text):
        return
    dated = _LEFT.sub(r"\1 as of ", plain(unmarked(quote)))
    days = said_days(dated)
    words = re.sub(r"\s+", " ", days.rest.rstrip(" .!")).strip(" ,") + " "
    for part in by_office(words):
        said, reaches_back = _claims(part.words, days, before)
        whole = _with_before(chunk, quote, before) if reaches_back else quote
        if whole:
            yield from _drafts(said, days, chunk, whole, part.place or location)


def _with_before(chunk: Chunk, quote: str, before: Before) -> str | None:
    """A sentence with the one that it speaks of, where both stand together in the paper."""
    return next((both for gap in " \n" if (both := f"{before.text}{gap}{quote}") in chunk.text), None)


def _drafts(
    claims: list[_Claim], days: Days, chunk: Chunk, quote: str, location: str | None
) -> Iterator[PayerRowDraft]:
    notes = notes_of(quote, chunk.notes)
    for claim in claims:
        for item, status in _payers(claim):
            if status == IN and _NEGATION.search(_outside_exceptions(claim.clause)):
                continue
            own = _dated(item, days) if len(claims) == 1 or claim is claims[0] else item
            yield from drafts_of(own, status, chunk, quote, notes, location)


def _claims(words: str, days: Days, before: Before) -> tuple[list[_Claim], bool]:
    """The claims of a sentence without its days, and whether they speak of the sentence before."""
    words = recast(words)
    claims = _direct(words, days)
    if not claims and (meant := resolved(words, plain(before.text))):
        return _direct(meant[0] + " ", days), meant[1]
    reaches = False
    last = claims[-1].status if claims else before.drafts[-1].status if before.drafts else None
    own = not claims and before.drafts
    told = {m.text for claim in claims for m in mentions(claim.object)}
    dated = days.start is not None or days.end is not None
    asked = _asked(before.text)
    for clause in _clauses(words, told, dated=dated):
        found: Framed | None
        if asked and (said := framed(f"{asked}: {clause.strip()}", dated=False, before=None)) and not mentions(clause):
            found, reaches = said, True
        elif alone := framed(clause, dated=dated, before=None):
            found = alone
        else:
            found = framed(clause, dated=dated, before=last)
            reaches = reaches or bool(found and own)
        if found:
            claims.append(_Claim(found.status, found.object, clause))
            last, own = found.status, ()
    return claims, reaches


def _asked(text: str) -> str | None:
    """The payers of a question that is only names: "Kaiser?"."""
    names = plain(text).strip(" \"'")
    return names.rstrip("? ") if names.endswith("?") and only_names(names.rstrip("? ")) else None


def _between_names(clause: str, told: set[str], dated: bool) -> list[str]:
    """ "A is fine and B is not" at its "and", but not "A and B are fine"."""
    for cut in re.finditer(shape("joint_of_names"), clause):
        left = clause[: cut.start()]
        if framed(left, dated=dated, before=IN) or (mentions(left) and {m.text for m in mentions(left)} <= told):
            return [left, *_between_names(clause[cut.end() :], told, dated)]
    return [clause]


def _clauses(words: str, told: set[str], *, dated: bool) -> Iterator[str]:
    """The parts of a sentence that may say something of payers who were not spoken of. One that as a whole fits no
    frame is read apart at its "and", "but" and colon, unless it is a story of what might be."""
    for clause in words.split(";"):
        parts = [clause]
        if not framed(clause, dated=dated, before=IN) and not _DOUBTED.search(clause):
            parts = [one for part in re.split(shape("joint"), clause) for one in _between_names(part, told, dated)]
        for part in parts:
            named = {m.text for m in mentions(part)}
            if (named or not mentions(words)) and not (named and named <= told):
                yield part


def _direct(words: str, days: Days) -> list[_Claim]:
    claims = [*_active(words, dated=days.start is not None), *_passive(words), *_if_you_have(words)]
    found = [one for claim in claims for one in _apart(claim) if any(_payers(one))]
    return found or list(_led(words))


def _apart(claim: _Claim) -> Iterator[_Claim]:
    """ "With A, with B and with C" as three claims, so that an exception holds for its own payer only."""
    # The words before the names stay: a "no" among them holds for every part.
    starts, head = [0], claim.clause.removesuffix(claim.object)
    for cut in re.finditer(shape("again_with"), claim.object):
        # After "a contract with A" a second "with" may tell the terms of the contract.
        if mentions(claim.object[cut.end() :]) and not re.search(r"(?i)agreement|contract", head):
            starts.append(cut.start())
    for start, end in zip(starts, [*starts[1:], len(claim.object)], strict=True):
        part = re.sub(shape("again_with"), "", claim.object[start:end], count=1) if start else claim.object[:end]
        yield replace(claim, object=part, clause=head + part if len(starts) > 1 else claim.clause)


def _led(words: str) -> Iterator[_Claim]:
    """ "The plans that we take are X and Y"."""
    found = shape("lead").fullmatch(words.strip())
    status = lead_status(found["lead"]) if found and not mentions(found["lead"]) else None
    if found and status:
        yield _Claim(status, found["names"] + " ", words)


def _outside_exceptions(words: str) -> str:
    """A clause without what it takes out, and without what stands in parentheses."""
    return _EXCEPT.split(re.sub(r"\([^()]*\)", " ", words))[0]


def _dated(item: Item, days: Days) -> Item:
    return replace(item, start=item.start or days.start, end=item.end or days.end)


def _active(words: str, *, dated: bool) -> Iterator[_Claim]:
    """Claims of the form "we accept X"; a second verb may share the subject of the first."""
    before = 0
    claimed = False
    found = list(_PREDICATE.finditer(words))
    for place, match in enumerate(found):
        said = words[before : match.start()]
        clause = re.split(r"(?i)[;:]|, (?=we|our|and|but)|(?:,|^)\s*(?:but|and) (?=we|our)", said)[-1]
        spanish = bool(
            re.match(r"(?i)(?:ya )?(?:no )?(?:acept|tom|trabaj|particip|factur|estamos|recib|dejamos)", match[0])
        )
        own = _SUBJECT.search(" " + clause) or ((not said.strip() or _OPENING.match(said)) and not before)
        negative = next(status for n, (status, _) in enumerate(_PREDICATES) if match[f"p{n}"] is not None) in {OUT, NOT}
        of_us = claimed or (negative and re.match(r"(?i)\W*(?:we|our)\b", clause))
        shared = of_us and _COORDINATED.search(said)
        if not (own or shared or (spanish and not re.search(r"(?i)\bsi\b", clause))) or _DOUBTED.search(clause):
            continue
        if (
            not own
            and not shared
            and spanish
            and re.search(r"[a-z] $", said)
            and not re.search(r"(?i)(?:\by|,|actualmente|también|nosotros) $", said)
        ):
            continue
        if own and not spanish and not _SUBJECT.search(" " + clause) and not _elliptical(match[0], said):
            continue
        stop = found[place + 1].start() if place + 1 < len(found) else len(words)
        status = next(status for n, (status, _) in enumerate(_PREDICATES) if match[f"p{n}"] is not None)
        if status == IN and re.search(r"(?i)\bwill (?:be |soon )|'ll be", clause) and not dated:
            status = CONDITIONAL
        if status == IN and re.search(
            r"(?i)\b(?:some|most|one|two|several|many|a few|certain|part) of (?:our|the)\b", said
        ):
            status = CONDITIONAL
        rest = words[match.end() : _object_end(words, match.end(), stop)]
        claimed = True
        before = match.end()
        yield _Claim(status, rest, clause + match[0] + rest)


def _elliptical(verb: str, said: str) -> bool:
    """A sentence without "we": "In network with Aetna.", "Not contracted with Kaiser." A bare verb is an order."""
    return bool(
        re.match(r"(?i)in[- ]?net|out|not|participating|contracted|credentialed|accepting|no |fuera|acept|tom", verb)
    ) or bool(re.match(r"(?i)\W*(?:yes|no)\b", said))


def _object_end(words: str, start: int, stop: int) -> int:
    found = _END.search(words, start)
    end = min(found.start() if found else len(words), len(words))
    if stop < end:
        # The subject of the next verb is no object of this one.
        cut = re.search(r"(?i)(?:,| and| but| or)(?: we| our| are| is|[^,]{0,12}) ?$", words[start:stop])
        end = start + cut.start() if cut else stop
    return end


_EXCEPT = re.compile(
    r"(?i),?\s*\(?\b(?:except(?: for)?|excluding|other than|with the exception of|apart from|but not|besides"
    r"|not including|though not|although not|"
    r"and not|excepto|menos|salvo|pero no)\b:?\s*"
)


def _payers(claim: _Claim) -> Iterator[tuple[Item, PayerStatus]]:
    """The payers of a claim with their status; what is said of the last of them holds for all."""
    kept, *out = _cut(claim.object)
    tail = _TAILS.search(kept)
    names = kept[: tail.start()] if tail else kept
    items = names_in(names, known_list=False)
    excepted = names_in(out[0], known_list=False) if out else []
    plans_out = bool(out) and items and (not excepted or _are_plans(out[0], items[-1]))
    if plans_out and items:
        items[-1] = replace(items[-1], excepts=items[-1].excepts + _plans_out(out[0], items[-1]))
    if tail and items and (at := re.fullmatch(shape("at_place"), tail["tail"])):
        items[-1], tail = replace(items[-1], location=items[-1].location or at["name"]), None
    place = items[-1].location if items else None
    alone = sum(item.location is not None for item in items) == 1
    for item in items:
        item = replace(item, location=place) if alone and place else item
        status = _status_of(claim, item)
        note = item.note
        if tail and _reaches(item, items[-1], tail["tail"]):
            status, note = _tailed(status, tail["tail"], item)
        yield replace(item, note=note), status
    if out and not plans_out and items:
        flipped: PayerStatus = (OUT if "network" in claim.object else NOT) if claim.status == IN else CONDITIONAL
        yield from ((item, flipped) for item in excepted if not item.general)


def _cut(words: str) -> list[str]:
    """A claim's object, and what it takes out, if anything; exceptions in parentheses belong to one name only."""
    masked = re.sub(r"\([^()]*\)", lambda aside: "_" * len(aside[0]), words)
    found = _EXCEPT.search(masked)
    return [words[: found.start()], words[found.end() :]] if found else [words]


def _are_plans(words: str, last: Item) -> bool:
    """Whether an exception takes out plans of the payer before it ("Regence, but not Regence HMO"), no other payer."""
    own = re.sub(rf"(?i)\b{re.escape(last.payer)}\b", "", words).strip(" .") if last.payer else words
    bare = re.sub(r"(?i)\b(?:plans?|products?|any|their|its|the|all)\b", "", own).strip(" .")
    if last.all_plans:
        return is_plan(bare)
    return bool(last.payer) and is_plan(bare) and bare.casefold() not in {"medicare", "medicaid", "tricare"}


def _plans_out(words: str, last: Item) -> tuple[str, ...]:
    own = re.sub(rf"(?i)\b{re.escape(last.payer)}\b", "", words).strip(" .") if last.payer else words
    return read_plans(f"except {own.strip()}").excepts


def _status_of(claim: _Claim, item: Item) -> PayerStatus:
    if item.status is not None and (item.status != IN or claim.status == IN):
        return item.status
    if item.hedged and claim.status == IN:
        return CONDITIONAL
    return claim.status


def _reaches(item: Item, last: Item, tail: str) -> bool:
    """A condition after the last name holds for all of them; "as secondary" for the last one."""
    return item.payer == last.payer or not re.match(r"(?i)(?:but )?(?:only )?as ", tail)


def _tailed(status: PayerStatus, tail: str, item: Item) -> tuple[PayerStatus, str | None]:
    tail = tail.strip(" .,")
    note = f"{item.note}; {tail}" if item.note else tail
    if re.match(r"(?i)(?:but )?(?:only )?as (?:a |an |your )?(?:secondary|supplement)", tail):
        return (SECONDARY if status == IN else status), note
    if re.match(r"(?i)(?:but )?(?:only )?as (?:an )?out", tail):
        return OUT, note
    return (CONDITIONAL if status in {IN, CONDITIONAL} else status), note


def _passive(words: str) -> Iterator[_Claim]:
    """Claims of the form "X and Y are accepted"."""
    start = 0
    for match in _PASSIVE.finditer(words):
        before = re.split(
            r"(?i)[;:]|, (?:and|but|while|so|however) |\bbut |\bhowever,? |— ", words[start : match.start()]
        )[-1]
        after = re.split(r"(?i)[;:]|, (?:and|but|so|while|although) | but (?!not)", words[match.end() :])[0]
        start = match.end()
        if _DOUBTED.search(before) or re.match(r"(?i)\s*by (?!us\b)|\s*(?:everywhere|at most|in most)", after):
            continue
        spanish = match["es"]
        after, before = (before, after) if spanish and not before.strip() else (after, before)
        no = bool(re.search(r"(?i)\b(?:not|no longer|never|no)\b", match[0]))
        out = "out" in (match["what"] or "").casefold()
        network = "network" in (match["what"] or "").casefold() or "contracted" in (match["what"] or "").casefold()
        pending = "pending" in (match["what"] or "")
        status: PayerStatus = CONDITIONAL if pending else (OUT if network else NOT) if no else OUT if out else IN
        of_place = "only" in match[0].casefold() and re.match(shape("at_place"), after)
        match_says = "" if of_place else match[0]
        if status == IN and re.search(r"(?i)\b(?:only|sometimes|often|temporarily|will be)\b", match_says):
            after = f" only{after}" if "only" in match[0].casefold() else f" sometimes{after}"
        none = re.match(r"(?i)^\W*(?:neither|no|none of)\b", before)
        status = (OUT if network else NOT) if none else status
        before = re.sub(r"(?i)^\W*(?:neither|no|none of)\b", "", before)
        if not _all_names(before):
            continue
        if status == IN and re.search(r"(?i)\bsometimes\b|\bwill be\b", match[0] + after):
            status = CONDITIONAL
        kept = _kept(after) if status == IN else ""
        yield _Claim(status, f"{before.strip()} {kept}", before + match[0] + after)


def _kept(after: str) -> str:
    """What follows the verb, as a limit of the claim; words that limit nothing are left out."""
    if place := re.match(shape("at_place"), after):
        return place["place"]
    found = _TAILS.search(after) or re.match(r"\s*(?P<tail>only\b.*)", after)
    if found:
        return found["tail"]
    plain_end = re.match(
        r"(?i)\W*(?:here|at this time|currently|by us|too|as well|at (?:all|both) \w+|with us|also)?\W*$", after
    )
    return "" if plain_end else f"only {after.strip(' .')}"


def _if_you_have(words: str) -> Iterator[_Claim]:
    """ "If you have Kaiser, we are out of network." """
    found = _LEADING_IF.match(words)
    if not found or mentions(found["main"]) or not _all_names(found["names"]):
        return
    said = own_status(found["main"])
    if said and (said.status in {OUT, NOT} or (said.status == IN and _PLAIN_IN.match(found["main"]))):
        yield _Claim(said.status, found["names"], found["names"])


def _all_names(before: str) -> bool:
    """Whether the subject of a passive is names and nothing else."""
    words = re.sub(
        r"(?i)^\W*(?:unfortunately|currently|at this time|please note(?: that)?|yes|no|and|also)\b\W*", "", before
    )
    found = names_in(words, known_list=False)
    return bool(found) and not re.search(
        r"(?i)^\W*(?:if|when|your|my|not)\b|\b(?:we|our|you|they|with|your|it|this)\b", words
    )
