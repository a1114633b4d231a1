"""Rounds in which the server lives and the mail server fails, in every way there is."""

import time
from collections.abc import Iterable
from pathlib import Path

from tests.faults.install import PATIENCE_S
from tests.faults.mail_faults import AMBIGUOUS, FINAL, OPERATOR, PASSING, SIGN_IN, Fault
from tests.faults.oracle import Verdict
from tests.faults.rounds.ending import SENDERS, Round, a_round
from tests.server import wait_for

OPERATORS = "operators@install.example"
ALERT_WITHIN_S = 60.0


def passing(folder: Path, seed: int, only: Iterable[str] = ()) -> Verdict:
    """Every fault that passes, one after the other: nothing dies, nothing waits longer than promised."""
    with a_round(folder, seed) as round_:
        _one_after_the_other(round_, {**PASSING, **AMBIGUOUS}, only)
        round_.expect(not _states(round_, "dead"), "a notice died of a fault that passes")
        return round_.judged("mail faults that pass")


def final(folder: Path, seed: int, only: Iterable[str] = ()) -> Verdict:
    """Refusals that no second try mends: dead letters that staff see, and that arrive when sent again by hand."""
    with a_round(folder, seed, settings=[("ALERT_EMAIL", OPERATORS)]) as round_:
        _one_after_the_other(round_, FINAL, only)
        round_.expect(bool(_states(round_, "dead")), "no notice died of a 550")
        _expect_alert(round_)
        return round_.judged("mail refused for good", dead_allowed=True)


def operator(folder: Path, seed: int, only: Iterable[str] = ()) -> Verdict:
    """A wrong password, TLS that is not there: nothing dies, nothing is sent in the clear, and all of it arrives once
    the mail server is in order."""
    with a_round(folder, seed, tls=True) as round_:
        _one_after_the_other(round_, {**SIGN_IN, **OPERATOR}, only)
        round_.expect(not _states(round_, "dead"), "a notice died of a wrong set-up")
        return round_.judged("mail server set up wrongly")


def _one_after_the_other(round_: Round, faults: dict[str, Fault], only: Iterable[str]) -> None:
    """Each fault stays until the server met it and some patients came by; between two faults all is well."""
    install, wanted = round_.install, set(only) or set(faults)
    assert wanted <= set(faults), f"unknown faults: {wanted - set(faults)}"
    install.load.start(SENDERS // 2)
    for name in [one for one in faults if one in wanted]:
        before = install.misbehave(faults[name])
        install.wait_for_acknowledged(5)
        if faults[name]["how"] != "closed":
            wait_for(
                f"a try under {name!r}",
                lambda before=before, name=name: install.misbehave(faults[name]) > before,
                PATIENCE_S,
            )
        time.sleep(0.5)
        install.misbehave({})
        install.wait_for_acknowledged(2)


def _states(round_: Round, state: str) -> list[str]:
    return [one["id"] for one in round_.install.waiting() if one["state"] == state]


def _expect_alert(round_: Round) -> None:
    """Who runs the install has a mail about the dead letters, with no referral in it."""
    deadline = round_.install.fault_ended + ALERT_WITHIN_S
    while time.time() < deadline:
        alerts = [mail for mail in round_.install.mailbox.mails() if mail.mail["To"] == OPERATORS]
        if alerts:
            return
        time.sleep(0.2)
    round_.expect(False, f"no alert within {ALERT_WITHIN_S:.0f} s of the dead letters")
