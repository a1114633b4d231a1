"""What stands together in a paper stays together, in the layouts that clinics use."""

from typing import Any

import pytest
from docx.shared import Pt
from reportlab.platypus import ListFlowable

from ingestion.pipeline import ingest
from knowledge.types import Chunk, ChunkKind
from tests.ingestion.papers import bullets, drawn_pdf, grid, pdf, text, word, workbook

ASKED = [("Do I need a referral?", "No, you can come without one."), ("May I park?", "Yes, it is free.")]


def chunks(data: bytes | str, name: str) -> tuple[Chunk, ...]:
    return ingest(data.encode() if isinstance(data, str) else data, name).chunks


def listed(data: bytes | str, name: str) -> list[tuple[str, str]]:
    return [(chunk.lead, chunk.text) for chunk in chunks(data, name) if chunk.kind is ChunkKind.LIST]


def asked(data: bytes | str, name: str) -> list[tuple[str, str]]:
    return [(chunk.lead, chunk.text) for chunk in chunks(data, name) if chunk.kind is ChunkKind.QUESTION]


def rows(data: bytes | str, name: str) -> list[dict[str, str] | tuple[str, ...]]:
    """Cells by column name, or the plain values where no column has one."""
    found: list[dict[str, str] | tuple[str, ...]] = []
    for chunk in chunks(data, name):
        if chunk.kind is ChunkKind.ROW:
            named = any(column for column, _ in chunk.cells)
            found.append(dict(chunk.cells) if named else tuple(value for _, value in chunk.cells))
    return found


def nested_word(document: Any) -> None:
    for words, style in (
        ("We take:", "List Bullet"),
        ("Meadow", "List Bullet 2"),
        ("Harborlight", "List Bullet 2"),
        ("We do not take:", "List Bullet"),
        ("Pinecrest", "List Bullet 2"),
    ):
        document.add_paragraph(words, style=style)


def inner(*items: str) -> ListFlowable:
    return ListFlowable([text(item) for item in items], bulletType="bullet")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (
            "<ul><li>We take:<ul><li>Meadow<li>Harborlight</ul></li><li>We do not take:<ul><li>Pinecrest</ul></ul>",
            "a.html",
        ),
        ("- We take:\n  - Meadow\n  - Harborlight\n- We do not take:\n  - Pinecrest\n", "a.md"),
        ("* We take:\n    o Meadow\n    o Harborlight\n* We do not take:\n    o Pinecrest\n", "a.txt"),
        (word(nested_word), "a.docx"),
        (
            pdf(
                ListFlowable(
                    [text("We take:"), inner("Meadow", "Harborlight"), text("We do not take:"), inner("Pinecrest")],
                    bulletType="bullet",
                )
            ),
            "a.pdf",
        ),
    ],
    ids=["html", "markdown", "text", "word", "pdf"],
)
def test_an_item_leads_the_items_nested_in_it(data: bytes | str, name: str) -> None:
    """Without it "Pinecrest" would stand in the same list as the plans that are taken."""
    assert listed(data, name) == [("We take:", "Meadow\nHarborlight"), ("We do not take:", "Pinecrest")]


def test_nested_items_carry_everything_above_them() -> None:
    """Without it "HMO" would be said without its payer, or without the "not" of the sentence above."""
    page = "<p>We do not take:</p><ul><li>Meadow<ul><li>HMO</li><li>EPO</li></ul></li><li>Pinecrest</li></ul>"
    assert listed(page, "a.html") == [("We do not take:\nMeadow", "HMO\nEPO"), ("We do not take:", "Pinecrest")]


def test_a_lead_on_the_page_before_and_a_nested_list_that_goes_on() -> None:
    """Without it a page end would tear plans from the sentence that refuses them."""

    def first(canvas: Any) -> None:
        canvas.drawString(72, 110, "We do not take:")
        canvas.drawString(72, 95, "• Meadow plans")

    def second(canvas: Any) -> None:
        canvas.drawString(100, 700, "• HMO")
        canvas.drawString(72, 685, "• Pinecrest")

    assert listed(drawn_pdf(first, second), "a.pdf")[-2:] == [
        ("We do not take:\nMeadow plans", "HMO"),
        ("We do not take:", "Pinecrest"),
    ]


