"""The oracle itself: a proof that cannot fail proves nothing."""

import time
from dataclasses import replace

import pytest

from tests.faults.install import PATIENCE_S, Install, installed
from tests.faults.journal import Sent
from tests.faults.oracle import judge
from tests.faults.patients import patient
from tests.server import wait_for

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory):
    with installed(tmp_path_factory.mktemp("oracle"), 7) as made:
        made.load.start(2)
        made.wait_for_acknowledged(6)
        made.load.settle()
        empty = lambda: made.server.http.get("/readyz").json()["outbox_pending"] == 0  # noqa: E731
        wait_for("an empty outbox", empty, PATIENCE_S)
        yield made


def wrong(install: Install) -> str:
    install.fault_ended = time.time()
    return "\n".join(judge(install, "oracle", wait_s=5).wrong)


def test_it_finds_nothing_wrong_where_nothing_is(install: Install) -> None:
    """Every other verdict here would mean nothing."""
    assert wrong(install) == ""


def test_it_finds_an_acknowledged_referral_that_was_not_kept(install: Install) -> None:
    """The very thing that must not happen."""
    ghost = Sent(patient(7, 999_999), "contact")
    install.journal.submitted(ghost)
    install.journal.acknowledged(ghost, "lead_ghost", "AAAAAAA")
    try:
        assert "LOST: patient 999999" in wrong(install)
    finally:
        install.journal.sent.remove(ghost)


def test_it_finds_other_words_than_the_patient_typed(install: Install) -> None:
    """A referral with somebody else's knee."""
    one = next(one for one in install.journal.done() if one.way == "contact")
    kept = one.patient.slots["reason"]
    one.patient.slots["reason"] = "a wrist that clicks"
    try:
        found = wrong(install)
        assert "typed reason 'a wrist that clicks', staff see" in found
        assert "does not say 'a wrist that clicks'" in found
    finally:
        one.patient.slots["reason"] = kept


def test_it_finds_copies_that_no_kill_explains(install: Install) -> None:
    """A worker that sends each notice twice."""
    mails = install.mailbox.mails()
    mails.append(replace(mails[0]))
    try:
        assert "1 extra copies of mails that were answered, and no kill in between" in wrong(install)
    finally:
        mails.pop()


def test_it_finds_too_many_copies_of_one_kill_and_forgives_those_of_several(install: Install) -> None:
    """With a long wait after an ambiguous ending, copies of several kills come after the last of them."""
    mails = install.mailbox.mails()
    originals, late = sorted(mails, key=lambda one: one.at)[:6], time.time() + 60
    between = [one.at + 0.000001 for one in originals]
    mails += [replace(one, at=late) for one in originals]
    try:
        install.kill_times += [originals[-1].at + 1]
        assert "6 extra copies after one kill" in wrong(install)
        install.kill_times += between
        assert "extra copies" not in wrong(install)
    finally:
        install.kill_times.clear()
        del mails[-6:]


def test_it_finds_a_mail_that_never_came_and_says_so_after_the_wait(install: Install) -> None:
    """A notice that is marked delivered and was swallowed."""
    mails = install.mailbox.mails()
    swallowed = mails.pop()
    try:
        assert f"LOST: referral {swallowed.referral_id}" in wrong(install)
    finally:
        mails.append(swallowed)


def test_it_finds_a_talk_that_lost_a_message(install: Install) -> None:
    """The coordinator reads half of what the patient said."""
    one = install.journal.done()[0]
    kept = one.way, one.said, one.transcript
    try:
        one.way, one.said, one.transcript = "talk", ["my knee", "my hip"], ["my knee"]
        assert "the transcript has ['my knee']" in wrong(install)
        one.transcript = None
        assert "the transcript has None" in wrong(install)
    finally:
        one.way, one.said, one.transcript = kept
