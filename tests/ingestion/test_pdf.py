import re
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingestion.pipeline import ingest
from ingestion.types import Parsed, ParseLimits, Unreadable
from knowledge.types import ChunkKind
from tests.ingestion import papers
from tests.ingestion.papers import PAYERS, bullets, drawn_pdf, grid, new_page, pdf, space, text


def read(data: bytes) -> Parsed:
    return ingest(data, "paper.pdf")


def test_headings_pages_lists_and_questions_survive() -> None:
    """Without it a citation could not name page and heading, and answers would lose their questions."""
    parsed = read(
        pdf(
            text("Welcome to Tideway", "Title"),
            text("Before you come", "Heading2"),
            text("Please be here ten minutes early. We will take a copy of your card."),
            text("Please bring:"),
            bullets(
                "your insurance card", "a photo ID and, if you have one, the order that your doctor gave you for us"
            ),
            new_page(),
            text("Questions", "Heading2"),
            text("<b>Do I need a referral?</b>"),
            text("No. You can come without one."),
        )
    )
    assert (parsed.pages, parsed.title) == (2, "Welcome to Tideway")
    prose, things, answer = parsed.chunks
    assert (prose.heading, prose.page) == (("Welcome to Tideway", "Before you come"), 1)
    assert prose.text == "Please be here ten minutes early. We will take a copy of your card."
    assert (things.kind, things.lead) == (ChunkKind.LIST, "Please bring:")
    assert things.text.splitlines() == [
        "your insurance card",
        "a photo ID and, if you have one, the order that your doctor gave you for us",
    ]
    assert (answer.kind, answer.lead, answer.text) == (
        ChunkKind.QUESTION,
        "Do I need a referral?",
        "No. You can come without one.",
    )
    assert (answer.page, answer.heading) == (2, ("Welcome to Tideway", "Questions"))


def test_ruled_table_rows_once_with_header() -> None:
    """Without it table text would appear twice, or values would lose the names of their columns."""
    parsed = read(pdf(text("Payers", "Heading1"), text("Our list."), grid(PAYERS), text("Call us to be sure.")))
    rows = [chunk for chunk in parsed.chunks if chunk.kind is ChunkKind.ROW]
    assert [row.cells for row in rows] == [tuple(zip(PAYERS[0], values, strict=True)) for values in PAYERS[1:]]
    assert rows[0].text == "Harborlight | PPO | In network | Not needed"
    assert {row.page for row in rows} == {1}
    prose = [chunk.text for chunk in parsed.chunks if chunk.kind is ChunkKind.PROSE]
    assert prose == ["Our list.", "Call us to be sure."]


def test_table_over_two_pages_keeps_its_header() -> None:
    """Without it rows after a page break would have no column names."""
    rows = [["Payer", "Status"], *[[f"Harbor {number}", f"Status word {number}"] for number in range(60)]]
    parsed = read(pdf(grid(rows)))
    assert parsed.pages == 2
    assert [dict(chunk.cells)["Payer"] for chunk in parsed.chunks] == [row[0] for row in rows[1:]]
    assert {chunk.page for chunk in parsed.chunks} == {1, 2}


def test_repeated_header_row_is_no_data() -> None:
    """Without it "Payer: Payer" would be a payer."""
    rows = [["Payer", "Status"], *[[f"Harbor {number}", "In network"] for number in range(60)]]
    parsed = read(pdf(grid(rows, repeatRows=1)))
    assert len(parsed.chunks) == 60


def test_cells_over_several_rows_and_columns() -> None:
    """Without it the second plan of a payer would belong to nobody."""
    rows = [["Payer", "Plan", "Status"], ["Commercial", "", ""], ["Harborlight", "PPO", "In"], ["", "HMO", "Out"]]
    parsed = read(pdf(grid(rows, style=[("SPAN", (0, 1), (2, 1)), ("SPAN", (0, 2), (0, 3))])))
    assert [chunk.text for chunk in parsed.chunks] == ["Harborlight | PPO | In", "Harborlight | HMO | Out"]
    assert {chunk.heading for chunk in parsed.chunks} == {("Commercial",)}