def test_two_columns_of_bullets_are_not_nested() -> None:
    """Without it the right column of a leaflet would hang on the last item of the left one."""

    def draw(canvas: Any) -> None:
        for x, words in ((72, ("Meadow", "Harborlight")), (330, ("Pinecrest", "Tideway"))):
            for place, word_ in enumerate(words):
                canvas.drawString(x, 700 - 14 * place, f"• {word_}")

    assert [lead for lead, _ in listed(drawn_pdf(draw), "a.pdf")] == [""]


def typed_numbers(document: Any) -> None:
    for number, (question, answer) in enumerate(ASKED, start=1):
        document.add_paragraph().add_run(f"{number}.\t{question}").bold = True
        document.add_paragraph(answer)


def numbered_style(document: Any) -> None:
    for question, answer in ASKED:
        document.add_paragraph(question, style="List Number")
        document.add_paragraph(answer)


def run_in(document: Any) -> None:
    for question, answer in ASKED:
        paragraph = document.add_paragraph()
        paragraph.add_run(question).bold = True
        paragraph.add_run(f" {answer}")


def in_a_table(document: Any) -> None:
    table = document.add_table(0, 2)
    for pair in ASKED:
        for cell, words in zip(table.add_row().cells, pair, strict=True):
            cell.text = words


PAIRS_HTML = "".join(f"<tr><td>{question}<td>{answer}" for question, answer in ASKED)
ITEMS_HTML = "".join(f"<li><b>{question}</b> <p>{answer}</p></li>" for question, answer in ASKED)
RUN_IN_HTML = "".join(f"<p><strong>{question}</strong> {answer}</p>" for question, answer in ASKED)
MARKED_HTML = "".join(
    f'<div itemscope itemtype="https://schema.org/Question"><div itemprop="name">{question}</div>'
    f'<div itemprop="acceptedAnswer"><p>{answer}</p></div></div>'
    for question, answer in ASKED
)
ROLE_HTML = "".join(
    f'<div role="button" aria-expanded="false" aria-controls="p{n}">{question}</div><div id="p{n}">{answer}</div>'
    for n, (question, answer) in enumerate(ASKED)
)
TABS_HTML = (
    "".join(f'<div role="tab" aria-controls="t{n}">{question}</div>' for n, (question, _) in enumerate(ASKED))
) + "".join(f'<div role="tabpanel" id="t{n}">{answer}</div>' for n, (_, answer) in enumerate(ASKED))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("\n\n".join(f"{n}. {q}\n{a}" for n, (q, a) in enumerate(ASKED, start=1)), "a.txt"),
        ("\n\n".join(f"{n}) {q}\n\n{a}" for n, (q, a) in enumerate(ASKED, start=1)), "a.txt"),
        ("\n\n".join(f"{n}. {q}\n\n   {a}" for n, (q, a) in enumerate(ASKED, start=1)), "a.md"),
        ("\n\n".join(f"**{n}. {q}**\n\n{a}" for n, (q, a) in enumerate(ASKED, start=1)), "a.md"),
        ("\n\n".join(f"**{q}** {a}" for q, a in ASKED), "a.md"),
        (f"<ol>{ITEMS_HTML}</ol>", "a.html"),
        (f"<table><tr><th>Question<th>Answer{PAIRS_HTML}</table>", "a.html"),
        (f"<table>{PAIRS_HTML}</table>", "a.html"),
        (RUN_IN_HTML, "a.html"),
        (MARKED_HTML, "a.html"),
        (ROLE_HTML, "a.html"),
        (TABS_HTML, "a.html"),
        ("No.,Question,Answer\n" + "".join(f'{n},"{q}","{a}"\n' for n, (q, a) in enumerate(ASKED, start=1)), "a.csv"),
        (word(typed_numbers), "a.docx"),
        (word(numbered_style), "a.docx"),
        (word(run_in), "a.docx"),
        (word(in_a_table), "a.docx"),
        (pdf(*[text(part) for n, (q, a) in enumerate(ASKED, 1) for part in (f"{n}. {q}", a)]), "a.pdf"),
        (pdf(*[text(part) for n, (q, a) in enumerate(ASKED, 1) for part in (f"<b>{n}. {q}</b>", a)]), "a.pdf"),
        (pdf(*[text(f"<b>{q}</b> {a}") for q, a in ASKED]), "a.pdf"),
        (pdf(grid([["Question", "Answer"], *map(list, ASKED)])), "a.pdf"),
    ],
)
def test_answers_keep_their_questions(data: bytes | str, name: str) -> None:
    """Without it "Yes, it is free." would be found for anything, or for nothing."""
    assert asked(data, name) == ASKED


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_numbered_question_with_a_list_as_its_answer(kind: str) -> None:
    """Without it the bullets of one answer and the next question would be one list."""

    def build(document: Any) -> None:
        for words, style in (
            ("What do I bring?", "List Number"),
            ("Your card", "List Bullet"),
            ("A photo ID", "List Bullet"),
            ("May I park?", "List Number"),
        ):
            document.add_paragraph(words, style=style)
        document.add_paragraph("Yes.")

    story = [
        text("1. What do I bring?"),
        bullets("Your card", "A photo ID"),
        text("2. May I park?"),
        text("Yes."),
    ]
    data = word(build) if kind == "docx" else pdf(*story)
    assert asked(data, f"a.{kind}") == [("What do I bring?", "Your card\nA photo ID"), ("May I park?", "Yes.")]


