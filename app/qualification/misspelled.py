"""Names that are a slip or two away from what was typed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from rapidfuzz.distance import OSA

from app.qualification.aliases import Alias, Identity, raw, table
from app.qualification.book import Book
from app.qualification.plans import filler
from app.qualification.speech import among
from app.qualification.words import Word, together, words
from app.word_caches import remembers_words

LONG, SHORT = 5, 4


def mended(word: Word, book: Book) -> Word:
    """The word of a payer's or a state's name that was meant, when one alone is near; else the word as it is."""
    text = word.text
    if len(text) < LONG or text in book.own_words or text in _ordinary():
        return word
    own = tuple(name for name in book.name_words if name[0] == text[0])
    best = _meant(text, own)
    return replace(word, text=best) if best else word


@remembers_words(4096)
def _meant(text: str, own: tuple[str, ...]) -> str:
    """The one nearest of the table's words and of a clinic's `own`; "" when the word is known or none alone is near."""
    known = _brand_words().get(text[0], ())
    if text in known:
        return ""
    near: dict[str, int] = {}
    for name in (*known, *own):
        if abs(len(name) - len(text)) <= 2:
            allowed = 1 if min(len(name), len(text)) < 8 else 2
            slips = OSA.distance(text, name, score_cutoff=allowed)
            if slips <= allowed:
                near[name] = slips
    best = [name for name, slips in near.items() if slips == min(near.values())]
    return best[0] if len(best) == 1 else ""


@cache
def _brand_words() -> dict[str, tuple[str, ...]]:
    """The single words of the names in the table and of the states that tell something, and filler that is long enough
    to be mistyped, by their first letter."""
    data = raw()
    spelled = [name for key, entry in data["payers"].items() for name in (key, *entry.get("also", ()))]
    spelled += [name for names in data["medicaid"].values() for name in names] + list(data["states"].values())
    found = {word.text for name in spelled for word in words(name)} - _ordinary() | filler()
    by_letter: dict[str, list[str]] = {}
    for name in sorted(found):
        if len(name) >= LONG:
            by_letter.setdefault(name[0], []).append(name)
    return {letter: tuple(names) for letter, names in by_letter.items()}


@cache
def _ordinary() -> frozenset[str]:
    lists = ("common", "edges", "skipped", "followers")
    return (table().words - {"united"}) | filler() | frozenset().union(*(among(name) for name in lists))


def misspelled(said: Sequence[Word], book: Book, is_taken: Callable[[int], bool]) -> Iterator[tuple[int, int, Alias]]:
    """(first word, word after the last, meaning) of each run of words that is near a name."""
    at = 0
    while at < len(said):
        best: tuple[tuple[int, int], str, int, Alias] | None = None
        for size in range(1, min(4, len(said) - at) + 1):
            run = said[at : at + size]
            if any(is_taken(place) for place in range(at, at + size)) or not together(run):
                break
            titled = bool(at) and said[at - 1].text in among("title")
            hit = None if titled else _nearest(run, book)
            if hit and (best is None or (hit[0], -len(hit[1])) < best[0]):
                best = ((hit[0], -len(hit[1])), hit[1], size, hit[2])
        if best:
            end, alias = _with_region(said, at + best[2], best[1], best[3])
            yield at, end, alias
            at = end
        else:
            at += 1


def _nearest(run: Sequence[Word], book: Book) -> tuple[int, str, Alias] | None:
    """(slips, name, meaning) of the nearest name; None when none is near or two payers are equally near."""
    name = "".join(word.text for word in run)
    known = table()
    if len(name) < SHORT or name in known.words or all(w.text in _ordinary() | book.own_words for w in run):
        return None
    if len(run) > 1 and (run[0].text in among("edges") or run[-1].text in among("edges")):
        return None
    found: dict[tuple[Identity, ...], tuple[int, str, Alias]] = {}
    for names, meanings in ((known.near, known.aliases), (book.near, book.aliases)):
        for other in names.get(name[0], ()):
            if abs(len(other) - len(name)) > 2:
                continue
            allowed = 1 if min(len(other), len(name)) < (7 if len(run) == 1 else 12) else 2
            slips = OSA.distance(name, other, score_cutoff=allowed)
            alias = meanings[other]
            if slips <= allowed and (alias.identities not in found or slips < found[alias.identities][0]):
                found[alias.identities] = (slips, other, alias)
    ranked = sorted(found.values(), key=lambda hit: hit[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0]


def _with_region(said: Sequence[Word], end: int, name: str, alias: Alias) -> tuple[int, Alias]:
    """(end, meaning) with the region that follows: "Blue Sheild of Idaho"."""
    for size in range(min(3, len(said) - end), 0, -1):
        run = said[end : end + size]
        longer = table().aliases.get(name + "".join(word.text for word in run))
        if longer and not longer.short and not any(word.apart for word in run):
            return end + size, longer
    return end, alias
