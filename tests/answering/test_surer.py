"""As long as the best piece is not sure, others that are hardly less likely are shown beside it."""

from collections.abc import Sequence
from dataclasses import replace

from app.answering.selecting import MOST_BESIDE, Weighed, surer
from app.answering.units import Unit
from tests.answering.papers import faq, row

EVEN = 0.5


def said(text: str, rank: int = 0, support: float = EVEN) -> Weighed:
    return Weighed(Unit(faq("Where?", text), rank, -1, text, ""), support)


def apart(_text: str, others: Sequence[str]) -> list[float]:
    return [0.0] * len(others)


def texts(*weighed: Weighed) -> list[str]:
    """What is shown of `weighed`, the best one first."""
    return [unit.text for unit in surer(weighed, [weighed[0].unit], apart)]


def test_a_sure_piece_stands_alone() -> None:
    assert texts(said("Behind the house.", 0, 0.95), said("On Heron Street.", 1, 0.7)) == ["Behind the house."]


def test_pieces_are_shown_until_they_are_sure() -> None:
    """Of four that are equally likely the first alone is right once in four times."""
    pieces = [said(text, rank) for rank, text in enumerate(("One.", "Two.", "Three.", "Four."))]
    assert texts(*pieces) == ["One.", "Two.", "Three."]
    assert len(pieces) > 1 + MOST_BESIDE
    likely = said("One.", 0, 0.79)
    assert texts(likely, said("Two.", 1, 0.7), said("Three.", 2, 0.3)) == ["One.", "Two."]


def test_what_is_far_less_likely_is_not_shown() -> None:
    """Odds of 1 against those of a twentieth and of a fifth."""
    assert texts(said("Behind the house."), said("On Heron Street.", 1, 1 / 21)) == ["Behind the house."]
    assert texts(said("Behind the house."), said("On Heron Street.", 1, 1 / 6))[1:] == ["On Heron Street."]


def test_a_long_piece_makes_room_for_a_short_one() -> None:
    """An answer that nobody reads to its end helps nobody."""
    long = said("It is a long way to go. " * 20, 1)
    assert texts(said("Behind the house."), long, said("On Heron Street.", 2)) == [
        "Behind the house.",
        "On Heron Street.",
    ]


def test_the_row_of_another_thing_is_not_shown_beside_the_one_asked_about() -> None:
    """Two prices for one question would leave the patient to guess."""
    splint, brace = (
        Weighed(Unit(row(("Service", name), ("Price", price)), rank, -1, f"{name} {price}", ""), EVEN, topic)
        for rank, (name, price, topic) in enumerate((("Splint", "$20", 1.0), ("Brace", "$65", 0.0)))
    )
    assert texts(splint, brace) == ["Splint $20"]
    assert texts(replace(splint, topic=0.0), brace) == ["Splint $20", "Brace $65"]


def test_a_piece_does_not_stand_under_the_question_of_another() -> None:
    """Where one passage holds two questions, each lead introduces its own answer only."""
    here = Weighed(Unit(faq("Where?", "Behind the house."), 0, 0, "Behind the house.", "Where?"), EVEN)
    when = Weighed(replace(here.unit, at=1, text="At nine.", lead="When?"), EVEN)
    assert texts(here, when) == ["Behind the house."]
    assert texts(here, Weighed(replace(when.unit, lead="Where?"), EVEN)) == ["Behind the house.", "At nine."]
