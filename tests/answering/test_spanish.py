"""Spanish questions on English papers: read through the glossary, answered by the same evidence, or refused."""

import pytest

from app.answering.base import Answer, AnswerKind
from app.answering.bilingual import BilingualAnswerer
from app.answering.extractive import ExtractiveAnswerer
from app.answering.spanish import in_english
from knowledge.types import Chunk, ChunkKind, Passage

PAPER = [
    Chunk(0, ChunkKind.PROSE, "The office is open Monday to Thursday from 8 a.m. to 5 p.m.", ("Hours",)),
    Chunk(1, ChunkKind.PROSE, "Parking is free in the lot behind the bakery.", ("Parking",)),
    Chunk(
        2, ChunkKind.QUESTION, "Yes, from age 9. A parent stays in the room.", ("FAQ",), lead="Do you treat children?"
    ),
    Chunk(3, ChunkKind.PROSE, "A visit canceled less than 24 hours ahead costs $40.", ("Canceling a visit",)),
    Chunk(4, ChunkKind.PROSE, "Tenemos una alberca de agua tibia para la terapia.", ("Servicios",)),
]


def ask(question: str) -> Answer:
    passages = [Passage(chunk, "doc_1", "guide.md", None, 1.0 - chunk.ordinal / 10) for chunk in PAPER]
    return BilingualAnswerer(ExtractiveAnswerer()).answer(question, passages)


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("¿Dónde me puedo estacionar?", "lot behind the bakery"),
        ("atienden niños?", "from age 9"),
        ("¿Cuánto cobran si cancelo la cita?", "costs $40"),
        ("¿A qué hora abren los lunes?", "from 8 a.m. to 5 p.m."),
    ],
)
def test_the_quote_is_the_papers_and_the_word_above_it_spanish(question: str, quote: str) -> None:
    answer = ask(question)
    assert (answer.kind, answer.question) == (AnswerKind.ANSWER, question)
    assert answer.text.startswith("Esto dice el documento de la clínica (está en inglés):")
    assert quote in answer.text
    assert any(quote in citation.quote for citation in answer.citations)


def test_a_spanish_paper_answers_in_its_own_words() -> None:
    """No word about English where the quote is Spanish."""
    assert ask("¿Tienen alberca?").text == "Tenemos una alberca de agua tibia para la terapia."


def test_a_thing_that_nobody_knows_is_not_answered_from_the_rest_of_the_question() -> None:
    """ "Children" stands in the paper, child care does not."""
    assert ask("¿Tratan a niños?").kind is AnswerKind.ANSWER
    assert ask("¿Ofrecen guardería para los niños?").kind is AnswerKind.REFUSAL


@pytest.mark.parametrize("question", ["¿Tienen guardería?", "¿Hacen acupuntura?", "¿Venden muletas?"])
def test_what_no_paper_says_is_refused_in_spanish_too(question: str) -> None:
    assert ask(question).kind is AnswerKind.REFUSAL


def test_an_english_question_is_left_alone() -> None:
    assert ask("Where can I park?").text == "Parking is free in the lot behind the bakery."


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("¿Aceptan Kestrel Mutual?", "do you take Kestrel Mutual?"),
        ("¿necesito una orden del doctor?", "do I need referral?"),
        ("mi hijo tiene 7 años", "my children do you have 7 years old"),
        ("¿Para qué?", "?"),
    ],
)
def test_known_words_become_english_and_names_stay(spanish: str, english: str) -> None:
    assert in_english(spanish) == english
