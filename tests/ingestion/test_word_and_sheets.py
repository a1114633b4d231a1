from datetime import date
from typing import Any

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import Font

from ingestion.pipeline import ingest
from ingestion.types import ParseLimits, Unreadable
from knowledge.types import ChunkKind
from tests.ingestion.papers import PAYERS, word, workbook


def cells(data: bytes, name: str) -> list[dict[str, str]]:
    return [dict(chunk.cells) for chunk in ingest(data, name).chunks if chunk.kind is ChunkKind.ROW]


def test_word_in_document_order() -> None:
    """Without it tables would come after all text, and headings would not reach their text."""

    def build(document: Any) -> None:
        document.add_heading("Referral rules", 0)
        document.add_heading("Who needs one", 1)
        document.add_paragraph("Most people do not.")
        table = document.add_table(0, 4)
        for row in PAYERS:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = value
        document.add_paragraph("You need one for:")
        document.add_paragraph("Harborlight HMO", style="List Bullet")
        document.add_paragraph("Pinecrest", style="List Number")
        document.add_paragraph().add_run("Can I send it by fax?").bold = True
        document.add_paragraph("Yes, to 555-0102.")

    parsed = ingest(word(build), "rules.docx")
    assert parsed.title == "Referral rules"
    assert [chunk.kind.value for chunk in parsed.chunks] == ["prose", "row", "row", "row", "list", "question"]
    assert {chunk.heading for chunk in parsed.chunks} == {("Referral rules", "Who needs one")}
    assert parsed.chunks[1].cells == tuple(zip(PAYERS[0], PAYERS[1], strict=True))
    assert (parsed.chunks[4].lead, parsed.chunks[4].text) == ("You need one for:", "Harborlight HMO\nPinecrest")
    assert (parsed.chunks[5].lead, parsed.chunks[5].text) == ("Can I send it by fax?", "Yes, to 555-0102.")


def test_word_merged_cells() -> None:
    """Without it a plan under a merged payer would belong to nobody."""

    def build(document: Any) -> None:
        table = document.add_table(4, 3)
        for place, row in enumerate([["Payer", "Plan", "Status"], ["Commercial", "", ""], ["Meadow", "PPO", "In"]]):
            for cell, value in zip(table.rows[place].cells, row, strict=True):
                cell.text = value
        table.cell(1, 0).merge(table.cell(1, 2))
        table.cell(3, 1).text, table.cell(3, 2).text = "HMO", "Out"
        table.cell(2, 0).merge(table.cell(3, 0))

    parsed = ingest(word(build), "payers.docx")
    assert [chunk.text for chunk in parsed.chunks] == ["Meadow | PPO | In", "Meadow | HMO | Out"]
    assert {chunk.heading for chunk in parsed.chunks} == {("Commercial",)}


def test_word_says_inserted_and_linked_words_and_no_deleted_ones() -> None:
    """Without it a tracked change would lose or double words."""

    def build(document: Any) -> None:
        paragraph = document.add_paragraph("We take ")
        space = nsdecls("w")
        paragraph._p.append(parse_xml(f"<w:del {space}><w:r><w:delText>Pinecrest</w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:moveFrom {space}><w:r><w:t>Tideway</w:t></w:r></w:moveFrom>"))
        paragraph._p.append(parse_xml(f"<w:ins {space}><w:r><w:t>Meadow</w:t></w:r></w:ins>"))
        paragraph._p.append(parse_xml(f"<w:hyperlink {space}><w:r><w:t> PPO</w:t></w:r></w:hyperlink>"))

    assert ingest(word(build), "a.docx").chunks[0].text == "We take Meadow PPO"


def test_word_text_boxes_are_read_once() -> None:
    """Without it what stands in the frames of a flyer would be lost, or said twice."""

    def build(document: Any) -> None:
        paragraph = document.add_paragraph("Welcome to us")
        inner = "<w:txbxContent><w:p><w:r><w:t>Closed on Friday</w:t></w:r></w:p></w:txbxContent>"
        box = f"<w:pict><v:textbox>{inner}</v:textbox></w:pict>"
        spaces = (
            nsdecls("w")
            + ' xmlns:v="urn:schemas-microsoft-com:vml"'
            + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        )
        choice = f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        paragraph._p.append(parse_xml(f"<w:r {spaces}><mc:AlternateContent>{choice}</mc:AlternateContent></w:r>"))

    assert ingest(word(build), "a.docx").chunks[0].text == "Welcome to us\nClosed on Friday"


