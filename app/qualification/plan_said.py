"""The words of a message that name the plan of a payer: behind its name, before it, or a type anywhere."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from rapidfuzz.distance import OSA

from app.qualification.aliases import raw, table
from app.qualification.book import Book
from app.qualification.plans import LONGEST, anywhere, filler, spelled_kinds, spelled_types
from app.qualification.speech import among
from app.qualification.words import Word, joined, together, words

Place = tuple[int, Word]
_STOP = re.compile(r"[?!;]|\.\s")
# Beside a payer these are words of plans; after a comma, of whatever comes next.
_WEAK = frozenset({"group", "part", "high", "value", "care", "basic", "standard", "federal", "student", "individual"})
MOST_SKIPPED, MOST_UNKNOWN = 3, 3


class Vocabulary:
    """The words that name plans of one payer: `products` of the table, `listed` words of the rows, types and kinds."""

    def __init__(self, products: Mapping[str, str], listed: frozenset[str]) -> None:
        self._own = (listed | {word.text for name in products for word in words(name)}) - among("edges") - filler()
        self._words = self._own | (_words_of_kinds() - among("edges") - filler())
        self._joined = {joined(name): name for name in products if " " in name} | _spelled_apart()

    def names(self, word: Word) -> bool:
        """Whether this word alone names a plan, and is not only a part of what a type is called."""
        return word.text in self._own or word.text in spelled_types() or word.text in spelled_kinds()

    def read(self, word: Word) -> list[Word]:
        """The plan's words that this word stands for, mended; none when it names no plan."""
        text = word.text
        if text in self._words or text in spelled_types() or text in spelled_kinds():
            return [word]
        if text in self._joined:
            return [replace(one, raw=word.raw) for one in words(self._joined[text])]
        if len(text) < 4 or text in among("common") or text in among("skipped"):
            return []
        near = [one for one in self._words if _slip(text, one)]
        return [replace(word, text=near[0])] if len(near) == 1 else []


@cache
def _words_of_kinds() -> frozenset[str]:
    spelled = {word.text for spelling in _spellings() for word in words(spelling)}
    return frozenset(word for word in spelled if len(word) >= 3)


@cache
def _spellings() -> tuple[str, ...]:
    return tuple(spelled for key in ("types", "kinds") for one in raw()[key].values() for spelled in one)


@cache
def _spelled_apart() -> dict[str, str]:
    return {joined(one): one for one in _spellings() if " " in one and len(joined(one)) > 6}


def _slip(text: str, word: str) -> bool:
    if text[0] != word[0] or len(word) < 4:
        return False
    allowed = 1 if len(word) < 9 else 2
    return OSA.distance(text, word, score_cutoff=allowed) <= allowed


def after(said: Sequence[Word], at: int, taken: set[int], known: Vocabulary, book: Book) -> Iterator[Place]:
    """What names the plan from word `at` on. An unknown word right behind the name belongs to a plan too: to take it
    for nothing would answer for another plan than the one that was asked about."""
    place, skipped, unknown = at, 0, 0
    while place < len(said):
        word = said[place]
        if place in taken or _STOP.search(word.gap) or skipped > MOST_SKIPPED or word.text in book.locations:
            return
        size = _spelled(said, place)
        meant = known.read(word)
        listing = "," in word.gap and place > at and len(meant) == 1 and word.text in _WEAK
        if size and not any(p in taken for p in range(place, place + size)):
            yield from ((p, said[p]) for p in range(place, place + size))
            place, skipped = place + size - 1, 0
        elif meant and not listing:
            yield from ((place, one) for one in meant)
            skipped = 0
        elif word.text in among("skipped"):
            skipped += 1
        elif not skipped and not word.apart and unknown < MOST_UNKNOWN and _may_be_a_plan(word):
            yield place, word
            unknown += 1
        else:
            return
        place += 1


def _may_be_a_plan(word: Word) -> bool:
    known = among("followers") | among("common") | among("edges") | filler()
    return len(word.text) > 1 and word.text not in known and word.text not in table().regions and word.text.isalpha()


def before(said: Sequence[Word], at: int, taken: set[int], known: Vocabulary) -> Iterator[Place]:
    """What names the plan before word `at`: "the PPO from Aetna", "Gold Plus by Humana"."""
    place, skipped, sold = at - 1, 0, False
    found: list[tuple[int, list[Word]]] = []
    while place >= 0 and place not in taken and skipped <= MOST_SKIPPED:
        word = said[place]
        if said[place + 1].apart and said[place + 1].gap.strip() != "(":
            break
        size = next(
            (n for n in range(LONGEST, 1, -1) if n <= place + 1 and _is_spelled(said[place + 1 - n : place + 1])), 0
        )
        if size:
            found += [(p, [said[p]]) for p in range(place, place - size, -1)]
            place -= size
            continue
        lettered = len(word.text) == 1 and place > 0 and said[place - 1].text == "plan"
        meant = known.read(word) if word.text not in among("common") and (len(word.text) > 1 or lettered) else []
        if meant and (found or known.names(meant[0])):
            found.append((place, meant))
        elif word.text in among("before") and not found:
            skipped += 1
            sold = sold or word.text in among("sellers")
        elif sold and len(found) < MOST_UNKNOWN and _may_be_a_plan(word) and word.text not in among("sent"):
            found.append((place, [word]))
        else:
            break
        place -= 1
    for where, meant in reversed(found):
        yield from ((where, one) for one in meant)


def _spelled(said: Sequence[Word], place: int) -> int:
    """How many words from `place` on spell a type or a kind together; 0 when fewer than two do."""
    return next((n for n in range(LONGEST, 1, -1) if _is_spelled(said[place : place + n], n)), 0)


def _is_spelled(run: Sequence[Word], size: int = 0) -> bool:
    name = "".join(word.text for word in run)
    return len(run) >= size and together(run) and (name in spelled_types() or name in spelled_kinds())


def far(said: Sequence[Word], taken: set[int]) -> list[Place]:
    """Types of plans that a message names away from the payer's name: "Aetna. It's a PPO"."""
    found: list[Place] = []
    at = 0
    while at < len(said):
        for size in range(min(LONGEST, len(said) - at), 0, -1):
            run = said[at : at + size]
            if "".join(word.text for word in run) in anywhere() and not any(p in taken for p in range(at, at + size)):
                found += list(zip(range(at, at + size), run, strict=True))
                at += size
                break
        else:
            at += 1
    return found
