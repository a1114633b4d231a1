"""Payer questions made from what a clinic's list is known to say: every payer and plan in other words, with typos, in
two languages, inside stories. Measures how many get the row's status, and above all how many a false "in network"."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from app.answering.base import Answer, AnswerKind
from app.clock import new_id
from app.control.commands import run
from app.store.queries.clinics import clinic_of_site
from app.store.queries.payers import live_payer_rows
from app.store.tables import Document, DocumentVersion, PayerListRow
from app.usecases.answer_question import answer_question
from scripts.evals.asking import Asker

COLUMNS = (
    "payer questions",
    "rows from",
    "questions",
    "right",
    "share",
    "false in network",
    "wrong status",
    "asked back",
    "other",
)
CLARIFY = "clarify"
WRAPPERS = (
    "Do you take {}?",
    "do you accept {}",
    "Is {} in network with you?",
    "are you in network with {}?",
    "I have {}. Will you take it?",
    "My card says {}, is that accepted?",
    "hi there, quick question, do u guys take {} thanks",
    "what about {}?",
    "Can I use {} at your clinic?",
    "Would {} be accepted at your office?",
    "we have {} through my husband's job, can we come to you?",
    "do you work with {}",
    "I hurt my shoulder last month and my doctor wants me to start therapy. I have {}, do you take that? Any Tuesday.",
    "My daughter sprained her ankle at soccer practice; we are covered by {}. Are you in network?",
    "¿Aceptan {}?",
    "¿Tienen convenio con {}?",
    "Hola, tengo {}, ¿lo aceptan ustedes?",
    "¿Trabajan con {}?",
    "buenas tardes, mi seguro es {}, ¿puedo ir con ustedes?",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and the status that is right; CLARIFY where only asking back is."""

    text: str
    wanted: str
    how: str


