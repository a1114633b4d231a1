"""Finds named word groups in a text: data (name -> phrases) against tokens, without regular expressions over the text,
so that time grows with its length and no wording can make it blow up."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.dialogue.slots.fold import fold
from app.dialogue.spelling import Spelling

Span = tuple[int, int]
"""First token, and the one after the last."""
Spans = Mapping[str, Sequence[Span]]

COMMA, SENTENCE = 1, 2
_TOKEN = re.compile(r"[a-z0-9]+(?:\.\d+)?|[.!?;]+|[,:()/\n\u2026-]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,500}|[\w.+-]{1,64}@[\w.-]{1,255}")
_FORM = re.compile(r"<(\w+)>")
_RANGE = re.compile(r"#(\d+)-(\d+)")
_MOST_SKIPPED = 2
_IDIOMS = "idioms"
_COMPOUND = "compound of "
_THOUGHT_ENDS = "$"
_GO_ON = frozenset({"and", "but", "because", "so", "y", "pero", "porque", "anymore", "any", "ya", "now", "lol"})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, mended, and for each the mark before it: 0, COMMA or SENTENCE."""

    said: tuple[str, ...]
    gaps: tuple[int, ...]

    def __add__(self, other: "Words") -> "Words":
        gaps = (COMMA, *other.gaps[1:]) if other.gaps else ()
        return Words(self.said + other.said, self.gaps + gaps)


@dataclass(frozen=True, slots=True)
class Lists:
    """`small` words may stand between the parts of a phrase, up to two at a time. `forms` are the wordings that
    "<name>" in a phrase stands for. Words of `idioms` are taken for nothing else, those of `compounds` not for the name
    they stand under (blood: "blood pressure"); `same` is what a word is read as ("cnt": cant, twenty: 20); `spelled`
    and `ordinary` as in Spelling, which is left out unless `mends`."""

    small: Iterable[str] = ()
    forms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    idioms: Sequence[str] = ()
    compounds: Mapping[str, Sequence[str]] = field(default_factory=dict)
    same: Mapping[str, str | int] = field(default_factory=dict)
    spelled: Iterable[str] = ()
    ordinary: Iterable[str] = ()
    mends: bool = True


class _Node:
    """A place in the tree of all phrases: the words that may follow, and the names that are complete here. A phrase of
    many wordings ends in a hundred places that say the same: they are one node, an `_End`, until more goes on there."""

    __slots__ = ("begun", "exact", "last", "lengths", "names", "ranges")

    def __init__(self) -> None:
        self.exact: dict[str, _Node] | None = None
        self.begun: dict[str, _Node] | None = None
        self.lengths: tuple[int, ...] = ()
        self.ranges: dict[range, _Node] | None = None
        self.last: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()

    def child(self, part: str) -> "_Node":
        """The node after `part`, its own; made when it is not there."""
        table, key = self._table(part)
        node = table.get(key)
        if node is None or isinstance(node, _End):
            node = table[key] = node.opened() if isinstance(node, _End) else _Node()
        return node

    def close(self, part: str, end: "_End") -> None:
        """Lets `end` stand after `part`, beside what is there."""
        table, key = self._table(part)
        node = table.setdefault(key, end)
        if node is end:
            return
        node = self.child(part)
        node.names = tuple(dict.fromkeys((*node.names, *end.names)))
        node.last = tuple(dict.fromkeys((*node.last, *end.last)))

    def _table(self, part: str) -> tuple[dict[Any, "_Node"], str | range]:
        """Where the node after `part` stands: (the table, its key)."""
        if part[-1] == "*":
            self.begun = {} if self.begun is None else self.begun
            if len(part) - 1 not in self.lengths:
                self.lengths = tuple(sorted({*self.lengths, len(part) - 1}))
            return self.begun, part[:-1]
        if limits := _RANGE.fullmatch(part) if part[0] == "#" else None:
            self.ranges = {} if self.ranges is None else self.ranges
            return self.ranges, range(int(limits[1]), int(limits[2]) + 1)
        self.exact = {} if self.exact is None else self.exact
        return self.exact, part

    def after(self, word: str) -> Iterator["_Node"]:
        """The nodes that `word` leads to."""
        if self.exact and (node := self.exact.get(word)):
            yield node
        for length in self.lengths:
            if length > len(word):
                break
            if self.begun and (node := self.begun.get(word[:length])):
                yield node
        if self.ranges and word.split(".")[0].isdigit():
            number = word.split(".")[0]
            yield from (node for one, node in self.ranges.items() if len(number) < 5 and int(number) in one)


class _End(_Node):
    """Where nothing follows: shared by all wordings that end a phrase of one name in one way."""

    __slots__ = ()

    def opened(self) -> _Node:
        """A node that says the same and may go on."""
        node = _Node()
        node.names, node.last = self.names, self.last
        return node


