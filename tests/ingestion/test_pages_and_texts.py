"""HTML, Markdown and plain text: three ways to write the same things."""

import pytest

from ingestion.pipeline import ingest
from ingestion.types import Unreadable
from knowledge.types import Chunk, ChunkKind


def chunks(words: str, name: str = "page.html") -> tuple[Chunk, ...]:
    return ingest(words.encode(), name).chunks


def pairs(words: str, name: str = "page.html") -> list[tuple[str, str]]:
    return [(chunk.lead, chunk.text) for chunk in chunks(words, name) if chunk.kind is ChunkKind.QUESTION]


def test_page_furniture_is_left_out() -> None:
    """Without it scripts and menus would be quoted to patients."""
    page = """<html><head><title>Tideway</title><style>p{}</style></head><body><nav>Home <a>Team</a></nav>
    <h1>Hours</h1><p>We open at <b>eight</b>, every weekday.<script>track()</script></p><!-- note -->
    <footer>Imprint</footer></body></html>"""
    (only,) = chunks(page)
    assert (only.text, only.heading) == ("We open at eight, every weekday.", ("Hours",))
    assert ingest(page.encode(), "page.html").title == "Hours"


@pytest.mark.parametrize(
    "page",
    [
        "<h2>Do you see children?</h2><p>Yes, from six.</p><h2>Can I park?</h2><p>Yes, it is free.</p>",
        "<p><b>Do you see children?</b></p><p>Yes, from six.</p><p><strong>Can I park?</strong><p>Yes, it is free.</p>",
        "<p><b>Do you see children?</b><br>Yes, from six.</p><p><b>Can I park?</b><br>Yes, it is free.</p>",
        "<p>Do you see children?</p><p>Yes, from six.</p><p>Can I park?</p><p>Yes, it is free.</p>",
        "<details><summary>Do you see children?</summary>Yes, from six.</details>"
        "<details><summary>Can I park?</summary><p>Yes, it is free.</p></details>",
        "<dl><dt>Do you see children?</dt><dd>Yes, from six.</dd><dt>Can I park?</dt><dd>Yes, it is free.</dd></dl>",
        "<button aria-expanded=false>Do you see children?</button><div hidden>Yes, from six.</div>"
        "<button>Can I park?</button><div>Yes, it is free.</div>",
        "<p>Q: Do you see children?</p><p>A: Yes, from six.</p><p>Q: Can I park?</p><p>A: Yes, it is free.</p>",
        "<p>Q: Do you see children?<br>A: Yes, from six.</p><p>Q: Can I park? A: Yes, it is free.</p>",
    ],
)
def test_questions_however_they_are_marked(page: str) -> None:
    """Without it answers would be cut from their questions on most clinics' pages."""
    assert pairs(page) == [("Do you see children?", "Yes, from six."), ("Can I park?", "Yes, it is free.")]


@pytest.mark.parametrize(
    "words",
    [
        "Do you see children?\nYes, from six.\n\nCan I park?\nYes, it is free.\n",
        "Q: Do you see children?\nA: Yes, from six.\nQ: Can I park?\nA: Yes, it is free.\n",
        "Q. Do you see children?\r\nA. Yes, from six.\r\n\r\nQ. Can I park?\r\nA. Yes, it is free.\r\n",
        "**Do you see children?**\n\nYes, from six.\n\n**Can I park?**\n\nYes, it is free.\n",
        "## Do you see children?\nYes, from six.\n## Can I park?\nYes, it is free.\n",
    ],
)
@pytest.mark.parametrize("name", ["faq.txt", "faq.md"])
def test_questions_in_text_files(words: str, name: str) -> None:
    """Without it an FAQ typed by hand would be prose."""
    if name.endswith(".txt") and words.startswith(("#", "*")):
        pytest.skip("Markdown only")
    assert pairs(words, name) == [("Do you see children?", "Yes, from six."), ("Can I park?", "Yes, it is free.")]


def test_what_follows_an_accordion_is_no_part_of_its_last_answer() -> None:
    """Without it the address under an FAQ would be quoted as the answer to its last question."""
    page = "<h1>FAQ</h1><details><summary>Can I park?</summary>Yes.</details><p>Find us at 12 Quay Street.</p>"
    answer, address = chunks(page)
    assert (answer.text, address.kind, address.heading) == ("Yes.", ChunkKind.PROSE, ("FAQ",))


def test_questions_to_the_reader_are_no_faq() -> None:
    """Without it a leaflet's "Are you in pain?" would get the next paragraph as its answer."""
    page = "<p>Does your knee hurt?</p><p>Do you sleep badly?</p><p>We can help with both of these.</p>"
    assert not pairs(page)


def test_list_keeps_its_lead_in() -> None:
    """Without it "Pinecrest HMO" could be quoted without "We do not accept"."""
    page = "# Plans\n\nWe accept:\n\n- Harborlight\n  - PPO only\n- Meadow\n\nWe do not accept:\n\n1. Pinecrest HMO\n"
    only, yes, no = chunks(page, "plans.md")
    assert (only.lead, only.text) == ("We accept:\nHarborlight", "PPO only")
    assert (yes.lead, yes.text) == ("We accept:", "Meadow")
    assert (no.lead, no.text, no.heading) == ("We do not accept:", "Pinecrest HMO", ("Plans",))


