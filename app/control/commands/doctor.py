"""doctor: what is wrong with this install, each finding with its remedy."""

from collections.abc import Callable, Iterator
from typing import Any

from app.control.commands.doctor_model import model_findings
from app.control.commands.doctor_storage import finding, storage_findings
from app.desk import Desk
from app.store.forwarded import SAID
from app.store.queries.clinics import ClinicFacts, all_clinics
from app.store.queries.health import readiness
from app.store.queries.outbox import reckoning
from app.usecases.repair_index import rebuild_index, repair_index
from app.usecases.review_payers import review_payers
from knowledge.errors import KnowledgeError
from knowledge.index import FIRST_ASKED

Report = Callable[[dict[str, Any]], None]


def doctor(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """{"ok": bool, "findings": [{"check", "ok", "message", "remedy"}]}. With `rebuild`, every clinic's index is made
    anew from the rows first."""
    findings = [*storage_findings(desk), _proxies(desk), *_outbox(desk), *model_findings(desk), _reader(desk)]
    for number, clinic in enumerate(all_clinics(desk.database)):
        report({"file": clinic.name, "number": number, "files": 0, "done": 0, "total": 0})
        findings.append(_payers(desk, clinic))
        findings.append(_index(desk, clinic, rebuild=bool(arguments.get("rebuild"))))
    return {"ok": all(one["ok"] for one in findings), "findings": findings}


def _proxies(desk: Desk) -> dict[str, Any]:
    """What this server saw since it started. Anybody can write such headers, so from a public address they prove
    nothing; from a private one they come from a proxy."""
    trusted, sign = desk.settings.trusted_proxies, desk.forwarded.sign
    if sign in SAID:
        return finding("proxies", False, *SAID[sign])
    said = f"{trusted or 'none'} in front, by FRONTDESK_TRUSTED_PROXIES"
    if sign == "maybe":
        said += f"; some requests bring forwarded headers all the same. If a proxy writes them: {SAID['proxy'][1]}"
    return finding("proxies", True, said)


def _reader(desk: Desk) -> dict[str, Any]:
    """Without it the desk answers by vectors, and more is refused or beside the point; nobody would notice."""
    try:
        desk.index.odds(FIRST_ASKED, [FIRST_ASKED])
    except KnowledgeError as problem:
        return finding("reader", False, problem.message, problem.remedy)
    return finding("reader", True, "reads questions and papers together")


def _index(desk: Desk, clinic: ClinicFacts, *, rebuild: bool) -> dict[str, Any]:
    try:
        added, removed = (rebuild_index if rebuild else repair_index)(desk, clinic.id)
    except KnowledgeError as problem:
        return finding("index", False, f"{clinic.name}: {problem.message}", problem.remedy)
    changed = f"{added} added, {removed} removed" if added or removed else "complete"
    return finding("index", True, f"{clinic.name}: {changed}")


def _payers(desk: Desk, clinic: ClinicFacts) -> dict[str, Any]:
    """Rows that wait are no fault; they are said so that nobody wonders why a payer is not answered."""
    review = review_payers(desk, clinic.id)
    published = sum(len(paper.unchanged) for paper in review.documents)
    said = f"{clinic.name}: {published} published"
    said += f", {review.waiting} wait for a manager" if review.waiting else ""
    said += f", {len(review.conflicts)} contradictions" if review.conflicts else ""
    return finding("payer rows", True, said)


def _outbox(desk: Desk) -> Iterator[dict[str, Any]]:
    facts = readiness(desk.database, desk.clock())
    yield finding(
        "outbox", bool(facts["ready"]), f"{facts['outbox_pending']} notices wait", "See: frontdesk outbox list"
    )
    dead = facts["outbox_dead"]
    yield finding("dead notices", not dead, f"{dead} notices are dead", "frontdesk outbox retry")
    held = facts["outbox_held"]
    yield finding("held notices", not held, f"{held} notices are held", "frontdesk outbox list says why")
    account = reckoning(desk.database)
    lost = f", {account.by_state['untold']} without a notice, {account.orphans} notices without a job"
    remedy = "Read those requests in the inbox, and report this as a bug."
    yield finding("reckoning", account.even, f"{account}{'' if account.even else lost}", remedy)
    yield _alerts(desk)


def _alerts(desk: Desk) -> dict[str, Any]:
    """No fault by itself; but whoever reads this should know that nobody would hear."""
    settings = desk.settings
    hears = ["the webhook"] if settings.alert_webhook else []
    hears += [settings.alert_email] if settings.alert_email else []
    said = f"the operator is told by {' and '.join(hears)}" if hears else "nobody beside the clinics is told of trouble"
    if not settings.alert_webhook:
        said += "; set FRONTDESK_ALERT_WEBHOOK to hear when the mail server itself fails"
    return finding("alerts", True, said)
