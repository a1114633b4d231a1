"""A round in which a clinic's other system, to which notices are posted, fails; the mail server does not."""

import json
from collections import defaultdict
from pathlib import Path

from tests.faults.install import PATIENCE_S
from tests.faults.oracle import Verdict
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
        install = round_.install
        install.server.facts("destinations", "add", "--clinic", install.site_key, "--channel", "webhook", other.url)
        install.load.start(SENDERS // 2)
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
