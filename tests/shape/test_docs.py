"""The documents tell the truth about the tree: paths, settings, version, notices."""

import re
import subprocess
import sys

import pytest

import app
from app.llm.base import Failure
from app.settings import Settings
from app.usecases.model_failures import explained
from tests.shape.tree import ROOT, name, text_of, tracked

SETTINGS = ROOT / "docs/settings.md"
TOP = r"(?:app|widget|ingestion|knowledge|tests|scripts|docs|constraints|\.ci)"
# A path of ours in backticks or a link; placeholders (<id>, *, {x}, CAPITALS) are not paths.
OUR_PATH = re.compile(rf"(?:`|\]\()((?:\.\./|\./)?{TOP}/[\w./-]*|[A-Z][A-Za-z]+(?:\.md)?|docs/[\w./-]+)(?:`|\))")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
ROW = re.compile(r"^\| `FRONTDESK_(\w+)` \|\s*`?([^|`]*?)`?\s*\|", re.MULTILINE)
# These values are shown as a person would write them; "" in the table means: no default.
SHOWN = {
    "master_key": "",
    "audit_anchor_path": "",
    "smtp_url": "",
    "public_url": "",
    "alert_webhook": "",
    "data_dir": "./data",
    "fetch_private": "false",
    "llm_api_key": "",
    "llm_local": "false",
}


def documents() -> list[str]:
    ours = [path for path in tracked() if path.suffix == ".md"]
    return [name(path) for path in ours if not name(path).startswith(("scripts/", "tests/", "knowledge/"))]


@pytest.mark.parametrize("document", documents())
def test_documents_name_paths_that_exist(document: str) -> None:
    """A map with streets that are gone is worse than none. Dated decisions may name what was."""
    path = ROOT / document
    links = {target for target in LINK.findall(text_of(path)) if not (path.parent / target).exists()}
    ours = {
        p
        for p in OUR_PATH.findall(text_of(path))
        if "/" in p and not (ROOT / p).exists() and "decisions" not in document
    }
    assert (links, ours) == (set(), set())


def test_every_setting_is_documented_with_its_default() -> None:
    """An undocumented setting is found only by reading the code; a wrong default is worse."""
    documented = {field.lower(): default.strip() for field, default in ROW.findall(text_of(SETTINGS))}
    assert documented.keys() == Settings.model_fields.keys()
    for field, info in Settings.model_fields.items():
        shown = SHOWN.get(field, f"{info.default:g}" if isinstance(info.default, float) else str(info.default))
        assert documented[field] == shown, field


def test_documents_name_only_settings_that_exist() -> None:
    """A misspelled setting in an example would stop the server of whoever copies it: unknown names are refused."""
    known = {f.upper() for f in Settings.model_fields}
    named = {
        (name(path), setting)
        for path in tracked()
        if path.suffix in {".md", ".conf", ".yml", ""} and not name(path).startswith("tests/")
        for setting in re.findall(r"\bFRONTDESK_([A-Z][A-Z_]*[A-Z])\b", text_of(path))
    }
    assert {(n, s) for n, s in named if s not in known and s.removesuffix("_FILE") not in known} == set()


def test_changelog_knows_this_version() -> None:
    """Whoever upgrades reads what changed under the number that the program prints."""
    changelog = text_of(ROOT / "CHANGELOG.md")
    assert "## [Unreleased]" in changelog or f"## [{app.__version__}]" in changelog


def test_one_version_number() -> None:
    """Two numbers drift apart, and a bug report names the wrong one."""
    assert f'version = "{app.__version__}"' in text_of(ROOT / "pyproject.toml")


def test_every_bundled_model_has_its_notice() -> None:
    """Files made by others may be passed on only with their licence."""
    folders = {f"{name(path.parent)}/" for path in tracked() if name(path).startswith("knowledge/models/")}
    notice = text_of(ROOT / "NOTICE")
    assert {folder for folder in folders if folder not in notice} == set()


def test_command_line_starts_light() -> None:
    """`--help` would take seconds if it loaded the web framework and the vector store."""
    heavy = {"litestar", "chromadb", "llama_index", "sqlmodel", "sqlalchemy", "pydantic", "onnxruntime", "numpy"}
    code = f"import sys, app.cli; print(sorted({heavy!r} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_every_failure_of_the_model_is_in_its_table() -> None:
    """A result in the record that no page explains; or one explained differently in two places."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", text_of(ROOT / "docs/model.md"), re.MULTILINE)
    told = {name: (what, remedy) for name, what, remedy in rows if name in set(Failure)}
    assert told == {str(one): (explained(one).what, explained(one).remedy) for one in Failure}
