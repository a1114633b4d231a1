"""A round in which a clinic's other system, to which notices are posted, fails; the mail server does not."""

import json
from collections import Counter, defaultdict
from pathlib import Path

from tests.faults.install import PATIENCE_S, Install
from tests.faults.killing import kill_at_random
from tests.faults.oracle import COPIES_PER_KILL, Verdict
from tests.faults.rounds.ending import SENDERS, Round, a_round
from tests.receiver import Receiver, receiver
from tests.server import wait_for

FAULTS: dict[str, tuple[str, int]] = {
    "answers 500": ("answer", 500),
    "answers 503": ("answer", 503),
    "answers 429": ("answer", 429),
    "drops after it was posted": ("drop", 200),
    "hangs after it was posted": ("hang", 200),
}
SETTINGS = [("FETCH_PRIVATE", "true"), ("WEBHOOK_TIMEOUT_S", "2")]


def webhook(folder: Path, seed: int) -> Verdict:
    """Every acknowledged referral is posted until the other side takes it, under one webhook-id; mails go on."""
    with receiver() as other, a_round(folder, seed, settings=SETTINGS) as round_:
        install = _at_work(round_, other)
        for name, (how, status) in FAULTS.items():
            before = len(other.posted)
            other.how, other.status = how, status
            install.wait_for_acknowledged(3)
            wait_for(f"a try under {name!r}", lambda before=before: len(other.posted) > before, PATIENCE_S)
            other.how, other.status = "answer", 200
            install.wait_for_acknowledged(2)
        verdict = round_.judged("webhook fails")
        _posted(round_, other, verdict)
        return verdict


def kills(folder: Path, seed: int, count: int = 3) -> Verdict:
    """The same while the server is killed `count` times: between posting and writing down that it was taken, too."""
    with receiver() as other, a_round(folder, seed, settings=SETTINGS) as round_:
        install = _at_work(round_, other)
        for _ in range(count):
            broken = install.chance.random() < 0.5
            other.how, other.status = FAULTS[install.chance.choice(sorted(FAULTS))] if broken else ("answer", 200)
            install.wait_for_acknowledged(3)
            before = len(other.posted)
            wait_for("a post", lambda before=before: len(other.posted) > before, PATIENCE_S)
            kill_at_random(install, 2.0)
            install.start()
            round_.look()
        other.how, other.status = "answer", 200
        install.wait_for_acknowledged(5)
        verdict = round_.judged("webhook and kills")
        _posted(round_, other, verdict)
        _copies(other, verdict)
        return verdict


def _at_work(round_: Round, other: Receiver) -> Install:
    """The clinic's other system hears of requests, which come in."""
    install = round_.install
    install.server.facts("destinations", "add", "--clinic", install.site_key, "--channel", "webhook", other.url)
    install.load.start(SENDERS // 2)
    return install


def _copies(other: Receiver, verdict: Verdict) -> None:
    """What was taken is posted again only where a kill kept the desk from hearing or noting it."""
    taken = Counter(one.headers["webhook-id"] for one in other.posted if one.taken)
    copies = sum(taken.values()) - len(taken)
    if copies > COPIES_PER_KILL * verdict.kills:
        verdict.say(f"{copies} posts were repeated after they had been taken, with {verdict.kills} kills")


def _posted(round_: Round, other: Receiver, verdict: Verdict) -> None:
    """Each referral was posted, always under the same webhook-id."""
    ids: dict[str, set[str]] = defaultdict(set)
    for one in other.posted:
        body = json.loads(one.body)
        ids[body.get("data", body)["referral_id"]].add(one.headers["webhook-id"])
    for sent in round_.install.journal.done():
        names = ids.get(sent.referral_id or "", set())
        if not names:
            verdict.lost += 1
            verdict.say(f"LOST: referral {sent.referral_id} was never posted")
        elif len(names) > 1 and sent.way != "talk":
            verdict.say(f"referral {sent.referral_id} was posted under {len(names)} webhook-ids")