@dataclass(frozen=True, slots=True)
class PayerSet:
    """A clinic's papers and what its payer list is known to say."""

    name: str
    papers: tuple[Path, ...]
    truth: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one question."""

    asked: Asked
    answer: Answer

    @property
    def got(self) -> str:
        if self.answer.kind is AnswerKind.PAYER and self.answer.payer:
            return self.answer.payer.status.value
        return "not_listed" if self.answer.kind is AnswerKind.REFUSAL else self.answer.kind.value

    @property
    def right(self) -> bool:
        return self.got == self.asked.wanted

    @property
    def false_yes(self) -> bool:
        return self.got == "in_network" and self.asked.wanted != "in_network"


def payer_sets(folder: Path) -> list[PayerSet]:
    """Every clinic in `folder` that has a truth file beside its papers."""
    return [
        PayerSet(
            path.parent.name, tuple(sorted((path.parent / "papers").iterdir())), yaml.safe_load(path.read_text("utf-8"))
        )
        for path in sorted(folder.glob("*/payers.yaml"))
    ]


def questions(one: PayerSet) -> list[Asked]:
    """The questions, the same in every run."""
    chance = random.Random(one.name)
    names = yaml.safe_load((Path(__file__).with_name("payer_names.yaml")).read_text("utf-8"))
    made: list[Asked] = []
    for payer, plan, location, wanted in _subjects(one.truth):
        for how in ("plain", "alias", "typo"):
            name = _named(payer, plan, how, names, chance)
            if how == "typo":
                name = _mistyped(name, chance)
            if location:
                name += f" at {location}" if chance.random() < 0.5 else f" at the {location} location"
            made.append(Asked(chance.choice(WRAPPERS).format(_case(name, chance)), wanted, how))
    return made


def _subjects(truth: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None, str]]:
    """(payer, plan, location, right status) of everything that may be asked."""
    rows = truth["payers"]
    for row in rows:
        yield row["payer"], row["plan"], row.get("location"), row["status"]
    for payer in dict.fromkeys(row["payer"] for row in rows):
        mine = [row for row in rows if row["payer"] == payer]
        if any(row["plan"] for row in mine) or len(mine) > 1:
            yield payer, None, None, _of(mine)
    placed = dict.fromkeys((row["payer"], row["plan"]) for row in rows if row.get("location") and row["plan"])
    for payer, plan in placed:
        yield payer, plan, None, _of([row for row in rows if (row["payer"], row["plan"]) == (payer, plan)])
    for row in truth["not_listed"]:
        yield row["payer"], row["plan"], None, "not_listed"


def _of(rows: Sequence[dict[str, Any]]) -> str:
    statuses = {row["status"] for row in rows}
    return statuses.pop() if len(statuses) == 1 else CLARIFY


def _named(payer: str, plan: str | None, how: str, names: dict[str, Any], chance: random.Random) -> str:
    if how == "alias":
        payer = chance.choice(names["payers"].get(payer, [payer]))
        plan = chance.choice(names["plans"].get(plan, [plan]))
    if not plan:
        return payer
    return f"{payer} {plan}" if chance.random() < 0.85 else f"{plan} from {payer}"


def _mistyped(name: str, chance: random.Random) -> str:
    """One slip in a word of five letters or more: a letter left out, doubled, or swapped with the next."""
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return name
    at = chance.choice(long)
    word, place = words[at], chance.randrange(1, len(words[at]) - 2)
    slips: dict[Literal[0, 1, 2], str] = {
        0: word[:place] + word[place + 1 :],
        1: word[:place] + word[place] + word[place:],
        2: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    }
    return " ".join([*words[:at], slips[chance.choice((0, 1, 2))], *words[at + 1 :]])


def _case(name: str, chance: random.Random) -> str:
    return chance.choice((name, name, name.lower(), name.upper()))


def measure(asker: Asker, one: PayerSet, rows_from: str) -> list[Found]:
    """Asks every question of a clinic whose rows come from its `papers`, or from the `truth` itself."""
    clinic = clinic_of_site(asker.desk.database, _clinic(asker, one, rows_from))
    if rows_from == "papers" and not live_payer_rows(asker.desk.database, clinic.id, _today(asker)):
        raise SystemExit(f"the papers of {one.name} gave no payer rows; `--rows truth` measures the look-up alone")
    return [Found(asked, answer_question(asker.desk, clinic, asked.text, "en")) for asked in questions(one)]


def _today(asker: Asker) -> date:
    return asker.desk.clock().date()


def _clinic(asker: Asker, one: PayerSet, rows_from: str) -> str:
    values: dict[str, Any] = {"name": f"{one.name} payers", "phone": "555-0100", "timezone": "America/New_York"}
    values |= {"coordinator_email": "desk@clinic.example", "languages": ["en", "es"]}
    key = str(run(asker.desk, "clinic_create", values, lambda _: None)["site_key"])
    if rows_from == "papers":
        arguments = {"clinic": key, "paths": [str(path) for path in one.papers], "publish": True}
        run(asker.desk, "ingest", arguments, lambda _: None)
    else:
        _insert(asker, clinic_of_site(asker.desk.database, key).id, one.truth["payers"])
    return key


def _insert(asker: Asker, clinic_id: str, truth: Sequence[dict[str, Any]]) -> None:
    now = asker.desk.clock()

    def work(session: Any) -> None:
        document = Document(id=new_id("doc"), clinic_id=clinic_id, name="truth.yaml", created_at=now)
        session.add(document)
        session.flush()
        version = DocumentVersion(
            id=new_id("ver"),
            clinic_id=clinic_id,
            document_id=document.id,
            status="ready",
            live=True,
            sha256="0",
            size_bytes=0,
            created_at=now,
        )
        session.add(version)
        session.flush()
        for number, row in enumerate(truth):
            begins = date.fromisoformat(row["from"]) if row.get("from") else None
            quote = " | ".join(str(row[key]) for key in ("payer", "plan", "location", "status") if row.get(key))
            session.add(
                PayerListRow(
                    id=new_id("payer"),
                    clinic_id=clinic_id,
                    document_id=document.id,
                    version_id=version.id,
                    state="published",
                    number=number,
                    payer=row["payer"],
                    plan=row["plan"],
                    location=row.get("location"),
                    status=row.get("then", row["status"]),
                    effective_from=begins,
                    quote=quote,
                    created_at=now,
                    published_at=now,
                )
            )

    asker.desk.database.write(work)


def tally(name: str, rows_from: str, found: Sequence[Found]) -> list[str]:
    """The cells under COLUMNS."""
    right, false_yes = sum(one.right for one in found), sum(one.false_yes for one in found)
    wrong = [one for one in found if not one.right and not one.false_yes]
    asked_back = sum(one.got == CLARIFY for one in wrong)
    other = sum(one.got in ("answer", "fixed") for one in wrong)
    counts = (len(found), right, f"{right / max(1, len(found)):.3f}", false_yes)
    return [
        name,
        rows_from,
        *(str(n) for n in counts),
        *(str(n) for n in (len(wrong) - asked_back - other, asked_back, other)),
    ]


def misses(found: Sequence[Found]) -> Iterator[str]:
    """A line for each question that did not get the right status."""
    for one in found:
        if not one.right:
            mark = "FALSE YES " if one.false_yes else "wrong     "
            got = f"wanted {one.asked.wanted}, got {one.got}: {one.answer.text!r}"
            yield f"{mark}{one.asked.text!r} ({one.asked.how})\n    {got}"
