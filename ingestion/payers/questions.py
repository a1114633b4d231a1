"""Answers to questions that name a payer: "Do you take Medicare?" with "Yes" or "Not at this time"."""

import re
from collections.abc import Iterator

from ingestion.chunkers.sentences import sentences
from ingestion.payers.items import Item, names_in
from ingestion.payers.lists import drafts_of
from ingestion.payers.names import mentions, plain
from ingestion.payers.status import CONDITIONAL, IN, NOT, OUT, Reading, cell_status, negates
from ingestion.types import PayerRowDraft, PayerStatus
from knowledge.types import Chunk

_ASKS = re.compile(
    r"(?i)^\W*(?:and |so |but )?(?:do|does|are|is|can|will|did)\s+(?:you|y'all|your (?:clinic|office|practice"
    r"|therapists)|the (?:clinic|office)|we|i)\s+"
    r"(?:guys |also |currently |still |all |even |now |be |use )*(?P<verb>accept|take|bill|in[- ]?network "
    r"(?:with|for)|participate (?:with|in)|work with|"
    r"contracted with|honor|providers? for|(?:a |an )?(?:participating|in-network) providers? (?:with|for)"
    r"|use)\s+(?P<names>[^?]+)\?\W*$"
)
_PASSIVE = re.compile(
    r"(?i)^\W*(?:is|are)\s+(?P<names>[^?]+?)\s+(?P<verb>accepted|taken|in[- ]?network|okay|ok|welcome)(?: here| "
    r"at your (?:clinic|office))?\?\W*$"
)
_SPANISH = re.compile(
    r"(?i)^\W*(?P<verb>aceptan|acepta|toman|reciben|trabajan con|(?:están|está) (?:dentro de|en) la red de"
    r"|participan (?:con|en)|"
    r"(?:puedo|se puede) usar)\s+(?:ustedes |el |la |los |mi )?(?P<names>[^?]+)\?\W*$"
)
_DEPENDS = re.compile(
    r"(?i)^\W*(?:it depends|depends|some|sometimes|often|usually|in most cases|maybe|possibly|partly|depende|a "
    r"veces|most)\b"
)


def read_answer(chunk: Chunk, location: str | None = None) -> Iterator[PayerRowDraft]:
    """The drafts of a yes or no about the payers that the question names, where the answer names none itself."""
    parts = [part.strip() for part in sentences(chunk.text) if part.strip()]
    asked = _asked(plain(chunk.lead))
    if not parts or asked is None:
        return
    items, network, one_of = asked
    said = _said(parts, network=network)
    if said is None or not _same(parts[0], items):
        return
    if one_of and len(items) > 1 and said.status not in {NOT, OUT}:
        return
    for item in items:
        note = said.note if said.status not in {IN, NOT, OUT} else None
        own = Item(item.payer, item.plans, item.all_plans, item.excepts, note=note, general=item.general)
        yield from drafts_of(own, said.status, chunk, parts[0], (), location)


def _asked(question: str) -> tuple[list[Item], bool, bool] | None:
    """The payers asked about, whether the network is meant, and whether "or" stands between them. None: the question
    asks something else, or about a payer only for some service."""
    last = [part for part in re.split(r"(?<=[?.!])\s+", question.strip()) if part.endswith("?")]
    found = next((m for p in (_ASKS, _PASSIVE, _SPANISH) if last and (m := p.match(last[-1]))), None)
    if found is None:
        return None
    names = re.sub(
        r"(?i)^\W*(?:my|any|the)\s+|\s+(?:here|at your (?:clinic|office)|after (?:a|an) (?:car )?(?:accident"
        r"|crash|injury)|aquí|ahora|now|yet)\W*$",
        "",
        found["names"],
    )
    items = names_in(names, known_list=False)
    if not items or any(item.note or item.general or item.status for item in items):
        return None
    if len(items) < len(mentions(names)):
        return None
    return (
        items,
        bool(re.search(r"(?i)network|participa|contract|red", found["verb"])),
        bool(re.search(r"(?i)\bor\b|\bo\b", names)),
    )


def _same(sentence: str, items: list[Item]) -> bool:
    """Whether a sentence names only what was asked about."""
    asked = {item.payer.casefold() for item in items}
    claim = re.split(r"(?i)\b(?:if|when|with|once|as long as|si|cuando|con)\b", sentence)[0]
    return all(m.text.casefold() in asked for m in mentions(claim))


def _said(parts: list[str], *, network: bool) -> Reading | None:
    first = plain(parts[0])
    if _DEPENDS.match(first) or re.match(r"(?i)^\W*(?:often|usually|sometimes) yes\b", first):
        return Reading(CONDITIONAL, parts[0])
    no: PayerStatus = OUT if network else NOT
    said = cell_status(first, no=no)
    if said is None or not re.match(
        r"(?i)^\W*(?:yes|no|not|s[ií]|we (?:do|are)|unfortunately|sorry|of course|absolutely|certainly|sure|por "
        r"el|lamentablemente|todavía|claro)\b",
        first,
    ):
        return None
    if said.status == IN and (negates(first) or any(_limits(part) for part in parts[1:])):
        return Reading(CONDITIONAL, " ".join(parts))
    return said


def _limits(part: str) -> bool:
    """Whether a later sentence takes back a part of a yes."""
    return bool(
        re.match(r"(?i)^\W*(?:but|however|only|except|unfortunately|pero|sin embargo|solo)\b", part)
    ) or negates(part)
