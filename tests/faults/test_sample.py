"""A sample of the proof that nothing is lost; `scripts/faults` runs the whole of it (docs/faults.md)."""

from pathlib import Path

import pytest

from tests.faults.killing import can_trace
from tests.faults.oracle import Verdict
from tests.faults.rounds import killed, mail, restarts, storage

SEED = 20261
pytestmark = pytest.mark.timeout(600)


def holds(verdict: Verdict) -> None:
    """Every promise held, and there was something to hold."""
    assert verdict.wrong == [], f"seed {verdict.seed}, {verdict.name}: {verdict.wrong}"
    assert verdict.lost == 0
    assert verdict.acknowledged >= 10


def test_kills_at_random_moments_under_a_failing_mail_server(tmp_path: Path) -> None:
    """A power cut at night must not cost a clinic one patient."""
    holds(killed.kills(tmp_path, SEED, count=2))


def test_kills_at_chosen_writes(tmp_path: Path) -> None:
    """A power cut in the middle of a commit, of a mail, of an answer."""
    if not can_trace():
        pytest.skip("needs strace that may trace (Debian: apt-get install strace)")
    holds(killed.writes(tmp_path, SEED, count=2))


def test_mail_faults_that_pass_delay_and_never_drop(tmp_path: Path) -> None:
    """A mail server that is busy, slow, or gone for a while."""
    some = ("4xx at rcpt", "drops at data", "stores, then drops", "throttles", "not there")
    holds(mail.passing(tmp_path, SEED, only=some))


def test_sigterm_under_load_cuts_nobody_off(tmp_path: Path) -> None:
    """An update at noon, while patients write."""
    holds(restarts.sigterm(tmp_path, SEED, times=1))


def test_a_full_disk_is_told_to_patients_and_loses_nothing(tmp_path: Path) -> None:
    """Patients were told "saved" and it was not; or notices were stuck after there was room again."""
    try:
        holds(storage.disk_full(tmp_path, SEED, times=1))
    except PermissionError:
        pytest.skip("needs the right to mount a small disk (root)")
