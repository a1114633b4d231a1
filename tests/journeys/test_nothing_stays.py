"""What a clinic took back or replaced is never said again, however it is asked; what does not hold yet, or no more, is
not said either. A real server, over restarts and a rebuilt index."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.server import Server, Visitor, serving

pytestmark = pytest.mark.timeout(400)  # a hundred turns and two starts

PLANS = """Payer,Plan,Status,Referral needed,Visit limit
Cigna,Open Access Plus,In network,No,{limit} visits per calendar year
Aetna,HMO,In network,Yes,60 visits per calendar year
"""
FAQ = """# Willow: questions we hear a lot

## What does a missed visit cost?

If you miss a visit without notice, there is a {fee} fee.

## Where do I park?

Park in the garage on {street}. We stamp your ticket.

## Do you take Zephyr Health?

Yes, we take Zephyr Health for the Birchwood office.
"""
PRICES = """Service,Self-pay price,Duration
First visit,{price},60 min
Follow-up visit,$91,40 min
"""
OLD = {"limit": "37", "fee": "$43", "street": "Alder Street", "price": "$187"}
NEW = {"limit": "22", "fee": "$58", "street": "Birch Avenue", "price": "$212"}
QUESTIONS = [
    "Do you take Cigna?",
    "Do you take Cigna Open Access Plus?",
    "i have cigna open acces plus is that ok",
    "do u accpet sigcna",
    "And how many visits does it pay for?",
    "How many visits does Cigna Open Access Plus cover?",
    "Are you in network with Cigna OAP? And does it need a referral?",
    "Do you take Zephyr Health?",
    "¿Aceptan Cigna?",
    "¿Cuántas visitas cubre Cigna Open Access Plus?",
    "¿Toman el seguro Zephyr Health?",
    "What does a missed visit cost?",
    "is there a fee if i dont show up",
    "what hapens if I mis a visit",
    "¿Cuánto cuesta faltar a una cita?",
    "Where do I park?",
    "parking??",
    "¿Dónde puedo estacionar?",
    "How much is the first visit without insurance?",
    "what do you charge self pay for a first vist",
    "¿Cuánto cuesta la primera visita sin seguro?",
    "What is on your price list?",
]
TOLD = [*OLD.values(), "187", "Zephyr Health for the Birchwood", "Open Access Plus | In network"]


def write(folder: Path, facts: dict[str, str]) -> Path:
    """The three papers with these facts."""
    folder.mkdir(exist_ok=True)
    for name, text in {"plans.csv": PLANS, "faq.md": FAQ, "prices.csv": PRICES}.items():
        filled = text
        for key, value in facts.items():
            filled = filled.replace(f"{{{key}}}", value)
        (folder / name).write_text(filled, encoding="utf-8")
    return folder


def ask_all(server: Server, site_key: str) -> tuple[str, list[dict]]:
    """Everything that the desk says to all questions, in two talks, as text and as answers."""
    said, answers = [], []
    for questions in (QUESTIONS[:11], QUESTIONS[11:]):
        visitor = Visitor(server, site_key)
        for question in questions:
            done = visitor.say(question)
            said.append(json.dumps({"reply": done["reply"], "citations": [a["citations"] for a in done["answers"]]}))
            answers += done["answers"]
    return "\n".join(said), answers


def told(said: str, facts: list[str]) -> list[str]:
    """Which of the facts were said."""
    return [fact for fact in facts if fact in said]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, ready=True) as made:
        yield made


def test_a_deleted_fact_is_never_said_again(server: Server, tmp_path: Path) -> None:
    """A clinic that takes a price back would be held to it by a patient who was told it."""
    site_key = server.clinic(languages="en,es")
    papers = write(tmp_path / "papers", OLD)
    found = server.facts("ingest", "--clinic", site_key, str(papers), "--publish")["files"]
    assert {file["file"]: file["payer_rows_waiting"] for file in found} == dict.fromkeys(
        ["faq.md", "plans.csv", "prices.csv"], 0
    )
    assert sum(file["payer_rows"] for file in found) >= 2
    said, answers = ask_all(server, site_key)
    assert told(said, ["37", "$43", "Alder Street", "$187"]) == ["37", "$43", "Alder Street", "$187"], "said before"
    assert "payer" in {answer["kind"] for answer in answers}
    receipts = server.facts("purge", "--clinic", site_key, "--all")["purged"]
    assert {one["document"]: (one["chunks"] > 0, one["files"]) for one in receipts} == {
        "faq.md": (True, 1),
        "plans.csv": (True, 1),
        "prices.csv": (True, 1),
    }
    assert all(one["vectors"] + one["vectors_pending"] == one["chunks"] for one in receipts)
    assert sum(one["payer_rows"] for one in receipts) >= 2
    said, answers = ask_all(server, site_key)
    assert told(said, TOLD) == []
    assert not [answer for answer in answers if answer["citations"]]
    server.kill()
    server.start(ready=True)
    assert told(ask_all(server, site_key)[0], TOLD) == []
    rebuilt = server.facts("doctor", "--rebuild")
    assert rebuilt["ok"], rebuilt
    assert told(ask_all(server, site_key)[0], TOLD) == []
    assert not [path for path in (server.data / "uploads").rglob("*") if path.is_file()]
    assert server.stop() == 0
    kept = [path for path in server.data.rglob("*") if path.is_file() and path.name != "demo.json"]
    words = [b"Alder Street", b"Zephyr Health", b"Birchwood", b"Open Access Plus"]
    assert [(path.name, word) for path in kept for word in words if word in path.read_bytes()] == []


def test_a_replaced_fact_gives_way_to_the_new_one(server: Server, tmp_path: Path) -> None:
    """Two prices side by side, or the old one in a corner of the index, would be told by chance."""
    site_key = server.clinic(languages="en,es")
    server.facts("ingest", "--clinic", site_key, str(write(tmp_path / "papers", OLD)), "--publish")
    assert "Alder Street" in ask_all(server, site_key)[0]
    found = server.facts("ingest", "--clinic", site_key, str(write(tmp_path / "papers", NEW)))["files"]
    assert {file["file"]: file["payer_rows_waiting"] for file in found}["plans.csv"] == 1, "Aetna's row is unchanged"
    old = [fact for fact in TOLD if not fact.startswith(("Zephyr", "Open Access"))]
    said, _ = ask_all(server, site_key)
    assert told(said, old) == []
    assert told(said, ["$58", "Birch Avenue", "$212"]) == ["$58", "Birch Avenue", "$212"]
    server.facts("ingest", "--clinic", site_key, str(tmp_path / "papers"), "--publish")
    server.kill()
    server.start(ready=True)
    assert server.facts("doctor", "--rebuild")["ok"]
    said, _ = ask_all(server, site_key)
    assert told(said, old) == []
    assert told(said, list(NEW.values())) == list(NEW.values())


def test_what_does_not_hold_today_is_not_said(tmp_path: Path) -> None:
    """Next year's contract would be promised today, or last year's for ever. The server's clock is moved by days."""
    today = datetime.now(UTC).date()
    later, ended = today + timedelta(days=30), today + timedelta(days=60)
    plans = (
        "Payer,Plan,Status,Effective from,Effective to\n"
        f"Cigna,Open Access Plus,In network,{us(later)},{us(ended)}\n"
        f"Aetna,HMO,In network,,{us(later)}\n"
    )
    pool = (
        f"# The warm-water pool\n\nValid from {us(later)} through {us(ended)}\n\n"
        "## When is the pool open?\n\nThe pool is open on Tuesdays from 7:15 to 9 a.m.\n"
    )
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "plans.csv").write_text(plans)
    (papers / "pool.md").write_text(pool)
    site_key = ""
    for days, cigna, aetna, swims in ((0, False, True, False), (45, True, False, True), (90, False, False, False)):
        with serving(tmp_path, ready=True, ENV="test", CLOCK_OFFSET_S=days * 86_400) as server:
            site_key = site_key or server.clinic()
            if not days:
                server.facts("ingest", "--clinic", site_key, str(papers), "--publish")
            said = {name: status(server, site_key, name) for name in ("Cigna Open Access Plus", "Aetna HMO")}
            assert said == {
                "Cigna Open Access Plus": "in_network" if cigna else "not_listed",
                "Aetna HMO": "in_network" if aetna else "not_listed",
            }, f"{days} days from now"
            when = server.facts("ask", "--clinic", site_key, "When is the pool open?")
            assert ("7:15" in json.dumps(when)) is swims, f"{days} days from now"


def status(server: Server, site_key: str, plan: str) -> str:
    """How the desk says that the clinic stands to the plan."""
    answer = server.facts("ask", "--clinic", site_key, f"Do you take {plan}?")
    return str(answer["payer"]["status"]) if answer["payer"] else "not_listed"


def us(day: date) -> str:
    """As American papers write days."""
    return f"{day:%m/%d/%Y}"