def test_table_without_lines() -> None:
    """Without it a payer list set with tabs would be read as one run of words."""

    def draw(canvas: Canvas) -> None:
        for place, row in enumerate(PAYERS):
            for column, value in enumerate(row):
                canvas.drawString(72 + 120 * column, 700 - 16 * place, value)

    parsed = read(drawn_pdf(draw))
    assert [chunk.cells for chunk in parsed.chunks] == [tuple(zip(PAYERS[0], row, strict=True)) for row in PAYERS[1:]]


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    """Without it a folded leaflet would be read across, mixing both columns line by line."""
    words_left = "We are open on weekdays from eight to six and on Saturdays in the morning as well for"
    words_right = "Parking is free behind the house and the bus stops right in front of our door there"
    left, right = words_left.split(), words_right.split()

    def draw(canvas: Canvas) -> None:
        for x, words in ((72, left), (330, right)):
            for place in range(0, len(words), 4):
                canvas.drawString(x, 700 - 4 * place, " ".join(words[place : place + 4]))

    said = " ".join(chunk.text for chunk in read(drawn_pdf(draw)).chunks).split()
    assert said == left + right


def test_running_headers_and_footers_leave_the_text() -> None:
    """Without it every page would interrupt its text with the clinic's address and a page number."""

    def running(canvas: Canvas, template: Any) -> None:
        canvas.drawString(72, 760, "Tideway Therapy, 12 Quay Street, 555-0101")
        canvas.drawString(72, 30, f"Page {template.page} of 3")

    pages = [[text(f"Sentence about topic{n} for all who read."), new_page()] for n in "abc"]
    parsed = read(pdf(*[part for page in pages for part in page], running=running))
    said = "\n".join(chunk.text for chunk in parsed.chunks)
    assert said.count("12 Quay Street, 555-0101") == 1
    assert "Page" not in said
    assert [chunk.page for chunk in parsed.chunks if "topic" in chunk.text] == [1, 2, 3]


def test_hyphens_of_line_ends() -> None:
    """Without it nobody who searches for "appointment" would find "appoint- ment"."""

    def draw(canvas: Canvas) -> None:
        for place, line in enumerate(
            [
                "Please call us when you want to move an appoint-",
                "ment, and we will find a time for your follow-",
                "up.",
            ]
        ):
            canvas.drawString(72, 700 - 14 * place, line)

    assert read(drawn_pdf(draw)).chunks[0].text == (
        "Please call us when you want to move an appointment, and we will find a time for your follow-up."
    )


def test_pages_without_text_are_told() -> None:
    """Without it a manager would not know that a scanned page cannot be answered from."""
    parsed = read(drawn_pdf(lambda c: c.drawString(72, 700, "Words on a page"), lambda c: c.rect(50, 50, 99, 99)))
    assert parsed.warnings == ("Page 2 has no text.",)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (drawn_pdf(lambda canvas: canvas.rect(50, 50, 99, 99)), "has no text: it looks like a scan"),
        (pdf(text("Secret"), password="pine"), "locked with a password"),
        (b"%PDF-1.7\nthis is not one at all", "is damaged"),
        (pdf(text("Half of it"))[:700], "is damaged"),
        (pdf(*[part for _ in range(4) for part in (text("More"), new_page())]), "has 4 pages and the limit is 3"),
    ],
)
def test_unreadable_pdfs(data: bytes, says: str) -> None:
    """Without it these would crash, or come out as papers without words."""
    with pytest.raises(Unreadable, match=re.escape(says)):
        ingest(data, "paper.pdf", ParseLimits(pages=3))


def test_owner_password_only_is_readable() -> None:
    """Without it a PDF that only forbids printing would be refused."""
    from reportlab.lib import pdfencrypt

    out = papers.io.BytesIO()
    papers.SimpleDocTemplate(out, encrypt=pdfencrypt.StandardEncryption("", "owner")).build([text("Open to read")])
    assert read(out.getvalue()).chunks[0].text == "Open to read"


def test_paragraph_over_a_page_end_is_whole() -> None:
    """Without it a sentence would be cut in two at the page end."""
    parsed = read(
        drawn_pdf(
            lambda c: c.drawString(72, 700, "We ask you to tell us a day before if you"),
            lambda c: c.drawString(72, 700, "cannot come to your visit."),
        )
    )
    assert [(chunk.text, chunk.page) for chunk in parsed.chunks] == [
        ("We ask you to tell us a day before if you cannot come to your visit.", 1)
    ]


def test_space_between_paragraphs_parts_them() -> None:
    """Without it a short notice would be glued to the text before it."""
    parsed = read(pdf(text("We are closed on Monday"), space(20), text("Parking is free")))
    assert parsed.chunks[0].text == "We are closed on Monday\nParking is free"


def test_letters_printed_twice_for_bold_are_read_once() -> None:
    """Without it such a heading would read "HHoouurrss"."""

    def draw(canvas: Canvas) -> None:
        for shift in (0, 0.2):
            canvas.drawString(72 + shift, 700, "Hours of the office")

    assert read(drawn_pdf(draw)).chunks[0].text == "Hours of the office"
