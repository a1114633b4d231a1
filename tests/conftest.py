"""What every test shares: the loopback guard, hypothesis profiles, honest skips for tests that need more."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import settings

from app.usecases import passwords
from tests import chromium, network_guard, scheduling

network_guard.install()

BROWSER_PATIENCE_MS = 45_000
"""How long a browser test waits for what it expects; Playwright's own 5 s are short on two busy cores."""

# Timing on a shared machine is no property of the code; in CI the same examples run each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


QUICK = PasswordHasher(time_cost=1, memory_cost=256, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
_hasher_of_the_product = passwords._hasher
passwords._hasher = QUICK
"""A real hash takes a quarter of a second of both cores, and every install of these tests begins with five people.
What the strength is, `tests/staff/test_passwords.py` says, with the product's own."""


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords are hashed as in the product."""
    monkeypatch.setattr(passwords, "_hasher", _hasher_of_the_product)
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


@pytest.fixture(autouse=True)
def _stays_on_loopback() -> Iterator[None]:
    """Without it a test that depends on somebody's server would pass here and fail on a plane, or leak data."""
    network_guard.tries.clear()
    yield
    tries = list(network_guard.tries)
    network_guard.tries.clear()
    assert not tries, f"this test reached beyond loopback: {', '.join(tries)}"


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The Chromium that browser tests start. In CI, where scripts/test installs one, its absence is a failure."""
    found = chromium.find()
    if found is None:
        _skip_or_fail("no Chromium found; run scripts/test, or name one with CHROMIUM=/path/to/chromium")
    assert found is not None
    from playwright.sync_api import expect

    expect.set_options(timeout=BROWSER_PATIENCE_MS)
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, for several workers; see `tests/scheduling.py`."""
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Ours in place of `--dist loadfile`."""
    config.option.loadscopereorder = False
    return scheduling.LongestFirst(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `models` need an extra that a user's install does not have."""
    if item.get_closest_marker("models") and importlib.util.find_spec("sentence_transformers") is None:
        _skip_or_fail("needs the [models] extra: scripts/setup models")


def _skip_or_fail(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
