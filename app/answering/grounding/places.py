"""Where a passage may support a sentence: a row with its headers, an item under its lead, an answer under its question,
a sentence. Nothing is gathered from all over a page."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.answering.grounding.pieces import ON_DAYS, Names, Piece, Sentence, read_paper
from app.answering.grounding.vocabulary import language_in, vocabulary
from app.answering.sentences import sentences
from app.answering.terms import fold, lexicon, words
from app.answering.units import POLAR
from app.dialogue.language import LANGUAGES, Language
from knowledge.marks import notes_for, unmarked
from knowledge.types import Chunk, ChunkKind, Passage


@dataclass(frozen=True)
class Place:
    """`stated` are the pieces that belong together, `always` those that hold with each of them (a condition, a lead,
    the first cell of a row); `around` are words that may be said but need not be (headings, a question of the
    paper)."""

    passage: Passage
    text: str
    stated: tuple[Piece, ...]
    always: tuple[Piece, ...] = ()
    around: Names = frozenset()
    headings: tuple[Names, ...] = ()
    limited: tuple[Names, ...] = ()
    language: Language = "en"
    row: bool = False
    item: bool = False
    opening: str = ""
    lead: Names = frozenset()


def places(cited: Sequence[Passage]) -> Iterator[Place]:
    """Every place of the passages."""
    for passage in cited:
        yield from (replace(place, passage=passage) for place in _of(passage.chunk))


@lru_cache(maxsize=1_000)
def _of(chunk: Chunk) -> tuple[Place, ...]:
    language = language_in(chunk.searchable())
    shell = Passage(chunk, "", "", None, 0.0)
    found: list[Place]
    if chunk.kind is ChunkKind.ROW and chunk.cells:
        found = [_row(shell, language)]
    elif chunk.kind is ChunkKind.LIST:
        found = [place for line in chunk.text.splitlines() if line.strip() for place in _item(shell, line, language)]
        found += _together(found)
    else:
        found = list(_prose(shell, language))
    headings = tuple(_headings(chunk, language))
    around = frozenset(name for heading in chunk.heading for name in _names(heading, language))
    instruction = vocabulary().talk["instruction"]
    return tuple(
        _noted(replace(place, headings=headings, around=place.around | around, language=language), language)
        for place in found
        if not instruction.search(fold(place.text))
    )


def _noted(place: Place, language: Language) -> Place:
    chunk = place.passage.chunk
    said = notes_for(chunk.notes, (place.text, chunk.lead, *chunk.heading)) if chunk.notes else ()
    return replace(place, limited=place.limited + tuple(_names(note, language) for note in said)) if said else place


_OBJECT = re.compile(r"\b(?:them|it|they|these|those)\b")


def _points_back(text: str, language: Language) -> bool:
    """Whether an "it" stands there that no statement of the same sentence stands before."""
    hit = _OBJECT.search(fold(text))
    earlier = read_paper(unmarked(fold(text)[: hit.start()]), language).stated if hit else ()
    return hit is not None and not (len(earlier) > 1 and earlier[0].headed and earlier[0].stated)


def _all_names(sentence: Sentence) -> Names:
    return frozenset(name for piece in (*sentence.stated, *sentence.conditions) for name in piece.names)


def _names(text: str, language: Language) -> Names:
    sentence = read_paper(unmarked(text), language)
    return frozenset(name for piece in (*sentence.stated, *sentence.conditions) for name in piece.names)


LONGEST_PLACE = 3
_HEADING_CUT = re.compile(r"\s+(?:at|en|for|para|in)\s+|\s*[:(),/>]\s*|\s+[-–—]\s+")


def _headings(chunk: Chunk, language: Language) -> Iterator[Names]:
    """What each part of a heading limits its text to: a service, a season, a place; a mere topic limits nothing."""
    for at, heading in enumerate(chunk.heading):
        if at == 0 and _is_title(heading):
            continue
        for part in _HEADING_CUT.split(heading):
            names = _names(part, language)
            if names & vocabulary().limiting_headings or ON_DAYS & names or _named(part):
                yield names


def _is_title(heading: str) -> bool:
    """Whether the outermost heading is the paper's title or the clinic's name rather than a place or a service."""
    said = words(heading)
    return len(said) > LONGEST_PLACE or any(word.folded in vocabulary().titles for word in said)


def _named(heading: str) -> Names:
    """Stems of a heading's words that look like names: capitals inside, or nothing but words that nobody knows."""
    said = words(heading)
    if any(word.folded in vocabulary().titles for word in said):
        return frozenset()
    known, trade = vocabulary(), lexicon()
    strange = [
        word
        for word in said
        if word.raw[:1].isupper()
        and not any(known.meaning((word.folded,), code) or word.folded in known.verbs[code] for code in LANGUAGES)
        and not (word.stem in trade.alike or word.folded in trade.stop or word.folded in trade.weak)
    ]
    titled = all(word.raw[:1].isupper() for word in said)
    if titled and len(strange) < len(said):
        return frozenset()
    return frozenset(word.stem for word in strange if word is not said[0] or titled)