def test_long_list_repeats_its_lead_in() -> None:
    """Without it the end of a long list would stand without the sentence that gives it a meaning."""
    page = "We do not accept these plans:\n\n" + "\n".join(f"- Plan number {n} of the Meadow group" for n in range(80))
    found = chunks(page, "plans.md")
    assert len(found) > 2
    assert {chunk.lead for chunk in found} == {"We do not accept these plans:"}
    assert "\n".join(chunk.text for chunk in found).count("Plan number") == 80


def test_long_lead_in_stays_prose_too() -> None:
    """Without it a statement before a list could not be quoted by itself."""
    lead = "You can come without a referral, because the law of this state lets you see us first."
    prose, listed = chunks(f"{lead}\n\n- Phone 555-0101\n- Fax 555-0102\n", "a.md")
    assert (prose.kind, prose.text, listed.lead) == (ChunkKind.PROSE, lead, lead)


def test_html_table_with_spans_and_labels() -> None:
    """Without it a plan would lose its payer, and a label across the table would be a payer."""
    page = """<table><caption>Payers 2031</caption><thead><tr><th>Payer<th>Plan<th>Status</thead>
    <tr><td colspan=3>Commercial<tr><td rowspan=2>Harborlight<td>PPO<td>In<tr><td>HMO<td>Out</table>"""
    caption, *rows = chunks(page)
    assert caption.text == "Payers 2031"
    assert [row.cells for row in rows] == [
        (("Payer", "Harborlight"), ("Plan", "PPO"), ("Status", "In")),
        (("Payer", "Harborlight"), ("Plan", "HMO"), ("Status", "Out")),
    ]
    assert {row.heading for row in rows} == {("Commercial",)}


def test_layout_table_is_text() -> None:
    """Without it a page laid out with tables would be one row of cells."""
    page = "<table><tr><td><h2>Hours</h2><p>Eight to six.</p></td><td><h2>Phone</h2><p>555-0101</p></td></tr></table>"
    assert [(chunk.heading, chunk.text) for chunk in chunks(page)] == [
        (("Hours",), "Eight to six."),
        (("Phone",), "555-0101"),
    ]


def test_short_definitions_are_rows_without_header() -> None:
    """Without it "Monday" and its hours would be torn apart."""
    (monday, _) = chunks("<h1>Hours</h1><dl><dt>Monday</dt><dd>8 to 6</dd><dt>Sunday</dt><dd>closed</dd></dl>")
    assert (monday.kind, monday.text, monday.cells) == (
        ChunkKind.ROW,
        "Monday | 8 to 6",
        (("", "Monday"), ("", "8 to 6")),
    )


def test_markdown_table() -> None:
    """Without it a Markdown payer list would be prose full of bars."""
    (row,) = chunks("| Payer | Status |\n|---|---|\n| Meadow | in network |\n", "a.md")
    assert row.cells == (("Payer", "Meadow"), ("Status", "in network"))


def test_bold_line_is_a_heading_and_bold_words_are_not() -> None:
    """Without it sections with typed headings would run into each other."""
    page = "**Late arrival**\n\nCall us.\n\n**Never** leave children alone.\n\n**Parking**\n\nBehind the house.\n"
    assert [(chunk.heading, chunk.text) for chunk in chunks(page, "a.md")] == [
        (("Late arrival",), "Call us.\nNever leave children alone."),
        (("Parking",), "Behind the house."),
    ]


def test_plain_text_structure() -> None:
    """Without it wrapped lines of an old text file would be cut in mid-sentence and its list lost."""
    words = (
        "Your first visit\n================\n\nPlease come ten minutes before your time, so that we can\n"
        "take a copy of your insurance card.\n\nBring:\n * your card\n * shoes you can walk in, and a\n   towel\n\n"
        "Tideway Therapy\n12 Quay Street\n"
    )
    visit, things, address = chunks(words, "a.txt")
    assert visit.heading == ("Your first visit",)
    assert visit.text.endswith("so that we can take a copy of your insurance card.")
    assert (things.lead, things.text) == ("Bring:", "your card\nshoes you can walk in, and a towel")
    assert address.text == "Tideway Therapy\n12 Quay Street"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    """Without it names with accents would be garbled."""
    assert ingest("Señora Núñez – lunes".encode(encoding), "a.txt").chunks[0].text == "Señora Núñez – lunes"


def test_invisible_characters_are_removed() -> None:
    """Without it hidden text directions and zero-width letters could disguise what a paper says."""
    assert chunks("We\u200b ac\u00adcept\u202e Mea\x07dow\u00a0PPO, oﬃce \ue000hours.", "a.txt")[0].text == (
        "We accept Meadow PPO, office hours."
    )


def test_paper_without_words() -> None:
    """Without it an empty page would be accepted as a paper that answers nothing."""
    with pytest.raises(Unreadable, match="has no text"):
        ingest(b"<html><body><img src=a.png></body></html>", "page.html")


def test_deeply_nested_page_does_not_crash() -> None:
    """Without it a broken page could end the parser."""
    assert "deep" in chunks("<div>" * 5000 + "deep" + "</div>" * 5000)[0].text
