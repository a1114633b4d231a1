"""The scripts on a machine that lacks something: one clear line with the remedy, and nothing half made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shape.tree import ROOT

BASH = shutil.which("bash")
SCRIPTS = [path for path in [*(ROOT / "scripts").iterdir(), ROOT / ".ci/run"] if path.is_file() and not path.suffix]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in a folder with a space in its name, without .venv."""
    clone = tmp_path / "a clone"
    for part in ("scripts", "constraints"):
        shutil.copytree(ROOT / part, clone / part, ignore=shutil.ignore_patterns("sample_clinics"))
    shutil.copy(ROOT / "pyproject.toml", clone)
    return clone


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The few programs that every system has, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("bash", "dirname", "cat", "cksum", "grep", "mkdir", "rm", "sleep"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    return folder


def run(script: Path, tools: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": str(tools), "HOME": str(tools.parent), **environ}
    command = [BASH or "bash", str(script)]
    return subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_can_be_run_by_name(script: Path) -> None:
    """A script without its execute bit fails only on the machine of whoever clones."""
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!")


@pytest.mark.parametrize("name", ["setup", "serve", "test"])
def test_without_python_it_says_what_to_install(name: str, clone: Path, tools: Path) -> None:
    """A "command not found" from line 40 helps nobody; half a .venv would break the next try."""
    result = run(clone / "scripts" / name, tools)
    assert result.returncode != 0
    assert len(result.stderr.splitlines()) == 1
    assert "no Python 3.11 or newer found; install one" in result.stderr
    assert not (clone / ".venv").exists()
    assert not (clone / ".setup.lock").exists()


def test_a_python_without_venv_is_explained(clone: Path, tools: Path) -> None:
    """Debian ships Python without it: the most likely trouble of a newcomer."""
    (tools / "python3").write_text(f'#!{BASH}\ncase "$*" in *"import ensurepip"* | *"import venv"*) exit 1 ;; esac\n')
    (tools / "python3").chmod(0o755)
    result = run(clone / "scripts/setup", tools)
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1
    assert "apt-get install python3-venv" in result.stderr


def test_a_wrong_interpreter_is_named(clone: Path, tools: Path) -> None:
    """Silently taking another one than was asked for would be worse."""
    result = run(clone / "scripts/setup", tools, PYTHON="/no/such/python")
    assert "PYTHON=/no/such/python is not a 64-bit Python 3.11 or newer" in result.stderr


def test_a_second_setup_waits_and_a_dead_one_does_not_block(clone: Path, tools: Path) -> None:
    """Two at once would undo each other's work; a crashed one must not block for ever."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    (clone / ".setup.lock").write_text(f"{ended.pid}\n")
    assert "no Python" in run(clone / "scripts/setup", tools).stderr
    (clone / ".setup.lock").write_text(f"{os.getpid()}\n")
    command = [str(BASH), str(clone / "scripts/setup")]
    with subprocess.Popen(command, env={"PATH": str(tools)}, stdout=subprocess.PIPE, text=True) as waiting:
        assert waiting.stdout is not None
        said = waiting.stdout.readline()
        over = waiting.poll()
        waiting.kill()
    assert f"waiting for another scripts/setup (process {os.getpid()})" in said
    assert over is None, "it did not wait"
