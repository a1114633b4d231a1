"""Many clinics write their hours, numbers and address into the foot of each page and nowhere else."""

import pytest

from ingestion.pipeline import ingest
from knowledge.types import Chunk


def chunks(around: str) -> list[Chunk]:
    page = f"<body><main><h1>Visits</h1><p>Bring your card.</p></main>{around}</body>"
    content, *rest = ingest(page.encode(), "page.html").chunks
    assert (content.heading, content.text) == (("Visits",), "Bring your card.")
    return rest


@pytest.mark.parametrize(
    "foot",
    [
        "<footer><p>{}</p></footer>",
        '<div class="site-footer"><p>{}</p></div>',
        '<div role="contentinfo">{}</div>',
        "<header><nav><a href='/'>Home</a></nav><p>{}</p></header>",
        "<aside><p>{}</p></aside>",
    ],
)
@pytest.mark.parametrize(
    "told",
    [
        "Fax (541) 555-0118.",
        "Write to desk@tideway.example.",
        "We open at 7:30 a.m. on weekdays.",
        "Mon - Fri: 8-6",
        "We're closed Sundays and the first week of July.",
        "42 Landing Street, Ferrin",
        "Ferrin, OR 97000",
        "Cerrado los domingos.",
    ],
)
def test_how_when_and_where_the_clinic_is_reached_is_read(foot: str, told: str) -> None:
    [only] = chunks(foot.format(told))
    assert (only.text, only.heading) == (told, ())


@pytest.mark.parametrize(
    "foot",
    [
        "<p>&copy; 2026 Tideway Therapy, LLC. All rights reserved.</p>",
        "<p>Moving Tideway since 1998.</p>",
        "<ul><li><a href='/team'>Our team</a></li><li><a href='/hours'>Hours</a></li></ul>",
        "<nav><a href='/'>Home</a> Open Monday 8 a.m.</nav>",
        "<p>Privacy policy: privacy@tideway.example</p>",
        "<p>Site by Webworks, 541-555-0100</p>",
        "<form><p>Mon - Fri: 8-6</p></form>",
    ],
)
def test_the_rest_of_a_foot_is_left_out(foot: str) -> None:
    """Without it slogans and the address of who made the page would be quoted to patients."""
    assert chunks(f"<footer>{foot}</footer>") == []


def test_only_the_sentences_that_tell_nothing_are_taken_from_a_paragraph() -> None:
    [only] = chunks("<footer><p>© Tideway LLC. Billing: 541-555-0139, 9 a.m. to 4 p.m. Ask for Bo.</p></footer>")
    assert only.text == "Billing: 541-555-0139, 9 a.m. to 4 p.m. Ask for Bo."


def test_each_part_of_a_foot_stands_under_its_own_heading() -> None:
    foot = """<footer><h4>Quick links</h4><ul><li>Team</li></ul><h3>Hours</h3><ul><li>Mon-Fri 8-6</li><li>Walk in</li>
    <li>Sat: closed</li></ul><h4>Visit us</h4><address>42 Landing Street<br>Ferrin, OR 97000</address></footer>"""
    hours, address = chunks(foot)
    assert (hours.heading, hours.text) == (("Hours",), "Mon-Fri 8-6\nSat: closed")
    assert (address.heading, address.text) == (("Visit us",), "42 Landing Street\nFerrin, OR 97000")


def test_a_foot_is_read_where_a_page_names_no_main_part() -> None:
    """And only once."""
    page = "<body><h1>Visits</h1><p>Bring your card.</p><footer><p>Fax 541-555-0118</p></footer></body>"
    assert [(c.heading, c.text) for c in ingest(page.encode(), "page.html").chunks] == [
        (("Visits",), "Bring your card."),
        ((), "Fax 541-555-0118"),
    ]


def test_the_table_of_hours_in_a_foot_is_read() -> None:
    rows = chunks(
        "<footer><table><tr><td>Monday</td><td>8-6</td></tr><tr><td>Friday</td><td>8-1</td></tr></table></footer>"
    )
    assert any("Friday" in row.searchable() and "8-1" in row.searchable() for row in rows)