def test_damaged_office_files() -> None:
    """Without it a cut-off download would crash the parser."""
    for data, name in (
        (word(lambda d: d.add_paragraph("Hello")), "a.docx"),
        (workbook(lambda b: b.active.append(["x"])), "a.xlsx"),
    ):
        with pytest.raises(Unreadable, match="is damaged"):
            ingest(data[: len(data) // 2], name)
        broken = data.replace(b"[Content_Types].xml", b"[Content_Nopes].xml")
        with pytest.raises(Unreadable, match="is damaged"):
            ingest(broken, name)


def test_workbook_finds_headers_and_shows_values_as_the_sheet_does() -> None:
    """Without it prices would lose their currency, dates their meaning, and the title row would be the header."""

    def build(book: Any) -> None:
        sheet = book.active
        sheet.title = "Prices"
        sheet.append(["Price list of Tideway Therapy"])
        sheet.append([])
        sheet.append(["Service", "Price", "Share", "From", "Minutes"])
        sheet.append(["First visit", 150, 0.2, date(2031, 2, 1), 60.0])
        sheet["B4"].number_format, sheet["C4"].number_format = '"$"#,##0.00', "0%"
        sheet["A3"].font = Font(bold=True)
        payers = book.create_sheet("Payers")
        payers.append(["Payer", "Plan", "Status"])
        payers.append(["Commercial plans"])
        payers.append(["Meadow", "PPO", "In"])
        payers.append([None, "HMO", "Out"])
        payers.merge_cells("A2:C2")
        payers.merge_cells("A3:A4")
        book.create_sheet("Draft").append(["secret"])
        book["Draft"].sheet_state = "hidden"

    parsed = ingest(workbook(build), "lists.xlsx")
    title, price, ppo, hmo = parsed.chunks
    assert title.text == "Price list of Tideway Therapy"
    assert dict(price.cells) == {
        "Service": "First visit",
        "Price": "$150.00",
        "Share": "20%",
        "From": "2031-02-01",
        "Minutes": "60",
    }
    assert price.heading == ("Prices",)
    assert (ppo.text, hmo.text) == ("Meadow | PPO | In", "Meadow | HMO | Out")
    assert hmo.heading == ("Payers", "Commercial plans")
    assert parsed.warnings == ("Sheet 'Draft' is hidden and was left out.",)


def test_hidden_rows_are_left_out_and_told() -> None:
    """Without it a row that the manager hid would be quoted to patients."""

    def build(book: Any) -> None:
        for row in (["Payer", "Status"], ["Meadow", "In"], ["Pinecrest", "In"]):
            book.active.append(row)
        book.active.row_dimensions[3].hidden = True

    parsed = ingest(workbook(build), "a.xlsx")
    assert [chunk.text for chunk in parsed.chunks] == ["Meadow | In"]
    assert parsed.warnings == ("Sheet 'Sheet': 1 hidden rows were left out.",)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_dialects(separator: str, newline: str, encoding: str) -> None:
    """Without it an export from another program would be one column of garbage."""
    lines = [["Payer", "Note"], ["Meadow", '"Ask for Señor Núñez, please; he ""knows"" | all"'], ["Pinecrest", "none"]]
    data = newline.join(separator.join(line) for line in lines).encode(encoding)
    assert cells(data, "a.csv") == [
        {"Payer": "Meadow", "Note": 'Ask for Señor Núñez, please; he "knows" | all'},
        {"Payer": "Pinecrest", "Note": "none"},
    ]


def test_csv_with_newline_in_a_cell_and_uneven_rows() -> None:
    """Without it one long note would break all rows after it."""
    data = b'Payer,Status,Note\nMeadow,In,"line one\nline two"\nPinecrest,Out\n'
    assert cells(data, "a.csv") == [
        {"Payer": "Meadow", "Status": "In", "Note": "line one line two"},
        {"Payer": "Pinecrest", "Status": "Out"},
    ]


def test_csv_without_header() -> None:
    """Without it the first row of values would become the names of the columns."""
    assert cells(b"First visit,$150\nFollow-up,$95\n", "a.csv") == [{"": "$150"}, {"": "$95"}]
    first = ingest(b"First visit,$150\nFollow-up,$95\n", "a.csv").chunks[0]
    assert first.cells == (("", "First visit"), ("", "$150"))


def test_csv_too_long() -> None:
    """Without it a million rows would become a million chunks."""
    with pytest.raises(Unreadable, match="has 6 rows and the limit is 5"):
        ingest(b"a,b\n" * 6, "a.csv", ParseLimits(chunks=5))
