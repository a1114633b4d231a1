"""Topics of the trade: a question and a piece of a paper that share no word are still known to be about one thing."""

from collections.abc import Sequence

import numpy as np

from app.answering.cosines import Models
from app.answering.extractive import ExtractiveAnswerer
from app.answering.topics import ASKED, TOLD, Topics, _shipped, digest, examples
from knowledge.embedders import Vectors
from tests.answering.desk import likeness, vectors

TOPICS = Topics(vectors)
FEE = "If nobody turns up and nobody phones, the charge is $70."
BEER = "The brewery next door opens at noon."


def test_the_shipped_vectors_are_those_of_the_shipped_examples() -> None:
    """Examples that were changed without embedding them again would be compared at the wrong places, or cost each
    server seconds."""
    shipped = _shipped()
    assert shipped is not None, "run: python -m scripts.evals.topics --write"
    assert str(shipped["digest"]) == digest()
    for side in (ASKED, TOLD):
        texts = [text for _, text in examples(side)]
        assert shipped[side].shape[0] == len(texts)
        for at in (0, len(texts) // 2, -1):
            kept = shipped[side][at].astype(np.float32)
            assert float(vectors([texts[at]])[0] @ kept / np.linalg.norm(kept)) > 0.99


def test_no_example_is_one_of_two_topics() -> None:
    """It would speak for both, and tell nothing."""
    for side in (ASKED, TOLD):
        texts = [text.casefold() for _, text in examples(side)]
        assert sorted(texts) == sorted(set(texts))


def test_one_topic_in_other_words_has_more_in_common_than_another_topic() -> None:
    """The sign that is weighed; without it both pieces differ by their cosine alone."""
    fee, beer = TOPICS.shared("I overslept and never came, do I get fined?", [FEE, BEER], ["", ""])
    assert fee.profile > 2 * beer.profile
    assert fee.topic > beer.topic


def test_a_clinics_own_question_counts_like_its_answer() -> None:
    """ "Yes, gladly." is about nothing; the question above it is."""
    alone, led = (
        TOPICS.shared("is my labrador welcome", ["Yes, gladly."], [lead])[0] for lead in ("", "May I bring my dog?")
    )
    assert led.profile > alone.profile


def test_another_model_makes_its_own_vectors_of_the_examples() -> None:
    """Compared with those of the shipped model its figures would be noise."""

    def other(texts: Sequence[str]) -> Vectors:
        return vectors(texts)[:, ::-1]

    here = TOPICS.shared("may I bring my puppy", [FEE, "Only service animals."], ["", ""])
    there = Topics(other).shared("may I bring my puppy", [FEE, "Only service animals."], ["", ""])
    assert [round(one.profile, 1) for one in there] == [round(one.profile, 1) for one in here]


def test_nothing_to_compare() -> None:
    assert TOPICS.shared("where do you park", [], []) == []


def test_without_topics_words_and_sentences_still_answer() -> None:
    """An install whose embedder is still loading has none."""
    assert ExtractiveAnswerer(Models(likeness)).answer("where can I park?", []).text == ""
