"""Chunks of a paper to payer rows: each table, list, answer and text goes to its reader with the status above it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ingestion.chunkers.sentences import sentences
from ingestion.payers.lists import read_list
from ingestion.payers.names import mentions, plain
from ingestion.payers.plans import is_plan
from ingestion.payers.prose import Before, read_prose
from ingestion.payers.questions import read_answer
from ingestion.payers.remarks import demand
from ingestion.payers.status import BLOCKERS, lead_status
from ingestion.payers.tables import Found, read_table
from ingestion.types import PayerRowDraft, PayerStatus
from knowledge.types import Chunk, ChunkKind

_OFFICE = re.compile(
    r"(?i)^\W*(?:our |the |nuestra )?(?P<a>[\w .'&-]+?) (?:office|location|clinic)\W*$|^\W*(?:location|office"
    r"|clinic|clínica|oficina|"
    r"sucursal)(?: de|:)? (?P<b>[\w .'&-]+?)\W*$"
)


def payer_rows(chunks: Sequence[Chunk]) -> tuple[tuple[PayerRowDraft, ...], tuple[str, ...]]:
    """The payer rows that a paper's chunks propose, in reading order, and sentences for the manager about doubts."""
    offices = _offices(chunks)
    drafts: list[PayerRowDraft] = []
    warnings: list[str] = []
    for part in _parts(chunks):
        before = chunks[part[0].ordinal - 1] if part[0].ordinal else None
        found = _read(part, before, offices)
        drafts += filter(_stands, found.drafts)
        warnings += found.warnings
    return tuple(dict.fromkeys(drafts)), tuple(dict.fromkeys(warnings))


def _stands(draft: PayerRowDraft) -> bool:
    """Whether the paper itself names the payer. Two spaces in a name are where a remark was taken out of its middle, as
    in lines that were run together ("Aetna (not accepted) In network")."""
    verbatim = draft.payer.casefold() in " ".join((draft.quote, draft.lead, *draft.heading)).casefold()
    return verbatim or "  " not in draft.payer


