"""The committed widget is what its sources say, small, correctly typed, and its parts do what they promise. Node is
needed only here and by those who change the widget; without it these tests are skipped with a word."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ROOT / "widget"
STATIC = ROOT / "app" / "web" / "static"
BUNDLES = ("embed.js", "chat.js", "chat.css")


def run(*command: str) -> None:
    """Runs `command` in widget/ and fails with its output."""
    done = subprocess.run(command, cwd=WIDGET, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, f"{command!r} failed:\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def node() -> str:
    """The node binary, with the widget's pinned build tools installed."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if not found or not npm:
        pytest.skip("node and npm are not installed: the committed widget is taken as it is")
    if not (WIDGET / "node_modules" / "esbuild").exists():
        install = [npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
        done = subprocess.run(install, cwd=WIDGET, capture_output=True, text=True, timeout=170, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install the widget's build tools: {done.stderr.strip()[-200:]!r}")
    return found


def test_committed_bundle_is_built_from_these_sources(node: str, tmp_path: Path) -> None:
    """Otherwise a change of the sources reaches nobody, or the bundle holds what nobody reviewed."""
    run(node, "build.mjs", "--out", str(tmp_path))
    for name in BUNDLES:
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), f"{name}: run scripts/build-widget"


def test_types_hold(node: str) -> None:
    """esbuild drops types without looking at them: a wrong one would only fail in a patient's browser."""
    tsc = WIDGET / "node_modules" / "typescript" / "bin" / "tsc"
    run(node, str(tsc), "--noEmit")
    run(node, str(tsc), "--noEmit", "-p", "tests")


def test_parts_of_the_panel(node: str, tmp_path: Path) -> None:
    """State, stream parser, storage and sender: a lost message, a doubled one, or a withdrawn text that stays."""
    run(node, "build.mjs", "--tests", "--out", str(tmp_path))
    tests = sorted(map(str, tmp_path.glob("*.test.mjs")))
    assert tests
    run(node, "--test", *tests)


@pytest.mark.parametrize(("name", "kilobytes"), [("embed.js", 3), ("chat.js", 15)])
def test_size(name: str, kilobytes: int) -> None:
    """The loader is paid by every visit to the clinic's website, the panel by every chat on a weak line."""
    assert len(gzip.compress((STATIC / name).read_bytes(), 9)) <= kilobytes * 1024


def test_lock_file_names_no_registry() -> None:
    """A host in the lock file would bind every install to one mirror."""
    assert "://" not in "".join(
        line for line in (WIDGET / "package-lock.json").read_text().splitlines() if '"resolved"' in line
    )
