"""The judge: holds the inbox, the mailbox and the figures against what patients were told."""

import re
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.faults.database_file import Look
from tests.faults.install import Install
from tests.faults.journal import Sent
from tests.faults.mailbox import Arrived

MAIL_WITHIN_S = 120.0
COPIES_PER_KILL = 4
WORD = re.compile(r"\w+")
FIELDS_IN_MAIL = ("patient_name", "contact", "reason")


@dataclass
class Verdict:
    """Figures of one round, and `wrong`: every broken promise, in words."""

    name: str
    seed: int
    kills: int = 0
    submitted: int = 0
    acknowledged: int = 0
    in_mailbox: int = 0
    dead: int = 0
    lost: int = 0
    extra_copies: int = 0
    worst_kill: int = 0
    unanswered_mails: int = 0
    settled_s: float = 0.0
    seconds: float = 0.0
    looks: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def say(self, what: str) -> None:
        """Notes a broken promise; many of one kind are cut short."""
        if len(self.wrong) < 40:
            self.wrong.append(what)

    def as_json(self) -> dict[str, Any]:
        """For the summary."""
        return asdict(self)


def judge(
    install: Install,
    name: str,
    *,
    dead_allowed: bool = False,
    expired_allowed: bool = False,
    backed_up_at: float | None = None,
    wait_s: float = MAIL_WITHIN_S,
) -> Verdict:
    """Waits until the outbox is empty (at most `wait_s` after the last fault's end), then looks at everything.
    With `dead_allowed`, dead letters are counted, sent again by hand, and must then arrive; with `expired_allowed`, a
    patient may have had to begin a new conversation; after a restore of the backup begun at `backed_up_at`, the
    inbox may hold more than is expected, and what was sent since may come again."""
    verdict = Verdict(name, install.seed, kills=len(install.kill_times))
    _wait_for_mail(install, verdict, wait_s)
    if dead_allowed:
        _send_dead_letters_again(install, verdict)
    sent = install.journal.done()
    verdict.submitted, verdict.acknowledged = len(install.journal.sent), len(sent)
    leads = _inbox(install, sent, verdict)
    _transcripts(sent, verdict, expired_allowed=expired_allowed)
    _mailbox(install, sent, leads, verdict, backed_up_at)
    if backed_up_at is None:
        _figures(install, verdict)
    verdict.answers = dict(install.journal.answers)
    if install.journal.answers["401"] and not expired_allowed:
        verdict.say(f"{install.journal.answers['401']} times a conversation's token was refused")
    for complaint in install.journal.complaints:
        verdict.say(complaint)
    return verdict


def look(install: Install, verdict: Verdict) -> None:
    """Stops the server and looks at every page of the database."""
    status = install.server.stop()
    if status != 0:
        verdict.say(f"the server ended with status {status} at SIGTERM")
    found = Look(install.server, resting=True).finding()
    verdict.looks += 1
    if found != "ok":
        verdict.say(f"database: {found}")


def _wait_for_mail(install: Install, verdict: Verdict, wait_s: float) -> None:
    """Until nothing is pending."""
    deadline = install.fault_ended + wait_s
    while True:
        facts = install.server.http.get("/readyz").json()
        if not facts["outbox_pending"]:
            break
        if time.time() > deadline:
            verdict.say(f"{facts['outbox_pending']} notices still wait {wait_s:.0f} s after the last fault")
            break
        time.sleep(0.2)
    verdict.settled_s = round(time.time() - install.fault_ended, 1)


def _send_dead_letters_again(install: Install, verdict: Verdict) -> None:
    verdict.dead = sum(one["state"] == "dead" for one in install.waiting())
    if not verdict.dead:
        return
    said = install.server.http.get("/readyz").json()["outbox_dead"]
    if said != verdict.dead:
        verdict.say(f"/readyz says {said} dead letters, outbox list {verdict.dead}")
    install.server.facts("outbox", "retry")
    install.fault_ended = time.time()
    _wait_for_mail(install, verdict, MAIL_WITHIN_S)


def _inbox(install: Install, sent: list[Sent], verdict: Verdict) -> dict[str, dict[str, Any]]:
    """{lead id: lead}, after holding each against what the patient typed."""
    lines = _lines(install)
    for identity, times in Counter(line["id"] for line in lines).items():
        if times > 1:
            verdict.say(f"lead {identity} stands {times} times in the inbox")
    by_reference = {line["reference"]: line["id"] for line in lines}
    leads: dict[str, dict[str, Any]] = {}
    for one in sent:
        identity = one.referral_id or by_reference.get(one.reference or "")
        if identity is None or identity not in by_reference.values():
            verdict.lost += 1
            verdict.say(f"LOST: patient {one.patient.number} ({one.way}), reference {one.reference}, not in the inbox")
            continue
        one.referral_id = identity
        leads[identity] = install.staff(f"leads/{identity}")
        _same_content(one, leads[identity], verdict)
    _nothing_twice(install, lines, leads, verdict)
    return leads


def _lines(install: Install) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    page, more = 1, True
    while more:
        answer = install.staff("leads", page=page, order="newest")
        lines += answer["leads"]
        page, more = page + 1, answer["more"]
    return lines


def _transcripts(sent: list[Sent], verdict: Verdict, *, expired_allowed: bool) -> None:
    """Each message of a talk once. Who was acknowledged and whose token ended before they read has none to show."""
    for one in sent:
        unread = one.transcript is None and expired_allowed
        if one.way == "talk" and one.transcript != one.said and not unread:
            verdict.say(f"patient {one.patient.number} said {one.said}, the transcript has {one.transcript}")


