"""A model's reply is taken apart into sentences while it streams in, wherever the pieces are cut."""

import pytest

from app.answering.cited import CitedSentences, cited_numbers, without_marks

# (what the model writes, [(what a patient reads, the passages it names)])
REPLIES = [
    ("Dr. Lee sees you at 7 a.m. Monday [P1].", [("Dr. Lee sees you at 7 a.m. Monday.", [1])]),
    ("It costs $1.50. [P2, P3] Bye (P2).", [("It costs $1.50.", [2, 3]), ("Bye.", [2])]),
    ("It is free.[P1][P2] Yes! [p3]", [("It is free.", [1, 2]), ("Yes!", [3])]),
    ("Prices:\n- Evaluation: $165 [P1]\n- Follow-up: $95 [P1]\n",
     [("Prices:", []), ("- Evaluation: $165", [1]), ("- Follow-up: $95", [1])]),
    ("1. An evaluation costs $165 [P1].\n2. It takes an hour. [P2]",
     [("1. An evaluation costs $165.", [1]), ("2. It takes an hour.", [2])]),
    ("We open at 7 a.m. [P1] and close at 7 p.m. [P1]. Call us [P1]!",
     [("We open at 7 a.m. and close at 7 p.m.", [1]), ("Call us!", [1])]),
    ("Hello\nthere, the **fee** is $45.00 [1].\nThank you.",
     [("Hello there, the fee is $45.00.", [1]), ("Thank you.", [])]),
    ("El Sr. Gómez atiende a las 5 p. m. los lunes [P1]. ¿Algo más?",
     [("El Sr. Gómez atiende a las 5 p. m. los lunes.", [1]), ("¿Algo más?", [])]),
    ("The lot is free【P2】. Park behind us [P2 and P4].", [("The lot is free.", [2]), ("Park behind us.", [2, 4])]),
    ("Ask [NAME_1] at No. 5 St. Mary Ave. for it [P1].", [("Ask [NAME_1] at No. 5 St. Mary Ave. for it.", [1])]),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "expected"), REPLIES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_sentences_wherever_the_reply_is_cut(reply: str, expected: list[tuple[str, list[int]]], size: int) -> None:
    reader = CitedSentences()
    found = [one for at in range(0, len(reply), size) for one in reader.feed(reply[at : at + size])] + reader.rest()
    assert [(without_marks(one), cited_numbers(one)) for one in found] == expected


@pytest.mark.parametrize("reply", ["We are open on Monday [P1] and", "The fee is $", "The fee is $45 [P", "We see Dr"])
def test_a_sentence_that_was_cut_is_none(reply: str) -> None:
    reader = CitedSentences()
    assert reader.feed(f"It is free [P1]. {reply}") in ([], ["It is free [P1]."])
    assert reader.rest() in ([], ["It is free [P1]."])


def test_the_desks_own_mark_of_a_line_is_not_said() -> None:
    """Small models copy it with the line; what stands behind it is looked at like any other sentence."""
    assert without_marks("| Parking is free [P1].") == "Parking is free."
    assert without_marks("Cash | card [P1].") == "Cash | card."


def test_a_sentence_is_told_as_soon_as_the_next_one_begins() -> None:
    """The patient reads it while the model still writes."""
    reader = CitedSentences()
    assert reader.feed("It is free. [P1]") == []
    assert reader.feed(" Park") == ["It is free [P1]."]
