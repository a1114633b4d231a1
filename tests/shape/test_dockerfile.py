"""The Dockerfile, read without an engine: what it copies exists and is let in, and the server runs without rights."""

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape.tree import ROOT

LINES = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()).splitlines()
STEPS = [(word, rest) for line in LINES if line and line[0] != "#" for word, _, rest in [line.strip().partition(" ")]]
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()


def of(kind: str) -> list[str]:
    return [rest for word, rest in STEPS if word == kind]


def copied() -> list[str]:
    """What comes from the repository, not from an earlier stage."""
    return [source for rest in of("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_exists_and_is_let_in(source: str) -> None:
    """Either mistake would show only when somebody builds the image."""
    assert (ROOT / source).exists()
    assert f"!{source}" in IGNORED


def test_data_and_keys_stay_out() -> None:
    """A trial's database in an image would be passed on with it."""
    assert next(line for line in IGNORED if not line.startswith("#")) == "*"
    let_in = [line[1:] for line in IGNORED if line.startswith("!")]
    assert sorted(let_in) == sorted(copied())
    assert not any(fnmatch.fnmatch(secret, pattern) for pattern in let_in for secret in ("data", ".venv", ".git"))


def test_it_is_made_of_the_scripts() -> None:
    """An image with an install of its own would be an install that no test has run."""
    installs = [run for run in of("RUN") if "pip" in run or "scripts/" in run]
    assert installs
    for run in installs:
        for script in re.findall(r"scripts/[\w-]+", run):
            assert (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be run"
            assert script in copied()
        assert "pip " not in run


def test_the_server_runs_without_rights() -> None:
    """A hole in the server must not be a hole in the host."""
    words = [word for word, _ in STEPS]
    user = of("USER")[-1]
    assert user not in {"root", "0"}
    assert any("useradd" in run and user in run for run in of("RUN"))
    assert words.index("USER") < words.index("VOLUME") < len(words) - 1 - words[::-1].index("CMD")
    assert words.index("USER") > len(words) - 1 - words[::-1].index("RUN"), "everything after USER runs without rights"


def test_it_serves_and_says_how_it_is() -> None:
    """An orchestrator restarts what does not answer; an image that plants samples would show them to patients."""
    assert json.loads(of("CMD")[-1]) == ["frontdesk", "serve"]
    assert "/healthz" in of("HEALTHCHECK")[-1]
    assert "FRONTDESK_ENV=production" in of("ENV")[-1]


def test_what_is_copied_is_enough_to_start(tmp_path: Path) -> None:
    """A module outside the copied folders would be missed only in the image."""
    for source in copied():
        target = tmp_path / source
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, target)
    command = [sys.executable, "-c", "import app.asgi, app.cli; print(app.cli.__file__)"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == str(tmp_path / "app/cli/__init__.py"), result.stderr
