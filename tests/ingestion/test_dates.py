"""Since when and until when a paper holds, by its own words about itself."""

from datetime import date
from typing import Any

import pytest

from ingestion.blocks import Heading, Paragraph, Table
from ingestion.dates import PaperDates, paper_dates
from ingestion.pipeline import ingest
from tests.ingestion.papers import drawn_pdf, word, workbook

JANUARY, DECEMBER, MARCH = date(2031, 1, 1), date(2031, 12, 31), date(2031, 3, 5)


def dates(*lines: str) -> PaperDates:
    return paper_dates([Heading(1, "Tideway Therapy"), *map(Paragraph, lines)])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Effective January 1, 2031", PaperDates(JANUARY)),
        ("Effective Date: 01/01/2031", PaperDates(JANUARY)),
        ("EFFECTIVE 1/1/31", PaperDates(JANUARY)),
        ("Insurance plans (effective January 2031)", PaperDates(JANUARY)),
        ("Tideway Therapy • Fee schedule • Effective 2031-01-01 • Page 2", PaperDates(JANUARY)),
        ("Payer list, in effect from 1 January 2031 through December 31, 2031", PaperDates(JANUARY, DECEMBER)),
        ("Valid 1/1/2031 – 12/31/2031", PaperDates(JANUARY, DECEMBER)),
        ("Valid through 12/31/2031", PaperDates(None, DECEMBER)),
        ("This policy expires December 2031.", PaperDates(None, DECEMBER)),
        ("Vigente desde el 1 de enero de 2031", PaperDates(JANUARY)),
        ("Válido hasta el 31 de diciembre de 2031", PaperDates(None, DECEMBER)),
        ("Revised March 5, 2031", PaperDates(revised=MARCH)),
        ("Last updated: 5 March 2031", PaperDates(revised=MARCH)),
        ("Rev. 2031-03-05", PaperDates(revised=MARCH)),
        ("Actualizado el 5 de marzo de 2031", PaperDates(revised=MARCH)),
        ("Effective January 1, 2031. Updated 3/5/2031.", PaperDates(JANUARY, revised=MARCH)),
    ],
)
def test_words_about_the_paper(line: str, expected: PaperDates) -> None:
    """Without it last year's list would be quoted this year, or next year's already now."""
    assert dates(line, "We are glad to help.") == expected


@pytest.mark.parametrize(
    "line",
    [
        "Referrals are valid until 12/31/2031",
        "Your order expires 12/31/2031.",
        "Meadow HMO, effective 1/1/2031",
        "Effective January 1, 2031 we no longer take Meadow.",
        "Gift certificates valid through 12/31/2031",
        "Effective 13/45/2031",
        "Effective soon",
        "Open since January 1, 2031",
    ],
)
def test_words_about_something_else(line: str) -> None:
    """Without it the end of one plan would make the whole paper unreachable."""
    assert dates(line) == PaperDates()


def test_two_answers_are_none() -> None:
    """Without it one of two dates that contradict each other would win by chance."""
    assert dates("Effective January 1, 2031", "Effective February 1, 2031").starts is None
    assert dates("Effective 12/31/2031", "Valid through 1/1/2031") == PaperDates()


def test_rows_and_the_middle_of_a_paper_do_not_date_it() -> None:
    """Without it the date of a row would be the date of all."""
    row = Table(("Payer", "Note"), (("Meadow", "Effective 1/1/2031"), ("Effective 1/1/2031",)))
    middle = [Paragraph(f"Sentence {n}.") for n in range(8)]
    assert paper_dates([row, *middle, Paragraph("Effective 1/1/2031"), *middle]) == PaperDates()


def test_dates_reach_what_comes_out_of_a_paper() -> None:
    """Without it the dates would be found and forgotten."""

    def page(number: int) -> Any:
        def draw(canvas: Any) -> None:
            canvas.drawString(72, 700, f"Words {'abc'[number]} about the visit and what to bring to it.")
            canvas.drawString(72, 30, f"Effective January 1, 2031 | Page {number + 1}")

        return draw

    parsed = ingest(drawn_pdf(page(0), page(1), page(2)), "a.pdf")
    assert (parsed.effective_from, parsed.effective_to) == (JANUARY, None)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_files_own_date_is_only_for_show(kind: str) -> None:
    """Without it a paper without a date would look as old as its upload; with more, a clock could hide a paper."""

    def fill(made: Any) -> None:
        if kind == "docx":
            made.add_paragraph("We open at eight.")
            made.core_properties.modified = __import__("datetime").datetime(2031, 3, 5, 12)
        else:
            made.active.append(["We open at eight."])

    parsed = ingest(word(fill) if kind == "docx" else workbook(fill), f"a.{kind}")
    assert (parsed.effective_from, parsed.effective_to) == (None, None)
    assert parsed.dated == MARCH if kind == "docx" else parsed.dated is not None
