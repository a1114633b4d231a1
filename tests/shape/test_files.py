"""What may lie in the repository: names that say something, modules of a readable size, nothing of one machine only."""

import re

import pytest

from tests.shape.tree import ROOT, name, python_files, text_of, tracked

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "core", "common", "manager", "managers", "misc", "base_utils"}
MOST_LINES = 500
LARGEST = 1_000_000
# The embedder that every install runs; NOTICE and the folder's own report say where it comes from.
MAY_BE_LARGE = re.compile(r"knowledge/models/.+/model.*\.onnx")
HOMES = r"/(root|home/\w+|Users/\w+|work|workspace|tmp/(?!x\b)\w+)/"
# A home folder or mount of one machine. Paths inside an image or a server's usual layout are fine.
MACHINE_PATH = re.compile(rf"(?<![\w.:/$~}}-]){HOMES}")
# Where packages come from is the business of the machine that installs them.
LOCAL_HOST_WITH_INDEX = re.compile(r"(--(extra-)?index-url|--find-links|index-url\s*=|\"resolved\":\s*\"http)")


def test_no_module_has_an_empty_name() -> None:
    """`utils` is where code goes that nobody can find again."""
    found = [name(path) for path in python_files() if {path.stem, *path.relative_to(ROOT).parent.parts} & EMPTY_NAMES]
    assert found == []


def test_modules_are_short_enough_to_read() -> None:
    """Past this length a module has two subjects."""
    found = {name(path): lines for path in python_files() if (lines := text_of(path).count("\n")) > MOST_LINES}
    assert found == {}


def test_every_module_says_what_it_is() -> None:
    """A newcomer reads the first line of a file before any of its code."""
    product = [path for path in python_files() if name(path).split("/")[0] in {"app", "ingestion", "knowledge"}]
    undocumented = [name(p) for p in product if text_of(p).strip() and not text_of(p).lstrip().startswith(('"""', "#"))]
    assert undocumented == []


@pytest.mark.parametrize("pattern", [MACHINE_PATH, LOCAL_HOST_WITH_INDEX], ids=["path", "index"])
def test_nothing_names_one_machine_or_registry(pattern: re.Pattern[str]) -> None:
    """Such a file works here only, or sends the next install to somewhere its owner did not choose."""
    found = {
        name(path): match.group(0)
        for path in tracked()
        if path.resolve() != ROOT / "tests/shape/test_files.py" and (match := pattern.search(text_of(path)))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "DATA = '/" + "root/x/y'"),
        (MACHINE_PATH, "see /home/ana/notes"),
        (MACHINE_PATH, "cd /Users/ana/frontdesk"),
        (LOCAL_HOST_WITH_INDEX, '"resolved": "https://registry.example/x.tgz"'),
        (LOCAL_HOST_WITH_INDEX, "--extra-index-url file:///x"),
    ],
)
def test_the_patterns_can_match(pattern: re.Pattern[str], text: str) -> None:
    """A pattern with a slip in it would find nothing in any file."""
    assert pattern.search(text)


def test_no_large_file() -> None:
    """Every clone carries every version of it for ever."""
    found = {
        name(path): path.stat().st_size
        for path in tracked()
        if path.stat().st_size > LARGEST and not MAY_BE_LARGE.fullmatch(name(path))
    }
    assert found == {}


def test_addresses_are_reserved_ones() -> None:
    """A sample phone number or mailbox that exists would receive what a test or a trial sends."""
    mailbox = re.compile(r"[\w.+-]+@([\w-]+\.)+([a-z]{2,})\b")
    reserved = {"example", "test", "invalid", "localhost"}
    allowed = re.compile(r"@(\w+\.)*example\.(com|org|net)\b|^git@|@[\d.]+$|@(tsx?|jsx?|png|svg|[23]x)\b")
    found = {
        name(path): match.group(0)
        for path in tracked()
        if path.suffix in {".py", ".md", ".yaml", ".html", ".csv", ".ts", ".toml"}
        for match in mailbox.finditer(text_of(path))
        if match.group(2) not in reserved and not allowed.search(match.group(0))
    }
    assert found == {}


def test_locks_name_no_host() -> None:
    """With a host in a lock, an install from a clinic's own mirror would go past that mirror."""
    locks = sorted((ROOT / "constraints").glob("*.txt"))
    assert locks
    assert [path.name for path in locks if "://" in path.read_text(encoding="utf-8")] == []
