"""What every test shares: the loopback guard, hypothesis profiles, honest skips for tests that need more."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import chromium, network_guard
from tests.llm import real_server

network_guard.install()

# Timing on a shared machine is no property of the code; in CI the same examples run each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


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
    return found


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `models` or `llm` need what a user's install does not have."""
    if item.get_closest_marker("models") and importlib.util.find_spec("sentence_transformers") is None:
        _skip_or_fail("needs the [models] extra: scripts/setup models")
    if item.get_closest_marker("llm") and real_server.weights() is None:
        _skip_or_fail("needs a small language model and its server (Linux on x86-64): scripts/setup models")


def _skip_or_fail(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
