"""The import contracts of pyproject.toml hold, and each of them can fail."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "ingestion", "knowledge")
# Files that exist once, at the top of the house, outside every layer.
NOT_IN_A_LAYER = {"app.__main__"}

# contract id -> (file, forbidden line). The file is made when the tree does not have it.
OFFENCES = {
    "layers": ("app/dialogue/moves.py", "import app.usecases"),
    "pure": ("app/dialogue/moves.py", "import jinja2"),
    "below": ("knowledge/types.py", "import app.errors"),
    "llama-index": ("app/usecases/offence.py", "import llama_index.core"),
    "chroma": ("knowledge/offence.py", "import chromadb"),
    "pypdf": ("ingestion/offence.py", "import pypdf"),
    "litestar": ("app/usecases/offence.py", "import litestar"),
    "openai": ("app/answering/offence.py", "import openai"),
    "web": ("app/web/offence.py", "import knowledge.types"),
}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"]
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"COLUMNS": "200"}
    return subprocess.run(command, cwd=tree, env=clean, capture_output=True, text=True, check=False)


def contracts() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in settings["contracts"]}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree's Python files and its contracts, free to be broken."""
    for package in PACKAGES:
        only_code = shutil.ignore_patterns("__pycache__", "models", "static", "templates")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_hold() -> None:
    """Otherwise a border of docs/architecture.md is only a wish."""
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_every_contract_has_an_offence() -> None:
    """A contract that nobody has seen fail may have a typing error in it and never fail."""
    assert OFFENCES.keys() == contracts().keys()


@pytest.mark.parametrize("contract", OFFENCES)
def test_contract_catches_a_forbidden_import(contract: str, copy: Path) -> None:
    """Each contract must name itself when its border is crossed."""
    file, line = OFFENCES[contract]
    with (copy / file).open("a") as offender:
        offender.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1, result.stdout
    assert f"{contracts()[contract]} BROKEN" in result.stdout, result.stdout


def test_a_chain_of_imports_does_not_launder_impurity(copy: Path) -> None:
    """Deciding would still be impure if it reached a framework through one of our own modules."""
    (copy / "app/dialogue/offence.py").write_text("import app.clock\n")
    with (copy / "app/clock.py").open("a") as clock:
        clock.write("\nimport sqlmodel\n")
    assert "Deciding is pure BROKEN" in lint(copy).stdout


def test_every_module_of_app_has_its_line() -> None:
    """A new package that no layer names could import anything and be imported from anywhere."""
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip().strip("()") for line in layers for name in line.split("|")}
    present = {f"app.{path.stem}" for path in (ROOT / "app").glob("[!_]*.py")} | {
        f"app.{path.parent.name}" for path in (ROOT / "app").glob("*/__init__.py")
    }
    assert present - NOT_IN_A_LAYER <= named