def test_a_list_of_questions_alone_is_no_faq() -> None:
    """Without it a table of contents would make each question the answer to the one before."""
    page = "<ul><li>Do I need a referral?</li><li>May I park?</li></ul><p>Read on below.</p>"
    assert not asked(page, "a.html")


def test_headings_without_styles() -> None:
    """Without it sections of papers by people who know no styles would run into each other."""

    def build(document: Any) -> None:
        for words, change in (("Insurance", "bold"), ("Late arrival", "underline"), ("PARKING", "")):
            run = document.add_paragraph().add_run(words)
            run.font.size = Pt(14)
            if change:
                setattr(run, change, True)
            document.add_paragraph("We will tell you.")

    assert [chunk.heading for chunk in chunks(word(build), "a.docx")] == [
        ("Insurance",),
        ("Late arrival",),
        ("PARKING",),
    ]
    typed = "INSURANCE\nWe take Meadow.\n\nOFFICE HOURS:\n\nEight to six.\n"
    assert [(chunk.heading, chunk.text) for chunk in chunks(typed, "a.txt")] == [
        (("INSURANCE",), "We take Meadow."),
        (("OFFICE HOURS:",), "Eight to six."),
    ]


def test_names_in_capitals_are_no_headings() -> None:
    """Without it the last payer of a list in capitals would become the title of what follows."""
    (only,) = chunks("MEADOW HEALTH\n\nHARBORLIGHT\n\nPINECREST\n\nCall us for others.\n", "a.txt")
    assert only.heading == ()


HOURS = [("Monday", "8 am - 6 pm"), ("Saturday", "by appointment"), ("Sunday", "closed")]


def pairs_in_word(pairs: list[tuple[str, str]]) -> bytes:
    def build(document: Any) -> None:
        table = document.add_table(0, 2)
        for pair in pairs:
            for cell, value in zip(table.add_row().cells, pair, strict=True):
                cell.text = value

    return word(build)


@pytest.mark.parametrize(
    "pairs",
    [HOURS, [("Director", "Ann Poe"), ("Billing", "Ask for Lee Roe"), ("Front desk", "Jo and Sam")]],
    ids=["values", "words"],
)
@pytest.mark.parametrize("kind", ["html", "docx", "pdf", "xlsx", "csv", "txt", "heads"])
def test_pairs_without_a_header_lose_no_first_row(kind: str, pairs: list[tuple[str, str]]) -> None:
    """Without it Monday would be the name of a column, and nobody would learn its hours."""
    match kind:
        case "html":
            data: bytes | str = "<table>" + "".join(f"<tr><td>{a}<td>{b}" for a, b in pairs) + "</table>"
        case "heads":
            data, kind = "<table>" + "".join(f"<tr><th>{a}<td>{b}" for a, b in pairs) + "</table>", "html"
        case "docx":
            data = pairs_in_word(pairs)
        case "pdf":
            data = pdf(grid(pairs))
        case "xlsx":
            data = workbook(lambda book: [book.active.append(pair) for pair in pairs])
        case "csv":
            data = "".join(f"{a},{b}\n" for a, b in pairs)
        case _:
            data = "".join(f"{a:<16}{b}\n" for a, b in pairs)
    assert rows(data, f"a.{kind}") == pairs


