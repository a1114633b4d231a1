"""BM25: what counts as a word, when an index is made again, and how many are kept."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.words import Words, stems
from tests.knowledge.papers import TEXTS


def search(words: Words, question: str, texts: dict[str, str] = TEXTS, version: str = "1") -> list[str]:
    return [key for key, _ in words.search("clinic_a", version, lambda: list(texts.items()), question, 5)]


def test_rare_word_wins() -> None:
    """Codes, plan names and prices are what vectors blur and patients type."""
    words = Words()
    assert search(words, "What is form QX-17 for?")[0] == "payer"
    assert search(words, "swimsuits")[0] == "pool"


def test_only_chunks_with_a_word_of_the_question_are_given() -> None:
    """A chunk without any of the words would get credit for its place in the list."""
    words = Words()
    assert search(words, "parking") == ["parking"]
    assert search(words, "zebra") == search(words, "what are the") == search(words, "") == search(words, "?!") == []


@pytest.mark.parametrize("texts", [{}, {"x": ""}, {"x": "the of", "y": "..."}])
def test_clinic_without_words(texts: dict[str, str]) -> None:
    """A new clinic has no papers, and the library cannot index nothing."""
    assert search(Words(), "parking", texts) == []


def test_words_are_compared_without_case_accents_and_endings() -> None:
    """Patients type in a hurry: `PENA` must find Dr. Peña, `visits` a visit."""
    assert stems("Dr. PEÑA's visits") == stems("dr pena s visit")
    assert "not" in stems("not before noon")


def test_index_is_made_again_only_for_a_new_version() -> None:
    """Old text must not be found after a paper is replaced; making it at each question would cost seconds."""
    words, loads = Words(), []

    def load(texts: dict[str, str]) -> Sequence[tuple[str, str]]:
        loads.append(texts)
        return list(texts.items())

    for version, texts in (("1", {"x": "old parking"}), ("1", {}), ("2", {"y": "new parking"})):
        found = words.search("clinic_a", version, lambda texts=texts: load(texts), "parking", 5)
        assert [key for key, _ in found] == (["y"] if version == "2" else ["x"])
    assert len(loads) == 2


def test_memory_is_bounded_whatever_the_number_of_clinics() -> None:
    """An install with hundreds of clinics would otherwise grow with each that is asked."""
    one = Words()
    search(one, "parking")
    words = Words(most_bytes=3 * one.held_bytes)
    for number in range(9):
        words.search(f"clinic_{number}", "1", lambda: list(TEXTS.items()), "parking", 5)
    assert (words.held, words.held_bytes) == (3, 3 * one.held_bytes)
    words.forget("clinic_8")
    assert words.held == 2


def test_scores_are_those_of_bm25() -> None:
    """The arrays are kept in a form of our own: shifted by one, a word would credit another word's texts."""
    texts = {"a": "pool pool towel", "b": "pool shoes", "c": "shoes towel gown robe", "d": "van"}
    found = dict(Words().search("clinic_a", "1", lambda: list(texts.items()), "pool towel pool", 9))

    def score(word: str, key: str) -> float:
        rows = [text.split() for text in texts.values()]
        holding, mean = sum(word in row for row in rows), sum(map(len, rows)) / len(rows)
        often, length = texts[key].split().count(word), len(texts[key].split())
        idf = math.log(1 + (len(rows) - holding + 0.5) / (holding + 0.5))
        return idf * often / (often + 1.2 * (1 - 0.75 + 0.75 * length / mean))

    expected = {
        "a": 2 * score("pool", "a") + score("towel", "a"),
        "b": 2 * score("pool", "b"),
        "c": score("towel", "c"),
    }
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_question_is_covered_as_far_as_one_text_says_it() -> None:
    """Words that stand in different texts would make a question look answered; a rare one must not count like "the"."""
    texts = {"a": "warm pool towel", "b": "warm shoes", "c": "warm van"}

    def covered(question: str, texts: dict[str, str] = texts) -> float:
        return Words().covered("clinic_a", str(len(texts)), lambda: list(texts.items()), question)

    warm, pool, unknown = (math.log(1 + (3 - held + 0.5) / (held + 0.5)) for held in (3, 1, 0))
    assert covered("a warm pool?") == pytest.approx(1.0)
    assert covered("pool pool shoes") == pytest.approx(0.5)
    assert covered("Is the pool haunted?") == pytest.approx(pool / (pool + unknown))
    assert covered("warm ghosts") == pytest.approx(warm / (warm + unknown))
    assert covered("ghosts") == covered("") == covered("pool", {}) == 0.0


def test_threads_get_the_same() -> None:
    """The stemmer's own documentation forbids sharing one between threads."""
    words = Words(most_bytes=1)

    def ask(turn: int) -> list[str]:
        found = words.search(f"clinic_{turn % 2}", "1", lambda: list(TEXTS.items()), "parking swimsuits", 5)
        return sorted(key for key, _ in found)

    with ThreadPoolExecutor(6) as pool:
        assert all(found == ["parking", "pool"] for found in pool.map(ask, range(60)))
