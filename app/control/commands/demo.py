"""demo: the two sample clinics, with people and papers, made once. Refused in production."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from app.control.commands.ingest import ingest
from app.desk import Desk
from app.errors import Misconfigured
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts, all_clinics
from app.usecases.create_clinic import ClinicDraft, create_clinic
from app.usecases.create_staff import create_staff
from app.usecases.reset_second_factor import reset_second_factor

Report = Callable[[dict[str, Any]], None]
SAMPLES = Path(__file__).resolve().parents[3] / "scripts" / "sample_clinics"
REMEMBERED = "demo.json"


def demo(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"clinics": [{"key", "name", "site_key", "origins", "staff": [{"email", "role", "password", "totp_secret"}]}]}.
    Sample passwords and keys are kept in DATA_DIR/demo.json, so that a second call prints the same."""
    if desk.settings.env == "production":
        raise Misconfigured("Sample clinics are refused with FRONTDESK_ENV=production.", "Use FRONTDESK_ENV=local.")
    path = desk.settings.data_dir / REMEMBERED
    known = json.loads(path.read_text(encoding="utf-8"))["clinics"] if path.exists() else []
    existing = {clinic.site_key for clinic in all_clinics(desk.database)}
    known = [clinic for clinic in known if clinic["site_key"] in existing]
    if with_factors(desk, known):
        _remember(path, known)
    for folder in sorted(SAMPLES.glob("*/clinic.yaml")):
        sheet = yaml.safe_load(folder.read_text(encoding="utf-8"))
        if sheet["key"] not in {clinic["key"] for clinic in known}:
            known.append(_plant(desk, sheet))
            _remember(path, known)
        ingest_missing(desk, known, sheet["key"], folder.parent / "papers", report)
    return {"clinics": known}


def ingest_missing(desk: Desk, known: list[dict[str, Any]], key: str, papers: Path, report: Report) -> None:
    """Uploads the sample's papers and publishes their payer rows; a paper that is there already stays as it is."""
    site_key = next(clinic["site_key"] for clinic in known if clinic["key"] == key)
    ingest(desk, {"clinic": site_key, "paths": [str(papers)], "publish": True}, report)


def _plant(desk: Desk, sheet: dict[str, Any]) -> dict[str, Any]:
    draft = ClinicDraft(
        name=sheet["name"],
        phone=sheet["phone"],
        timezone=sheet["timezone"],
        coordinator_email=sheet["coordinator"],
        origins=[_at_port(origin, desk.settings.demo_site_port) for origin in sheet["origins"]],
        service_zips=sheet["service_zips"],
        languages=sheet["languages"],
    )
    clinic = create_clinic(desk, draft, COMMAND)
    staff = [_person(desk, clinic, person) for person in sheet["staff"]]
    return {
        "key": sheet["key"],
        "name": clinic.name,
        "site_key": clinic.site_key,
        "origins": list(clinic.origins),
        "staff": staff,
    }


def _at_port(origin: str, port: int) -> str:
    """The demo website may have been given another port."""
    return f"http://localhost:{port}" if origin.startswith("http://localhost") else origin


def _person(desk: Desk, clinic: ClinicFacts, person: dict[str, Any]) -> dict[str, Any]:
    made = create_staff(desk, person["email"], person["role"], clinic.id)
    return {
        "email": person["email"],
        "role": person["role"],
        "password": made.password,
        "totp_secret": made.totp_secret,
    }


def with_factors(desk: Desk, clinics: list[dict[str, Any]]) -> bool:
    """Sample people from a release without second factors get theirs. Returns whether there were any."""
    without = [p for c in clinics for p in c["staff"] if p["role"] == "manager" and not p["totp_secret"]]
    for person in without:
        person["totp_secret"] = reset_second_factor(desk, person["email"])
    return bool(without)


def _remember(path: Path, known: list[dict[str, Any]]) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump({"clinics": known}, file, indent=1)
