"""Garbage is collected again when a start is over, also one that failed."""

import gc

import pytest

from app.collecting import nothing_collected


def _failing_start() -> None:
    with nothing_collected():
        assert not gc.isenabled()
        raise ValueError("no such rule")


def test_a_start_that_failed_leaves_collection_on() -> None:
    with pytest.raises(ValueError, match="no such rule"):
        _failing_start()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0, "what stays would be looked through again and again"
    gc.unfreeze()  # what this process froze
