"""Papers of the invented Willow clinic, made when a test needs them."""

from pathlib import Path

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

FAQ = """# Willow Physical Therapy: questions we hear a lot

## When can I get in for a first visit?

Most new patients are seen within 4 business days of our call.

## Where do I park?

Park in the garage on Alder Street. Bring your ticket and we stamp it for two free hours.

## What should I bring to the first visit?

Bring a photo ID, your insurance card and the referral from your doctor, if you have one.
"""

PAYERS = [
    ["Payer", "Plan", "Status", "Referral needed"],
    ["Cigna", "Open Access Plus", "In network", "No"],
    ["Aetna", "HMO", "In network", "Yes"],
    ["Humana", "All plans", "Not accepted", "-"],
]


def faq(folder: Path, text: str = FAQ) -> Path:
    """Questions and answers as Markdown."""
    path = folder / "faq.md"
    path.write_text(text, encoding="utf-8")
    return path


def payers(folder: Path) -> Path:
    """A payer list as PDF with a ruled table."""
    path = folder / "payers.pdf"
    table = Table(PAYERS)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black")]))
    title = Paragraph("Insurance plans we take", getSampleStyleSheet()["Heading1"])
    SimpleDocTemplate(str(path), pagesize=letter, invariant=1).build([title, table])
    return path
