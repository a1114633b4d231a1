"""The papers of an invented clinic, cut as the ingestion cuts them, for the tests of answering."""

from datetime import date

from knowledge.types import Chunk, ChunkKind, Passage

FROM = date(2026, 2, 1)


def passage(chunk: Chunk, document: str = "Patient guide", score: float = 0.5, dense: float = 0.0) -> Passage:
    return Passage(chunk, "doc_1", document, FROM, score, dense)


def prose(text: str, *heading: str) -> Passage:
    return passage(Chunk(1, ChunkKind.PROSE, text, heading, page=3))


def faq(question: str, answer: str, *heading: str) -> Passage:
    return passage(Chunk(2, ChunkKind.QUESTION, answer, heading or ("Questions",), lead=question))


def listed(lead: str, *items: str, heading: tuple[str, ...] = ("Office rules",)) -> Passage:
    return passage(Chunk(3, ChunkKind.LIST, "\n".join(items), heading, lead=lead))


def row(*cells: tuple[str, str], heading: tuple[str, ...] = ("Insurance plans",)) -> Passage:
    return passage(Chunk(4, ChunkKind.ROW, " | ".join(value for _, value in cells), heading, page=1, cells=cells))


def payer(name: str, plan: str, status: str, referral: str = "No") -> Passage:
    return row(("Payer", name), ("Plan", plan), ("Status", status), ("Referral needed", referral))


PAYERS = (
    payer("Cigna", "Open Access Plus", "In network"),
    payer("Cigna", "HMO", "Not accepted", "Yes"),
    payer("Aetna", "All plans", "In network"),
    payer("Blue Cross Blue Shield", "PPO", "In network"),
    payer("Medicaid", "All plans", "Secondary only", "Yes"),
)

FAQS = (
    faq(
        "What should I bring to my first visit?",
        "Please bring a photo ID, your insurance card and a list of your drugs.",
    ),
    faq(
        "Do I need a referral?",
        "No. State law lets you start without one. Some plans still ask for a referral before they pay.",
    ),
    faq("How long does a visit take?", "The first visit takes 60 minutes. Later visits take 40 minutes."),
    faq("Is there parking?", "Yes, the lot behind the building is free for patients."),
    faq("Do you treat children?", "We see patients from age 8 on. A parent must stay in the building."),
    faq("What should I wear?", "Wear loose clothes and sneakers."),
    faq("How soon can a new patient be seen?", "New patients are usually seen within 4 business days."),
)

RULES = (
    listed(
        "We charge a fee for:",
        "Missed visits: $45",
        "Visits cancelled less than 24 hours ahead: $30",
        "Returned checks: $25",
    ),
    listed("We do not treat:", "Wounds", "Lymphedema", "Patients under 8 years of age"),
    listed("", "Mon - Thu: 7:30 AM - 6 PM", "Fri: 8 AM - 3 PM", "Sat - Sun: Closed", heading=("Contact", "Hours")),
    listed(
        "",
        "Phone: (503) 555-0142",
        "Fax: (503) 555-0143",
        "Address: 210 Alder Street, Suite 4, Millbrook, OR 97000",
        "E-mail: hello@millbrookpt.example",
        heading=("Contact",),
    ),
)

PROSE = (
    prose(
        "Our pool is heated to 91 degrees. Aquatic sessions are held on Tuesday and Friday. "
        "However, patients with open wounds may not enter the water.",
        "Services",
        "Aquatic therapy",
    ),
    prose(
        "Dr. Nora Whitfield, PT, DPT, leads the vestibular program. "
        "She has treated vertigo since 2009 and speaks French.",
        "Our team",
    ),
    prose("We will send your plan of care to your doctor within 10 days of the evaluation.", "Plans of care"),
)

ALL = (*PAYERS, *FAQS, *RULES, *PROSE)
