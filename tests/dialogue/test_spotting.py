"""Word groups are found where they are said, in each of their wordings, whatever else begins or ends alike."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialogue.spotting import Lists, Span, Vocabulary

SMALL = ("the", "so")
WORDS = ("aa", "ab", "abc", "b", "3", "7", "and", *SMALL)
PARTS = ("aa", "ab", "ab*", "a*", "b", "#1-5", "#3-9", "aa|b", "ab*|b", "b|#3-9")


def found(phrases: dict[str, list[str]], said: str, **lists: object) -> dict[str, list[Span]]:
    vocabulary = Vocabulary(phrases, Lists(small=SMALL, mends=False, **lists))  # type: ignore[arg-type]
    return vocabulary.spot(vocabulary.read(said))


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("stop now", True),
        ("please stop today ok", True),
        ("stop", True),
        ("stop, it hurts", True),
        ("stop and go", True),
        ("stop it", False),
        ("stop the now", True),
        ("stop the so the now", False),
    ],
)
def test_the_end_of_the_thought_beside_words(said: str, there: bool) -> None:
    """ "do something stupid|drastic today|$" must be found before a word and at the end."""
    assert bool(found({"end": ["stop now|today|$"]}, said)) is there


def test_one_wording_that_goes_on_where_another_ends() -> None:
    """Ends are shared between the wordings of a name: what goes on after one must not go on after the others."""
    phrases = {"pain": ["chest|heart hurts", "chest hurts bad"], "bad": ["hurts bad"], "pulse": ["heart hurts"]}
    assert found(phrases, "heart hurts bad") == {"pain": [(0, 2)], "pulse": [(0, 2)], "bad": [(1, 3)]}
    assert found(phrases, "chest hurts bad") == {"pain": [(0, 2), (0, 3)], "bad": [(1, 3)]}


def test_forms_stand_for_all_their_wordings() -> None:
    forms = {"me": ["me", "my son"]}
    assert found({"hurt": ["hit <me> hard"]}, "they hit my son hard", forms=forms) == {"hurt": [(1, 5)]}


@given(
    st.dictionaries(
        st.sampled_from(["one", "two", "three"]),
        st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4),
        min_size=1,
    ),
    st.lists(st.sampled_from(["", " $"]), min_size=12, max_size=12),
    st.lists(st.sampled_from([*WORDS, ",", "."]), min_size=1, max_size=8).map(" ".join),
)
@settings(deadline=None, max_examples=400)
def test_as_if_each_wording_were_sought_alone(phrases: dict[str, list[str]], ends: list[str], said: str) -> None:
    """A tree of all phrases is only a faster way to look for each one."""
    given_ends = iter(ends)
    phrases = {name: [one + next(given_ends) for one in some] for name, some in phrases.items()}
    vocabulary = Vocabulary(phrases, Lists(small=SMALL, mends=False))
    words = vocabulary.read(said)
    expected = {
        name: sorted({span for one in some for way in wordings(one) for span in places(way, words.said, words.gaps)})
        for name, some in phrases.items()
    }
    assert vocabulary.spot(words) == {name: spans for name, spans in expected.items() if spans}


def wordings(phrase: str) -> Iterator[tuple[str, ...]]:
    return product(*(part.split("|") for part in phrase.split()))


def places(parts: tuple[str, ...], said: tuple[str, ...], gaps: tuple[int, ...]) -> Iterator[Span]:
    """Where `parts` are said, up to two small words between two of them, no full stop within."""
    for at in range(len(said)):
        if meets(parts[0], said[at]):
            yield from ((at, end) for end in ends_of(parts[1:], said, gaps, at + 1, 0))


def ends_of(
    parts: tuple[str, ...], said: tuple[str, ...], gaps: tuple[int, ...], at: int, skipped: int
) -> Iterator[int]:
    if not parts:
        yield at
        return
    if parts[0] == "$":
        if not skipped and (at == len(said) or gaps[at] or said[at] in {"and", "so"}):
            yield at
        return
    if at == len(said) or gaps[at] == 2:
        return
    if meets(parts[0], said[at]):
        yield from ends_of(parts[1:], said, gaps, at + 1, 0)
    if said[at] in SMALL and skipped < 2:
        yield from ends_of(parts, said, gaps, at + 1, skipped + 1)


def meets(part: str, word: str) -> bool:
    if part.startswith("#"):
        low, high = part[1:].split("-")
        return word.isdigit() and int(low) <= int(word) <= int(high)
    return word.startswith(part[:-1]) if part.endswith("*") else word == part
