"""Papers of an invented clinic, as many as are wanted, always the same: PDF and Markdown, prose and tables."""

from pathlib import Path

from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

THINGS = (
    "aquatic therapy",
    "balance class",
    "dry needling",
    "gait training",
    "hand therapy",
    "pelvic health",
    "running analysis",
    "shoulder group",
    "vestibular rehab",
    "work conditioning",
    "home visit",
    "video visit",
)
RULES = (
    "The first {0} takes {1} minutes, and each later one takes {2} minutes.",
    "Bring a photo ID, loose clothes and your insurance card to the {0}.",
    "To cancel a {0}, call us {3} hours ahead; after that we charge {1} dollars.",
    "A {0} needs an order from your doctor that is less than {3} days old.",
    "Between two visits of {0} we leave at least {4} days, so that the tissue can rest.",
    "Children under {4} years may come to the {0} when a parent stays in the room.",
)
WHERE = ("Alder Street", "Birch Lane", "Cedar Court", "Dogwood Drive")
SECTIONS = 16


def make(folder: Path, papers: int) -> list[Path]:
    """`papers` files, every second one a PDF; each has SECTIONS sections and a price table."""
    folder.mkdir(parents=True, exist_ok=True)
    return [(_pdf if number % 2 else _markdown)(folder, number) for number in range(papers)]


def questions() -> list[str]:
    """Questions that the papers answer."""
    forms = ("How long does the first {} take?", "What should I bring to the {}?", "How do I cancel a {}?")
    return [form.format(thing) for form in forms for thing in THINGS]


def _sections(number: int) -> list[tuple[str, list[str]]]:
    sections = []
    for place in range(SECTIONS):
        thing, where = THINGS[(number + place) % len(THINGS)], WHERE[(number * 3 + place) % len(WHERE)]
        figures = (30 + (number * 7 + place * 5) % 60, 20 + (number + place * 3) % 40, 12 + place % 60, 3 + place % 9)
        sentences = [rule.format(thing, *figures) for rule in RULES]
        sections.append((f"{thing.capitalize()} on {where}, part {place + 1}", sentences))
    return sections


def _prices(number: int) -> list[list[str]]:
    rows = [[thing.capitalize(), str(40 + 3 * place + number), "Yes"] for place, thing in enumerate(THINGS)]
    return [["Service", "Dollars", "Referral needed"], *rows]


def _markdown(folder: Path, number: int) -> Path:
    head, *rows = ("| " + " | ".join(row) + " |" for row in _prices(number))
    table = "\n".join([head, "|---|---|---|", *rows])
    parts = [f"## {title}\n\n{' '.join(sentences)}" for title, sentences in _sections(number)]
    path = folder / f"paper-{number}.md"
    path.write_text("\n\n".join([f"# House rules {number}", *parts, "## Prices", table]) + "\n", encoding="utf-8")
    return path


def _pdf(folder: Path, number: int) -> Path:
    styles = getSampleStyleSheet()
    story = [Paragraph(f"House rules {number}", styles["Title"])]
    for title, sentences in _sections(number):
        story += [Paragraph(title, styles["Heading2"]), Paragraph(" ".join(sentences), styles["BodyText"])]
    story += [Spacer(1, 12), Table(_prices(number), style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])]
    path = folder / f"paper-{number}.pdf"
    SimpleDocTemplate(str(path), invariant=1).build(story)
    return path