def _same_content(one: Sent, lead: dict[str, Any], verdict: Verdict) -> None:
    said = {name: text.strip() for name, text in lead["said"].items()}
    for name, typed in one.patient.slots.items():
        if name in said or one.way != "talk":  # a talk asks for what it needs only
            shown = said.get(name)
            if shown is None or _words(typed) != _words(shown):
                verdict.say(f"patient {one.patient.number} ({one.way}) typed {name} {typed!r}, staff see {shown!r}")
    if lead["status"] != "complete" or lead["reference"] != one.reference:
        verdict.say(f"lead {lead['id']} is {lead['status']} {lead['reference']}, the patient has {one.reference}")


def _nothing_twice(
    install: Install, lines: list[dict[str, Any]], leads: dict[str, dict[str, Any]], verdict: Verdict
) -> None:
    """Each patient stands in the inbox once, those included whose acknowledgement never came."""
    owners: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        lead = leads.get(line["id"]) or install.staff(f"leads/{line['id']}")
        owners[lead["said"].get("contact", "?")].append(line["id"])
    for contact, ids in owners.items():
        if len(ids) > 1:
            verdict.say(f"{contact} stands in the inbox as {len(ids)} leads: {ids}")


def _mailbox(
    install: Install,
    sent: list[Sent],
    leads: dict[str, dict[str, Any]],
    verdict: Verdict,
    backed_up_at: float | None,
) -> None:
    mails: dict[str, list[Arrived]] = defaultdict(list)
    for mail in install.mailbox.mails():
        mails[mail.referral_id].append(mail)
    for one in sent:
        if one.referral_id in leads:
            _announced(one, leads[one.referral_id], mails.get(one.referral_id, []), verdict)
    _copies(install, verdict, backed_up_at)


def _announced(one: Sent, lead: dict[str, Any], mails: list[Arrived], verdict: Verdict) -> None:
    by_mail = [notice for notice in lead["notices"] if notice["channel"] == "email"]
    states = [notice["state"] for notice in lead["notices"]]
    if not mails:
        verdict.lost += 1
        verdict.say(f"LOST: referral {lead['id']} of patient {one.patient.number} has no mail; notices: {states}")
        return
    verdict.in_mailbox += 1
    if set(states) != {"delivered"}:
        verdict.say(f"referral {lead['id']} is in the mailbox, its notices are {states}")
    names = {mail.message_id for mail in mails}
    if len(names) != len(by_mail):
        verdict.say(f"referral {lead['id']} has {len(by_mail)} notices by mail and {len(names)} Message-IDs")
    text = _words(mails[-1].text)
    for name in FIELDS_IN_MAIL:
        typed = one.patient.slots[name]
        if (name in lead["said"] or one.way != "talk") and _words(typed) not in text:
            verdict.say(f"the mail about {lead['id']} does not say {typed!r}")


def _words(text: str) -> str:
    """Letters and digits only: a talk puts a full stop where the patient began a new line."""
    return " ".join(WORD.findall(text))


def _copies(install: Install, verdict: Verdict, backed_up_at: float | None) -> None:
    """Mails beyond the first with one Message-ID: each is a kill's, or follows an answer that never came. A copy is
    put down to the first kill after the mail that it repeats: it may come much later, after the ambiguous wait and
    after other kills."""
    seen: dict[str, Arrived] = {}
    after_kill: Counter[float] = Counter()
    notices = [mail for mail in install.mailbox.mails() if mail.mail["X-Referral-Id"]]  # not an alert
    for mail in sorted(notices, key=lambda one: one.at):
        first = seen.setdefault(mail.message_id, mail)
        if first is mail:
            continue
        if first.text != mail.text:
            verdict.say(f"two mails with Message-ID {mail.message_id} differ")
        if backed_up_at is not None and first.answered and first.at < backed_up_at:
            verdict.say(f"{mail.message_id} was delivered before the backup and came again after the restore")
        if first.answered:
            between = [when for when in install.kill_times if first.at <= when <= mail.at]
            after_kill[min(between, default=0.0)] += 1
        seen[mail.message_id] = mail
    verdict.unanswered_mails = sum(not mail.answered for mail in install.mailbox.mails())
    verdict.extra_copies, verdict.worst_kill = sum(after_kill.values()), max(after_kill.values(), default=0)
    if after_kill[0.0]:
        verdict.say(f"{after_kill[0.0]} extra copies of mails that were answered, and no kill in between")
    if verdict.worst_kill > COPIES_PER_KILL and backed_up_at is None:
        verdict.say(f"{verdict.worst_kill} extra copies after one kill; {COPIES_PER_KILL} are allowed")


def _figures(install: Install, verdict: Verdict) -> None:
    """Submitted = delivered + pending + dead, as /metrics tells it."""
    figures = install.figures()
    submitted = figures["referrals_total"]
    ended = {name: value for name, value in figures.items() if name.startswith("deliveries_total")}
    delivered = sum(value for name, value in ended.items() if "delivered" in name)
    told = {"referrals": submitted, "delivered": delivered, "acknowledged": float(verdict.acknowledged)}
    if not verdict.acknowledged <= submitted <= verdict.submitted:
        verdict.say(f"/metrics counts {told}")
    if delivered + figures["outbox_pending"] + figures["outbox_dead"] < submitted:
        verdict.say(f"the figures do not agree: {told}, {figures['outbox_pending']}, {figures['outbox_dead']}")