def _prose(shell: Passage, language: Language) -> Iterator[Place]:
    chunk = shell.chunk
    lead, before, said = chunk.lead, Sentence(), False
    pieces = _rejoined(sentences(chunk.text))
    for at, text in enumerate(pieces):
        if text.rstrip(" *_").endswith("?"):
            lead = text
            continue
        sentence = read_paper(unmarked(text), language)
        first = lead and (at == 0 or pieces[at - 1].rstrip(" *_").endswith("?"))
        limited = _limit_after(pieces, at, language)
        around = _all_names(before) if _points_back(text, language) else frozenset()
        place = Place(
            shell,
            text,
            _referring(text, sentence.stated + sentence.reasons, before),
            sentence.conditions,
            around,
            limited=limited,
        )
        near = place if said and POLAR.match(lead) else _near(place, lead, language)
        yield from _under(place, lead, language) if first else [near]
        before, said = sentence, said or bool(sentence.stated and sentence.stated[0].words)


_DAY_FOLLOWS = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)


def _rejoined(pieces: Sequence[str]) -> list[str]:
    """ "We close at 8 p.m. Monday to Wednesday" is one sentence, whatever its full stops look like."""
    joined: list[str] = []
    for piece in pieces:
        if joined and re.search(r"[ap]\.m\.$", joined[-1]) and _DAY_FOLLOWS.match(piece):
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


def _limit_after(pieces: Sequence[str], at: int, language: Language) -> tuple[Names, ...]:
    """What the next sentence takes back, where it begins with "However" or "Except"."""
    if at + 1 >= len(pieces) or not (hit := vocabulary().talk["limiting"].match(fold(pieces[at + 1]))):
        return ()
    names = _names(pieces[at + 1], language)
    return (
        ()
        if hit[0] in _MAY_STAND and _by_itself(pieces[at + 1], names & _names(pieces[at], language), language)
        else (names,)
    )


_MAY_STAND = frozenset({"only", "except", "unless", "excepto", "salvo"})


def _by_itself(text: str, shared: Names, language: Language) -> bool:
    """Whether a sentence that begins with "Only" or "Except" says something else than the one before, though
    of the same people."""
    named = frozenset(word.stem for word in words(text)[1:] if word.raw[:1].isupper())
    stands = any(piece.stated for piece in read_paper(unmarked(text), language).stated)
    refers = vocabulary().talk["proform"].search(fold(text)) or _OBJECT.search(fold(text))
    return stands and not refers and shared <= named | vocabulary().light


def _referring(text: str, stated: tuple[Piece, ...], before: Sentence) -> tuple[Piece, ...]:
    """ "It costs $40" is about what the sentence before is about."""
    if not before.stated or not vocabulary().talk["refers"].match(fold(text)):
        return stated
    subject = before.stated[0].groups[:1]
    return tuple(replace(piece, groups=subject + piece.groups, headed=True) for piece in stated)


def _near(place: Place, lead: str, language: Language) -> Place:
    """With the words of the question above it. What a question of yes or no asks about need not exist: its words count
    only where the answer affirms them or points back at them."""
    asks = POLAR.match(lead) or (lead.startswith("¿") and not _OPEN_QUESTION.match(fold(lead)))
    if not lead or (asks and place.opening != "yes" and not vocabulary().talk["proform"].search(fold(place.text))):
        return place
    return replace(place, around=place.around | _names(lead, language))


_OPEN_QUESTION = re.compile(
    r"¿?\s*(?:que|como|cuando|cuanto|cuanta|cuantos|cuantas|donde|quien|cual|cuales|a que|por que)\b"
)


def _under(place: Place, lead: str, language: Language) -> Iterator[Place]:
    """The first sentence after a question: an answer of yes or no states what was asked."""
    question = _unacted(read_paper(lead, language))
    talk, folded = vocabulary().talk, fold(place.text)
    said = "no" if talk["denied"].match(folded) else "yes" if talk["affirmed"].match(folded) else ""
    place = replace(place, opening=said, lead=_all_names(question))
    opening = (
        talk["affirmed"].match(folded) or talk["denied"].match(folded) or re.match(r"(?:not?|solo|only)\b", folded)
    )
    if POLAR.match(lead) or (lead.startswith("¿") and not _OPEN_QUESTION.match(fold(lead))):
        if (opening or not any(piece.words for piece in place.stated)) and question.stated:
            yield from _answered(place, question, language)
        yield _without_opening(_near(place, lead, language), language)
        return
    wordless = not any(piece.stated for piece in place.stated)
    if wordless and lead.endswith("?"):
        yield replace(place, always=place.always + question.stated + question.conditions)
        return
    yield _near(place, lead, language)


def _unacted(question: Sentence) -> Sentence:
    """Without who does it: "you" in a question of the paper is the clinic, or the patient."""
    return replace(question, stated=tuple(replace(piece, acts=()) for piece in question.stated))