def test_a_bold_first_row_is_a_header_whatever_it_says() -> None:
    """Without it only words that we know could name two columns."""

    def build(document: Any) -> None:
        table = document.add_table(2, 2)
        for row, values in zip(table.rows, [("Helper", "Animal"), ("Jo", "Rex")], strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
        for cell in table.rows[0].cells:
            cell.paragraphs[0].runs[0].bold = True

    expected = [{"Helper": "Jo", "Animal": "Rex"}]
    assert rows(word(build), "a.docx") == expected
    assert rows("<table><tr><td><b>Helper</b><td><b>Animal</b><tr><td>Jo<td>Rex</table>", "a.html") == expected
    bold = grid([["Helper", "Animal"], ["Jo", "Rex"]], style=[("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")])
    assert rows(pdf(bold), "a.pdf") == expected


def test_first_row_that_recurs_is_no_header() -> None:
    """Without it the first plan of a list without header would name the columns of all others."""
    table = "Meadow,PPO,In network\nHarborlight,HMO,In network\nPinecrest,EPO,Out of network\n"
    assert rows(table, "a.csv")[0] == ("Meadow", "PPO", "In network")


TWO = [["Service", "Price", ""], ["", "First", "Later"], ["Check", "$150", "$90"], ["Massage", "$60", "$50"]]
TWO_CELLS = [
    {"Service": "Check", "Price First": "$150", "Price Later": "$90"},
    {"Service": "Massage", "Price First": "$60", "Price Later": "$50"},
]


@pytest.mark.parametrize("kind", ["html", "docx", "pdf", "xlsx", "csv"])
def test_header_of_two_rows(kind: str) -> None:
    """Without it nobody could tell the price of a first visit from that of a later one."""
    match kind:
        case "html":
            data: bytes | str = (
                "<table><tr><td rowspan=2>Service<td colspan=2>Price<tr><td>First<td>Later"
                "<tr><td>Check<td>$150<td>$90<tr><td>Massage<td>$60<td>$50</table>"
            )
        case "docx":

            def build(document: Any) -> None:
                table = document.add_table(4, 3)
                for row, values in zip(table.rows, TWO, strict=True):
                    for cell, value in zip(row.cells, values, strict=True):
                        cell.text = value
                table.cell(0, 1).merge(table.cell(0, 2))
                table.cell(0, 0).merge(table.cell(1, 0))

            data = word(build)
        case "pdf":
            data = pdf(grid(TWO, style=[("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 0), (0, 1))]))
        case "xlsx":

            def fill(book: Any) -> None:
                for row in TWO:
                    book.active.append([value or None for value in row])
                book.active.merge_cells("B1:C1")
                book.active.merge_cells("A1:A2")

            data = workbook(fill)
        case _:
            data = "\n".join(",".join(row) for row in TWO)
    assert rows(data, f"a.{kind}") == TWO_CELLS


def test_table_that_lies_on_its_side() -> None:
    """Without it "Status" would be a plan, and "Meadow PPO" the name of a column."""
    table = "Plan,Meadow PPO,Harborlight HMO\nStatus,In network,Not accepted\nReferral,Not needed,Needed\n"
    assert rows(table, "a.csv") == [
        {"Plan": "Meadow PPO", "Status": "In network", "Referral": "Not needed"},
        {"Plan": "Harborlight HMO", "Status": "Not accepted", "Referral": "Needed"},
    ]


def test_label_above_the_header() -> None:
    """Without it the title of the first part of a table would be lost, and that of the second kept."""
    page = """<table><tr><th colspan=2>Medicare<tr><th>Plan<th>Status<tr><td>Meadow<td>In
    <tr><th colspan=2>Others<tr><td>Pinecrest<td>Out</table>"""
    assert [(chunk.heading, chunk.text) for chunk in chunks(page, "a.html")] == [
        (("Medicare",), "Meadow | In"),
        (("Others",), "Pinecrest | Out"),
    ]


def test_sentence_above_a_table_leads_its_rows() -> None:
    """Without it a table under "We do not take:" would read like a list of plans that are taken."""
    page = "<p>We do not take:</p><table><tr><th>Plan<th>Since<tr><td>Pinecrest<td>2031</table>"
    (row,) = chunks(page, "a.html")
    assert (row.lead, row.text) == ("We do not take:", "Pinecrest | 2031")


@pytest.mark.parametrize(
    "typed",
    [
        "Payer          Plan    Status\nMeadow         PPO     In network\nHarborlight    HMO     Out\n"
        "Tideway        EPO     Out\n",
        "| Payer | Plan | Status |\n|---|---|---|\n| Meadow | PPO | In network |\n| Harborlight | HMO | Out |\n"
        "| Tideway | EPO | Out |",
        "Payer\tPlan\tStatus\nMeadow\tPPO\tIn network\nHarborlight\tHMO\tOut\nTideway\tEPO\tOut\n",
        "+----+----+----+\n| Payer | Plan | Status |\n+====+====+====+\n| Meadow | PPO | In network |\n"
        "| Harborlight | HMO | Out |\n| Tideway | EPO | Out |\n+----+----+----+",
    ],
    ids=["spaces", "bars", "tabs", "box"],
)
def test_tables_typed_with_spaces_tabs_and_bars(typed: str) -> None:
    """Without it a payer list in a text file would be one run of words."""
    found = chunks(f"Our plans\n\n{typed}\n\nCall us to be sure.\n", "a.txt")
    assert [chunk.kind.value for chunk in found] == ["prose", "row", "row", "row", "prose"]
    assert dict(found[1].cells) == {"Payer": "Meadow", "Plan": "PPO", "Status": "In network"}
    assert found[-1].text == "Call us to be sure."


def test_prices_behind_dots_and_prose_with_wide_spaces() -> None:
    """Without it a price would be torn from its service; with too much of it, prose would become a table."""
    assert rows("First visit ..... $150\nMassage ......... $60\n", "a.txt") == [
        ("First visit", "$150"),
        ("Massage", "$60"),
    ]
    prose = "We open at eight.  Please ring.\nYou can park here.  It is free.\nBring your card.  Thank you.\n"
    assert [chunk.kind for chunk in chunks(prose, "a.txt")] == [ChunkKind.PROSE]


def test_lines_with_tabs_in_word() -> None:
    """Without it hours set with the tab key would be prose."""

    def build(document: Any) -> None:
        for line in ("Monday\t8 am - 6 pm", "Saturday\tby appointment", "Sunday\tclosed"):
            document.add_paragraph(line)

    assert rows(word(build), "a.docx") == HOURS


def test_titles_above_a_csv_header_in_another_encoding() -> None:
    """Without it the title line would be the header, and every row would have one column."""
    data = "Plans of the clinic;;\r\nUpdated in March;;\r\n\r\nPayer;Plan;Status\r\nSeñora Núñez;PPO;In\r\n".encode(
        "cp1252"
    )
    assert rows(data, "a.csv") == [{"Payer": "Señora Núñez", "Plan": "PPO", "Status": "In"}]


def test_body_lines_that_differ_by_a_number_are_no_footer() -> None:
    """Without it a rule that stands on each page with another number would be thrown away as a page number."""

    def page(number: int) -> Any:
        def draw(canvas: Any) -> None:
            canvas.drawString(72, 760, "Tideway Therapy")
            canvas.drawString(72, 690, f"Step {number} takes about {number} minutes.")
            canvas.drawString(72, 30, f"Page {number} of 3")

        return draw

    said = [line for chunk in chunks(drawn_pdf(*map(page, (1, 2, 3))), "a.pdf") for line in chunk.text.split("\n")]
    assert said == ["Tideway Therapy", *(f"Step {n} takes about {n} minutes." for n in (1, 2, 3))]


def test_furniture_of_web_pages_is_left_out_and_sections_named_like_it_are_read() -> None:
    """Without it cookie notices and menus would be quoted; with too much of it, a clinic's own section would vanish."""
    links = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("home", "team", "contact"))
    long = "We keep a menu of services for every age and each kind of pain that brings people to us. " * 5
    page = f"""<body class="home has-menu"><a class="skip-link" href="#main">Skip to content</a>
    <ul class="main-menu">{links}</ul><div id="cookieBanner">We use cookies. <button>Accept</button></div>
    <div class="breadcrumbs"><a href="/">Home</a> &gt; Visits</div>
    <div id="main"><h1>Visits</h1><p>Bring your card.</p><div class="social-share"><a>Facebook</a></div>
    <div class="menu-section"><p>{long}</p></div></div>
    <div role="complementary">Related posts</div><aside><a href="/a">Read our story</a></aside>
    <div class="site-footer">Tideway 2031</div></body>"""
    assert [chunk.text for chunk in chunks(page, "a.html")] == [f"Bring your card.\n{long.strip()}"]