class Vocabulary:
    """Phrases by name. A part is a word, the beginning of one ("swell*"), a range of numbers ("#10-99"), or several of
    these ("wet|wetting"). After "$" the thought must end: "cant go on $", not "cant go on Monday"."""

    def __init__(self, names: Mapping[str, Iterable[str]], lists: Lists) -> None:
        self._small = frozenset(lists.small)
        self._same = {word: str(other) for word, other in lists.same.items()}
        self._root = _Node()
        parts_of_all: set[str] = set()
        compounds = {_COMPOUND + name: phrases for name, phrases in lists.compounds.items()}
        for name, phrases in {**names, **compounds, _IDIOMS: lists.idioms}.items():
            worded = [one for said in phrases for one in _worded(said, lists.forms)]
            parts_of_all.update(part for parts in worded for either in parts for part in either)
            self._plant(worded, name)
        known = {part for part in parts_of_all if not part.startswith(("#", _THOUGHT_ENDS))} | self._small
        self._spelling = Spelling(known.union(self._same), lists.spelled, lists.ordinary) if lists.mends else None

    def _plant(self, phrases: Iterable[Sequence[Sequence[str]]], name: str) -> None:
        open_end, thought_end = _End(), _End()
        open_end.names, thought_end.last = (name,), (name,)
        for parts in phrases:
            closed = parts[-1] == [_THOUGHT_ENDS]
            *way, last = parts[:-1] if closed else parts
            nodes = [self._root]
            for either in way:
                nodes = [node.child(part) for node in nodes for part in either]
            for node in nodes:
                for part in last:
                    node.close(part, thought_end if closed else open_end)

    def read(self, text: str) -> Words:
        """The words of `text`, folded, with single slips of the keyboard mended."""
        folded = "\n".join(fold(line) for line in _ADDRESS.sub(" . ", text).splitlines()).replace("'", "")
        said: list[str] = []
        gaps: list[int] = []
        gap = SENTENCE
        for token in _TOKEN.findall(folded):
            if token[0].isalnum():
                for word in self._spelling.mended(token) if self._spelling else (token,):
                    said.append(self._same.get(word, word))
                    gaps.append(gap)
                    gap = 0
            else:
                gap = max(gap, SENTENCE if token[0] in ".!?;" else COMMA)
        return Words(tuple(said), tuple(gaps))

    def spot(self, words: Words) -> dict[str, list[Span]]:
        """Every place of every name, in order of the text. Words of an idiom stand for nothing else."""
        found = self._spot(words)
        taken = _places(found.pop(_IDIOMS, ()))
        others = {name: _places(found.pop(name)) for name in list(found) if name.startswith(_COMPOUND)}
        if not taken and not others:
            return found
        barred = {name: taken | others.get(_COMPOUND + name, frozenset()) for name in found}
        left = {
            name: [span for span in spans if barred[name].isdisjoint(range(*span))] for name, spans in found.items()
        }
        return {name: spans for name, spans in left.items() if spans}

    def _spot(self, words: Words) -> dict[str, list[Span]]:
        found: dict[str, list[Span]] = defaultdict(list)
        for at, word in enumerate(words.said):
            here = {one for node in self._root.after(word) for one in self._ends(words, at + 1, node, 0)}
            for end, name in sorted(here):
                found[name].append((at, end))
        return dict(found)

    def _ends(self, words: Words, at: int, node: _Node, skipped: int) -> Iterator[tuple[int, str]]:
        """(token after the phrase, name) for each phrase that goes on from `node` at token `at`."""
        for name in node.names if not skipped else ():
            yield at, name
        if node.last and not skipped and (at == len(words.said) or words.gaps[at] or words.said[at] in _GO_ON):
            yield from ((at, name) for name in node.last)
        if at == len(words.said) or words.gaps[at] == SENTENCE or not (node.exact or node.begun or node.ranges):
            return
        word = words.said[at]
        for following in node.after(word):
            yield from self._ends(words, at + 1, following, 0)
        if word in self._small and skipped < _MOST_SKIPPED:
            yield from self._ends(words, at + 1, node, skipped + 1)


def _places(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(at for start, end in spans for at in range(start, end))


def _worded(said: str, forms: Mapping[str, Sequence[str]]) -> Iterator[list[list[str]]]:
    """The parts of a phrase, each with the words that may stand there, in each of its wordings; the end of the thought
    is no word beside others."""
    if hit := _FORM.search(said):
        for form in forms[hit[1]]:
            yield from _worded(said[: hit.start()] + form + said[hit.end() :], forms)
        return
    *way, last = [part.split("|") for part in said.split()]
    if going_on := [part for part in last if part != _THOUGHT_ENDS]:
        yield [*way, going_on]
    if _THOUGHT_ENDS in last:
        yield [*way, [_THOUGHT_ENDS]]
