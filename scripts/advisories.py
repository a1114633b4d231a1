"""Looks the locked packages up among the known weaknesses. What was not looked up must not seem to be well: a source
that does not answer and a package that it does not know are no success."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("constraints/test.txt", "constraints/llm.txt", "constraints/models.txt")
"""The first holds all that the server installs."""
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^\s;]+", re.MULTILINE)
UNREACHABLE = re.compile(r"requests\.exceptions|ServiceError|ConnectionError")
PIP_AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--vulnerability-service=osv"),
    *("--disable-pip", "--no-deps", "--format=json", "--progress-spinner=off"),
)
WELL, WEAK, NOBODY_ANSWERED = 0, 1, 3


def main(source: Sequence[str] = (), exceptions: Path = ROOT / "constraints/advisories.toml") -> int:
    """Prints what was found and gives the exit status. `source` are pip-audit's flags for another source."""
    excepted = tomllib.loads(exceptions.read_text()).get("excepted", [])
    found = _looked_up(source)
    if found is None:
        print("audit-packages: no source of advisories answers; nothing was looked up", file=sys.stderr)
        return NOBODY_ANSWERED
    wrong = [*_unknown(found), *_weak(found, excepted, datetime.now(UTC).date())]
    print("\n".join(wrong) or f"audit-packages: {len(found)} packages, no known weakness that is not excepted")
    return WEAK if wrong else WELL


def _looked_up(source: Sequence[str]) -> list[Mapping[str, Any]] | None:
    """Each package with its weaknesses; None when the source cannot be reached."""
    with NamedTemporaryFile("w", suffix=".txt") as pins:
        # without checksums, which not all have, and without conditions: what other machines install counts too
        pins.write("\n".join(pin for lock in LOCKS for pin in PIN.findall((ROOT / lock).read_text())))
        pins.flush()
        done = subprocess.run([*PIP_AUDIT, "--requirement", pins.name, *source], capture_output=True, text=True)
    if not done.stdout.strip():
        if UNREACHABLE.search(done.stderr):
            return None
        raise SystemExit(f"audit-packages: pip-audit failed:\n{done.stderr}")
    dependencies: list[Mapping[str, Any]] = json.loads(done.stdout)["dependencies"]
    return dependencies


def _unknown(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{one['name']}: could not be looked up: {one['skip_reason']}" for one in found if "skip_reason" in one]


def _weak(found: Sequence[Mapping[str, Any]], excepted: Sequence[Mapping[str, Any]], today: date) -> list[str]:
    until = {one["id"]: one["until"] for one in excepted}
    lines = []
    for package in found:
        for weakness in package.get("vulns", []):
            names = {weakness["id"], *weakness.get("aliases", [])}
            ends = max((until[name] for name in names & until.keys()), default=None)
            if ends is None or ends < today:
                over = f"; the exception ended on {ends}" if ends else ""
                mended = ", ".join(weakness["fix_versions"]) or "no version"
                lines.append(f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}{over}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
