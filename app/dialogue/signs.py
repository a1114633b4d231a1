"""Signs of danger in one message: words near each other that are not denied, not long past, and not asked about."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.dialogue.denial import Speech, denied_places
from app.dialogue.spotting import COMMA, SENTENCE, Span, Spans, Words

WITHIN = 8
_COMMA_COST, _SENTENCE_COST, _BUT_COST = 1, 4, 6
_CANDIDATES, _CLOSE, _LONGEST = 6, 24, 8
_ASKED_NEAR = 3
"""Words between "how would I know if" and the sign that is only asked about."""


@dataclass(frozen=True, slots=True)
class Line:
    """Word groups that make a sign when they stand near each other, at most `within` words apart; `ordered[i]` says
    that item i follows item i - 1. The sign does not count with words of `unless` in the same part of the message, or
    of `nowhere` anywhere in it, nor in the past unless `even_past`."""

    items: tuple[tuple[str, ...], ...]
    ordered: tuple[bool, ...]
    unless: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    within: int = WITHIN
    even_past: bool = False

    @classmethod
    def read(cls, data: str | Mapping[str, Any]) -> "Line":
        """From "a + b|c" (either order) or "a > b", or a mapping with that as `line` and other fields."""
        said = data if isinstance(data, str) else str(data["line"])
        items, ordered = [], []
        follows = False
        for piece in said.split():
            if piece in ("+", ">"):
                follows = piece == ">"
            else:
                items.append(tuple(piece.split("|")))
                ordered.append(follows)
                follows = False
        extra = {} if isinstance(data, str) else data
        unless, nowhere = tuple(extra.get("unless", ())), tuple(extra.get("nowhere", ()))
        within, even_past = int(extra.get("within", WITHIN)), bool(extra.get("even_past", False))
        return cls(tuple(items), tuple(ordered), unless, nowhere, within, even_past)

    def names(self) -> set[str]:
        """Every word group the line speaks of."""
        return {name for item in self.items for name in item} | {*self.unless, *self.nowhere}


class Message:
    """One message, its word groups found. A match must reach beyond token `since`: what is before was said earlier."""

    def __init__(self, words: Words, spans: Spans, speech: Speech, since: int = 0) -> None:
        self._words, self._spans, self._speech, self._since = words, spans, speech, since
        self._names = frozenset(spans)
        self._joined: dict[tuple[str, ...], list[Span]] = {}
        self._home: dict[str, set[int]] = {}

    def shows(self, line: Line) -> bool:
        """Whether the line's words stand there and count."""
        for item in line.items:
            if self._names.isdisjoint(item):
                return False
        return any(
            max(end for _, end in match) > self._since and self._counts(line, match) for match in self._all(line)
        )

    def _all(self, line: Line, before: tuple[Span, ...] = ()) -> Iterator[tuple[Span, ...]]:
        at = len(before)
        if at == len(line.items):
            yield before
            return
        for span in self._near(line, before):
            yield from self._all(line, (*before, span))

    def _near(self, line: Line, before: tuple[Span, ...]) -> Sequence[Span]:
        """Places of the next item, the nearest first; only so many, so that a repeated word costs no more than that."""
        at = len(before)
        places = self._places(line.items[at])
        if not before:
            return places
        last = before[-1]
        lowest = 0 if line.ordered[at] else bisect_left(places, (last[0] - line.within - _LONGEST, 0))
        lowest = max(lowest, bisect_left(places, (last[0], 0))) if line.ordered[at] else lowest
        close = places[lowest : bisect_left(places, (last[1] + line.within + 1, 0))]
        if len(close) > _CLOSE:
            close = sorted(close, key=lambda span: abs(span[0] - last[0]))[:_CLOSE]
        if line.ordered[at]:
            close = [span for span in close if span[1] > last[1]]
        near = [(self._apart(last, span), span) for span in close if span != last]
        return [span for cost, span in sorted(near)[:_CANDIDATES] if cost <= line.within]

    def _places(self, item: tuple[str, ...]) -> Sequence[Span]:
        if len(item) == 1:
            return self._spans.get(item[0], ())
        if item not in self._joined:
            self._joined[item] = sorted({span for name in item for span in self._spans.get(name, ())})
        return self._joined[item]

    def _apart(self, one: Span, other: Span) -> int:
        """Words between two places, with a surcharge for marks and "but"."""
        left, right = sorted((one, other))
        between = range(left[1], right[0])
        cost = len(between)
        if left[1] > right[0]:
            return 0
        for at in range(left[1], right[0] + 1):
            gap = self._words.gaps[at]
            cost += gap and (_SENTENCE_COST if gap == SENTENCE else _COMMA_COST)
        return cost + sum(_BUT_COST for at in between if self._words.said[at] in self._speech.breaks)

    def _counts(self, line: Line, match: Sequence[Span]) -> bool:
        places = {at for start, end in match for at in range(start, end)}
        if places & self._denied or self._answered_no(match) or self._another_part(line, match):
            return False
        if self._denied_at_the_end(match):
            return False
        regions = {self._regions[at] for at in places}
        if any(name in self._spans for name in line.nowhere):
            return False
        past = () if line.even_past else ("past",)
        if any(self._in(name, regions) for name in (*line.unless, *past)):
            return False
        return not self._only_asked(regions) and not self._only_supposed(match, regions)

    def _in(self, name: str, regions: set[int]) -> bool:
        if name not in self._spans:
            return False
        if name not in self._home:
            self._home[name] = {self._regions[at] for start, end in self._spans[name] for at in range(start, end)}
        return not regions.isdisjoint(self._home[name])

    def _only_asked(self, regions: set[int]) -> bool:
        """ "Do you treat people with chest pain?": nobody here has it."""
        if self._in("hypothetical", regions) and (self._in("venue", regions) or self._in("becoming", regions)):
            return True
        return self._in("service", regions) and not self._in("own", regions)

    def _only_supposed(self, match: Sequence[Span], regions: set[int]) -> bool:
        """ "Can I get a blood clot?", "how would I know if ...": the question stands right before the sign."""
        begin = self._first_of_list(min(start for start, _ in match))
        asked = any(self._bridged(end, begin) for _, end in self._spans.get("supposed", ()))
        return asked and not self._in("present", regions) and "has_it" not in self._spans

    def _first_of_list(self, begin: int) -> int:
        """Where the list begins that ends with the sign at `begin`: "chest pain *or* trouble breathing"."""
        at = begin
        while at > 1 and self._words.said[at - 1] in self._speech.ors and at - 1 in self._ends:
            at = self._ends[at - 1]
        return at

    @cached_property
    def _ends(self) -> Mapping[int, int]:
        """For the place after a sign, where the longest sign begins that ends there."""
        ends: dict[int, int] = {}
        for name in self._speech.symptoms:
            for start, end in self._spans.get(name, ()):
                ends[end] = min(start, ends.get(end, start))
        return ends

    def _bridged(self, end: int, begin: int) -> bool:
        """ "Can I get a clot?", not "can I get in, my leg is swollen"."""
        if not 0 <= begin - end <= _ASKED_NEAR or any(self._words.gaps[end : begin + 1]):
            return False
        return self._speech.bridges.issuperset(self._words.said[end:begin])

    def _answered_no(self, match: Sequence[Span]) -> bool:
        """ "Chest pain: no", "dolor de pecho no tengo" """
        end, said, gaps = max(end for _, end in match), self._words.said, self._words.gaps
        if any(start == end for start, _ in self._spans.get("none_said", ())):
            return True
        ends_there = end < len(said) and gaps[end] and (end + 1 == len(said) or gaps[end + 1])
        return bool(ends_there and said[end] in self._speech.noes)

    def _another_part(self, line: Line, match: Sequence[Span]) -> bool:
        """True when the pain is that of a knee named in between, or the part itself is said to be fine."""
        for number, span in enumerate(match):
            if not set(line.items[number]) & self._speech.parts:
                continue
            if self._is_fine(span) or any(self._parted(span, other) for other in match if other != span):
                return True
        return False

    def _parted(self, part: Span, other: Span) -> bool:
        left, right = sorted((part, other))
        others = self._spans.get("elsewhere", ())
        for start, end in others[bisect_left(others, (left[1], 0)) : bisect_left(others, (right[0], 0))]:
            if end <= right[0]:
                beside = {self._words.said[start - 1], self._words.said[min(end, len(self._words.said) - 1)]}
                near = self._words.said[max(0, start - 2) : end + 2]
                if not (beside | set(near)) & self._speech.joins and not self._words.gaps[start]:
                    return True
        return False

    def _is_fine(self, part: Span) -> bool:
        after = self._words.said[part[1] : part[1] + 3]
        said_so = bool(after) and after[0] in self._speech.being
        return said_so and any(word in self._speech.fine for word in after[1:])

    def _denied_at_the_end(self, match: Sequence[Span]) -> bool:
        """ "Call if you get chest pain or a fever? None of that": what was only supposed in the same thought, or a bare
        list right before the denial. "I have chest pain. Pills? None of that" denies no pain."""
        begin, end = min(start for start, _ in match), max(end for _, end in match)
        denials = [start for start, _ in self._spans.get("all_denied", ()) if start >= end]
        if not denials or "has_it" in self._spans:
            return False
        supposed = (at for at, _ in self._spans.get("supposed", ()) if at <= begin)
        if any(SENTENCE not in self._words.gaps[at + 1 : begin + 1] for at in supposed):
            return True
        own = any(start < denials[0] for start, _ in self._spans.get("own", ()))
        return not own and all(self._lists(at) for at in range(end, denials[0]))

    def _lists(self, at: int) -> bool:
        """Whether the word belongs to a list of signs: a sign itself, or "or"."""
        told = self._speech.joins | self._speech.ors
        return self._words.said[at] in told or any(start <= at < end for end, start in self._ends.items())

    @cached_property
    def _denied(self) -> frozenset[int]:
        return denied_places(self._words, self._spans, self._speech)

    @cached_property
    def _regions(self) -> tuple[int, ...]:
        """A number for each word; it rises where a new thought begins."""
        regions, number = [], 0
        for at, word in enumerate(self._words.said):
            gap = self._words.gaps[at]
            joined = at > 0 and (gap == COMMA or self._words.said[at - 1] in self._speech.joins)
            fresh = gap == SENTENCE or word in self._speech.breaks or (joined and word in self._speech.starters)
            number += bool(at and fresh)
            regions.append(number)
        return tuple(regions)