def _parts(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """Each chunk alone, but the rows of one table together: neighbours that share a column."""
    for kind, group in groupby(chunks, key=lambda chunk: chunk.kind is ChunkKind.ROW):
        if not kind:
            yield from ([chunk] for chunk in group)
            continue
        table: list[Chunk] = []
        names: set[str] = set()
        for chunk in group:
            own = {name for name, _ in chunk.cells}
            if table and names.isdisjoint(own):
                yield table
                table, names = [], set()
            table.append(chunk)
            names |= own
        if table:
            yield table


def _place(chunk: Chunk, offices: Mapping[str, str]) -> str | None:
    return next((offices[words] for words in reversed(chunk.heading) if words in offices), None)


def _read(part: Sequence[Chunk], before: Chunk | None, offices: Mapping[str, str]) -> Found:
    chunk, place = part[0], _place(part[0], offices)
    if chunk.kind is ChunkKind.ROW:
        lead = _lead_above(chunk, before)
        return read_table(part, lambda row: (lead or _heading_status(row.heading), _place(row, offices)))
    if chunk.kind is ChunkKind.LIST:
        return _list(chunk, chunk.text.split("\n"), chunk.lead, place)
    if chunk.kind is ChunkKind.QUESTION:
        return _question(chunk, place)
    return _lines(chunk, chunk.text, "", place)


def _lead_above(chunk: Chunk, before: Chunk | None) -> PayerStatus | None:
    """The status that the words right above a table give."""
    if before is not None and before.kind is ChunkKind.PROSE and before.heading == chunk.heading:
        last = before.text.split("\n")[-1]
        if last.rstrip().endswith(":"):
            sentence = re.split(r"(?<=[.!?])\s+", last)[-1]
            return lead_status(sentence)
    return None


def _heading_status(heading: Sequence[str]) -> PayerStatus | None:
    """The innermost heading that says a status; one that names another matter ends the search."""
    for words in reversed(heading):
        status = lead_status(words)
        if status is not None:
            return status
        if BLOCKERS.search(words):
            return None
    return None


def _list(chunk: Chunk, items: Sequence[str], lead: str, place: str | None) -> Found:
    status = lead_status(lead) if lead else None
    source = lead
    if status is None and (not lead or _is_neutral(lead)):
        status = _heading_status(chunk.heading)
        source = " ".join((*chunk.heading, lead))
    outer, _, parent = lead.rpartition("\n")
    above = _parent(chunk, parent, lead_status(outer), items, place) if outer and parent else []
    if above:
        return Found(tuple(above))
    about = f"{source} {chunk.heading[-1] if chunk.heading else ''}" if status else ""
    drafts = read_list(chunk, items, status, about, place)
    told = {draft.quote for draft in drafts}
    drafts += [draft for item in items if item not in told for draft in read_prose(chunk, item, place)]
    known = sum(bool(mentions(item)) and len(item.split()) <= 6 for item in items)
    if (
        drafts
        or status is not None
        or known < 2
        or known * 2 < len(items)
        or _other_matter(chunk.heading)
        or (lead and not _is_neutral(lead))
    ):
        return Found(tuple(drafts))
    where = lead.rstrip(":") or (chunk.heading[-1] if chunk.heading else items[0])
    return Found(
        (), (f"The list under {where!r} names payers but does not say whether they are accepted; please check.",)
    )


def _parent(
    chunk: Chunk, parent: str, status: PayerStatus | None, items: Sequence[str], place: str | None
) -> list[PayerRowDraft]:
    """The item over a nested list, as one of the outer list; what stands below tells its plans or what they ask for."""
    if status is None or not mentions(parent):
        return []
    drafts = read_list(chunk, [parent.rstrip(" :")], status, f"insurance {parent}", place)
    if drafts and not drafts[-1].plan and all(is_plan(item) for item in items):
        return [replace(drafts[-1], plan=item, quote=item) for item in items]
    asked = {plan: one for item in items if (one := demand(item)) for plan in one.plans}
    found = []
    for draft in drafts:
        one = asked.get(draft.plan or "")
        if one:
            draft = replace(
                draft,
                referral=one.of("referral"),
                prior_authorization=one.of("prior_authorization"),
                visit_limit=one.of("visit_limit"),
            )
        found.append(replace(draft, quote=items[0]))
    return found


def _other_matter(heading: Sequence[str]) -> bool:
    return bool(heading) and bool(BLOCKERS.search(heading[-1]))


def _is_neutral(lead: str) -> bool:
    """Whether the words before a list only name what follows ("Commercial plans:")."""
    words = plain(lead).strip(" :")
    return (
        len(words.split()) <= 5
        and not BLOCKERS.search(words)
        and not re.search(r"(?i)\b(?:we|you|our|please|is|are)\b", words)
    )


def _question(chunk: Chunk, place: str | None) -> Found:
    status = lead_status(chunk.lead)
    answers = list(read_answer(chunk, place))
    found = _lines(chunk, chunk.text, chunk.lead if status else "", place)
    told = {draft.payer.casefold() for draft in found.drafts}
    return Found((*found.drafts, *(a for a in answers if a.payer.casefold() not in told)), found.warnings)


def _lines(chunk: Chunk, text: str, lead: str, place: str | None) -> Found:
    """Running text: a line that ends in a colon leads the short lines after it; the rest is sentences."""
    drafts: list[PayerRowDraft] = []
    under = lead
    for line in text.split("\n"):
        line = line.strip()
        if line.endswith(":") and len(line) > 1:
            under = re.split(r"(?<=[.!?])\s+", line)[-1]
            drafts += read_prose(chunk, line, place)
            continue
        drafts += _labelled(chunk, line, place) or _said(chunk, line, under, place)
    return Found(tuple(drafts))


def _said(chunk: Chunk, line: str, under: str, place: str | None) -> Iterator[PayerRowDraft]:
    """The sentences of a line: claims, or only names under words that give their status."""
    last = Before()
    for part in filter(None, map(str.strip, sentences(line))):
        drafts = read_prose(chunk, part, place, last) or _bare(chunk, part, under, place)
        last = Before(part, tuple(drafts))
        yield from drafts


def _labelled(chunk: Chunk, line: str, place: str | None) -> list[PayerRowDraft]:
    """ "In network: Aetna, Cigna." and "Aetna: in network" on a line of their own."""
    head, colon, rest = line.partition(":")
    if not colon or not rest.strip() or len(head.split()) > 9 or re.search(r"[.!?]\s+\S", rest):
        return []
    if mentions(head) or lead_status(head) is None:
        return []
    drafts = read_list(chunk, [rest.strip(" .")], lead_status(head), f"insurance {head}", place)
    return [replace(draft, quote=line) for draft in drafts if draft.payer]


def _bare(chunk: Chunk, line: str, under: str, place: str | None) -> list[PayerRowDraft]:
    """A line of names under words that give their status, or one that gives its own ("Aetna - in network")."""
    words = line.rstrip(".")
    if not words or len(words.split()) > 30 or not mentions(words):
        return []
    status = lead_status(under) if under else _heading_status(chunk.heading) if _mostly_names(words) else None
    if status is None and not (re.search(r"\s[-–—]\s|:|\(", words) and len(words.split()) <= 12):
        return []
    drafts = read_list(chunk, [words], status, under, place)
    return [draft for draft in drafts if draft.quote in chunk.text]


def _mostly_names(words: str) -> bool:
    """Whether a line is a list of names without a list's marks."""
    found = mentions(words)
    return len(found) > 1 and sum(m.end - m.start for m in found) > len(words) / 2


def _offices(chunks: Sequence[Chunk]) -> dict[str, str]:
    """Headings that name one of the clinic's locations, when there are two or more."""
    found: dict[str, str] = {}
    for heading in dict.fromkeys(words for chunk in chunks for words in chunk.heading):
        if (match := _OFFICE.match(heading)) and lead_status(heading) is None:
            found[heading] = (match["a"] or match["b"]).strip()
    return found if len(set(found.values())) > 1 else {}