def _answered(place: Place, question: Sentence, language: Language) -> Iterator[Place]:
    """The question as a statement, denied where the answer is no, with the rest of the answer where that states
    nothing by itself."""
    rest = _rest(place.text)
    denied = bool(vocabulary().talk["denied"].match(fold(place.text)))
    sentence = read_paper(unmarked(rest), language) if rest else Sentence()
    own = tuple(replace(piece, marks=piece.marks + Counter(["not"])) if denied else piece for piece in question.stated)
    if any(piece.stated for piece in sentence.stated) and not _CONTINUES.match(fold(rest)):
        yield replace(place, stated=own, always=(*question.conditions, *sentence.conditions), around=place.around)
    else:
        # "No, not after May" denies once.
        loose = tuple(replace(p, marks=p.marks - Counter({"not": int(denied)})) for p in sentence.stated)
        yield replace(place, stated=own, always=(*question.conditions, *loose, *sentence.conditions))


_CONTINUES = re.compile(
    r"\s*(?:but|only|as long as|up to|for|from|on|in|at|within|until|till|after|before|by|during|with|without|"
    r"pero|solo|solamente|siempre que|a partir|para|por|desde|hasta|en|de|con|sin|durante|despues|antes)\b"
)
"""Begins what narrows a yes, whatever verbs are in it: "Yes, for up to 10 visits, whichever comes first"."""


def _without_opening(place: Place, language: Language) -> Place:
    rest = _rest(place.text)
    sentence = read_paper(unmarked(rest), language) if rest else Sentence()
    return replace(place, stated=sentence.stated, always=sentence.conditions)


def _rest(text: str) -> str:
    talk = vocabulary().talk
    folded = fold(text)
    hit = talk["affirmed"].match(folded) or talk["denied"].match(folded)
    return text[hit.end() :] if hit and len(folded) == len(text) else text


def _item(shell: Passage, line: str, language: Language) -> Iterator[Place]:
    lead = shell.chunk.lead
    above = read_paper(unmarked(lead), language) if lead else Sentence()
    for text in sentences(line.lstrip("-*•·‣▪– ")):
        sentence = read_paper(unmarked(text), language)
        place = Place(shell, text, sentence.stated, sentence.conditions)
        if lead.rstrip(" *_").endswith("?") and not POLAR.match(lead):
            yield _near(place, lead, language)
        else:
            yield replace(place, always=place.always + above.stated + above.conditions, item=True)


def _together(items: Sequence[Place]) -> Iterator[Place]:
    """The items that are mere things, as one enumeration."""
    simple = [
        place for place in items if len(place.stated) == 1 and not (place.stated[0].figures or place.stated[0].marks)
    ]
    simple = [place for place in simple if place.always == items[0].always and not place.stated[0].stated]
    simple = [place for place in simple if not place.stated[0].either]  # "a or b" beside "and c" would be "a and b"
    if len(simple) > 1:
        words = tuple(place.stated[0].words for place in simple)
        yield replace(simple[0], stated=(Piece((words,)),), text="\n".join(place.text for place in simple))


def _row(shell: Passage, language: Language) -> Place:
    cells = shell.chunk.cells
    shown = [
        (head, value) for head, value in cells if value.strip(" -–—") and value.casefold() not in ("n/a", "none listed")
    ]
    key = read_paper(unmarked(shown[0][1]), language) if shown else Sentence()
    stated = tuple(_headed([(head, _cell(head, value, language)) for head, value in shown[1:]]))
    lead = read_paper(unmarked(shell.chunk.lead), language) if shell.chunk.lead.rstrip().endswith(":") else Sentence()
    text = "; ".join(f"{head}: {value}" if head else value for head, value in shown)
    around = _names(shown[0][0], language) if shown else frozenset()
    return Place(shell, text, stated, key.stated + key.conditions + lead.stated, around=around, row=True)


def _headed(cells: Sequence[tuple[str, Piece]]) -> Iterator[Piece]:
    """Where two columns hold the same sort of figure, no word of their headers may be missed, however small."""
    sorts = Counter(sort for _, piece in cells for sort in {figure.sort for figure in piece.figures})
    for head, piece in cells:
        twice = any(sorts[figure.sort] > 1 for figure in piece.figures)
        small = tuple(frozenset({word.stem}) for word in words(head)) if twice and not piece.stated else ()
        yield replace(piece, groups=((small,), *piece.groups)) if small else piece


def _cell(head: str, value: str, language: Language) -> Piece:
    """One cell as one piece: its header is what it is about."""
    top, body = read_paper(unmarked(head), language), read_paper(unmarked(value), language)
    pieces = (*top.stated, *body.stated, *body.conditions)
    marks: Counter[str] = Counter()
    for piece in pieces:
        marks.update(piece.marks)
    if fold(value).strip(" .*") in ("no", "none", "not required", "ninguno") and not marks["not"]:
        marks["not"] += 1
    return Piece(
        tuple(group for piece in pieces for group in piece.groups),
        tuple(figure for piece in pieces for figure in piece.figures),
        tuple(one for piece in pieces for one in piece.numbered),
        frozenset(day for piece in pieces for day in piece.days),
        marks,
        headed=True,
        stated=bool(top.stated and top.stated[0].groups),
    )
