"""What doctor says of models that a desk can do without."""

from typing import Any

import pytest

from app.control.commands.doctor import doctor
from knowledge.errors import EmbedderMissing
from tests.staff.conftest import Install


def reader(install: Install) -> dict[str, Any]:
    found = doctor(install.desk, {}, lambda _: None)["findings"]
    [one] = [one for one in found if one["check"] == "reader"]
    return one


def test_doctor_says_that_the_reader_is_missing(fresh_install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk goes on by vectors, so nobody would notice that it refuses more."""
    assert reader(fresh_install)["ok"]

    def missing(_question: str, _pieces: list[str]) -> list[float]:
        raise EmbedderMissing("'head.npy' is missing.", "Restore the folder, or install again.")

    monkeypatch.setattr(fresh_install.desk.index, "odds", missing)
    found = reader(fresh_install)
    assert (found["ok"], found["message"]) == (False, "'head.npy' is missing.")
    assert "Restore" in found["remedy"]
