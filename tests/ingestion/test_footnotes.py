"""Footnotes go with what they mark, and with nothing else."""

from typing import Any

import pytest

from ingestion.pipeline import ingest
from knowledge.types import Chunk
from tests.ingestion.papers import bullets, drawn_pdf, pdf, text, word, workbook


def chunks(data: bytes | str, name: str) -> tuple[Chunk, ...]:
    return ingest(data.encode() if isinstance(data, str) else data, name).chunks


def noted(data: bytes | str, name: str) -> dict[str, tuple[str, ...]]:
    """Each chunk's text with its notes."""
    return {chunk.text: chunk.notes for chunk in chunks(data, name)}


def marked_word(document: Any) -> None:
    table = document.add_table(3, 2)
    for row, values in zip(table.rows, [("Payer", "Status"), ("Meadow", "In"), ("Pinecrest", "In")], strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    table.cell(1, 0).paragraphs[0].add_run("1").font.superscript = True
    note = document.add_paragraph()
    note.add_run("1").font.superscript = True
    note.add_run(" Needs a referral.")


def sheet(book: Any) -> None:
    for row in (["Payer", "Status"], ["Meadow*", "In"], ["Pinecrest", "In"], ["* Needs a referral."]):
        book.active.append(row)


@pytest.mark.parametrize(
    ("data", "name", "mark", "note"),
    [
        (
            "<table><tr><th>Payer<th>Status<tr><td>Meadow*<td>In<tr><td>Pinecrest<td>In</table><p>* Needs a referral.",
            "a.html",
            "*",
            "* Needs a referral.",
        ),
        (
            "<table><tr><th>Payer<th>Status<tr><td>Meadow<sup>1</sup><td>In<tr><td>Pinecrest<td>In</table>"
            "<p><sup>1</sup>Needs a referral.",
            "a.html",
            "¹",
            "¹Needs a referral.",
        ),
        ("Payer,Status\nMeadow*,In\nPinecrest,In\n* Needs a referral.,\n", "a.csv", "*", "* Needs a referral."),
        (workbook(sheet), "a.xlsx", "*", "* Needs a referral."),
        (word(marked_word), "a.docx", "¹", "¹ Needs a referral."),
    ],
    ids=["star", "raised", "csv", "sheet", "word"],
)
def test_a_row_carries_its_note_and_other_rows_do_not(data: bytes | str, name: str, mark: str, note: str) -> None:
    """Without it "Meadow: in network" would be said without the referral that it needs."""
    assert noted(data, name) == {f"Meadow{mark} | In": (note,), "Pinecrest | In": ()}


def test_notes_of_a_list_in_a_pdf() -> None:
    """Without it a number above the line would become part of the name, and the notes a paragraph about nothing."""
    story = [
        text("We take:"),
        bullets("Meadow*", "Harborlight<super>1</super>", "Pinecrest"),
        text("*Secondary only."),
        text("<super>1</super> Needs a referral."),
    ]
    (only,) = chunks(pdf(*story), "a.pdf")
    assert only.text == "Meadow*\nHarborlight¹\nPinecrest"
    assert only.notes == ("*Secondary only.", "¹ Needs a referral.")
    assert "Harborlight\n" in only.searchable()
    assert "Needs a referral" in only.searchable()


@pytest.mark.parametrize(
    ("page", "notes"),
    [
        ("<p>A visit costs $95.* Bring cash.</p><p>* Until June.</p>", ("* Until June.",)),
        ("<p>A visit costs $95.†</p><p>† Until June. ‡ Never.</p>", ("† Until June.",)),
        ("<p>A visit costs $95 (1).</p><p>(1) Until June only.</p>", ("(1) Until June only.",)),
        ("<h2>Fees*</h2><p>A visit costs $95.</p><p>* Until June.</p>", ("* Until June.",)),
    ],
)
def test_notes_of_sentences_and_headings(page: str, notes: tuple[str, ...]) -> None:
    """Without it a price would be quoted without its limit."""
    assert chunks(page, "a.html")[0].notes == notes


def test_the_same_mark_means_the_note_that_follows() -> None:
    """Without it the note of the first page would be said of the rows of the second."""

    def page(payer: str, note: str) -> Any:
        def draw(canvas: Any) -> None:
            canvas.drawString(72, 700, f"{payer}* is a plan that we take at all of our offices.")
            canvas.drawString(72, 400, note)

        return draw

    found = noted(drawn_pdf(page("Meadow", "* Adults only."), page("Pinecrest", "* Children only.")), "a.pdf")
    assert list(found.values()) == [("* Adults only.",), ("* Children only.",)]


def test_bullets_with_stars_and_numbered_steps_are_no_notes() -> None:
    """Without it a shopping list would vanish into the notes of a price."""
    star = "A visit costs $95.*\n\nBring:\n\n* your card\n* your order\n* a towel\n"
    assert [chunk.text for chunk in chunks(star, "a.txt")] == ["A visit costs $95.*", "your card\nyour order\na towel"]
    steps = "The room has 20 m2.\n\n1. Call us first.\n2. Come early.\n"
    assert [(chunk.text, chunk.notes) for chunk in chunks(steps, "a.txt")] == [("Call us first.\nCome early.", ())]


def test_a_note_without_a_mark_stays_text() -> None:
    """Without it a line that only looks like a footnote would be lost."""
    (only,) = chunks("We open at eight.\n\n* Ring twice please.\n", "a.txt")
    assert (only.lead, only.text, only.notes) == ("We open at eight.", "Ring twice please.", ())
