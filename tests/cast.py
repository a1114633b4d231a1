"""The people of the tests: two clinics, who works in them, and a lead to look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlmodel import select

from app.desk import Desk
from app.settings import Settings
from app.store.second_factors import confirmed
from app.store.tables import Clinic, Conversation, Destination, Egress, Lead, Message, Notice
from app.usecases.create_staff import Role, create_staff
from app.usecases.totp import code_of, phone_time, step_at

PASSWORD = "four-unrelated-words-here"
MASTER_KEY = "0123456789abcdef" * 4


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who can sign in."""

    staff_id: str
    email: str
    password: str = PASSWORD
    totp_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """`clinic` is where manager, coordinator and viewer work; `stranger` manages `other`; the owner may enter both."""

    clinic_id: str
    site_key: str
    other_id: str
    other_site_key: str
    manager: Someone
    coordinator: Someone
    viewer: Someone
    stranger: Someone
    owner: Someone


def test_settings(data_dir: Path, **changes: Any) -> Settings:
    """Settings of an install under test."""
    return Settings(**{"env": "test", "data_dir": data_dir, "master_key": SecretStr(MASTER_KEY), **changes})


test_settings.__test__ = False  # type: ignore[attr-defined]  # a name, not a test


def make_clinic(desk: Desk, site_key: str, name: str, **changes: Any) -> str:
    """A clinic with usual settings. Returns its id."""
    usual = {
        "site_key": site_key,
        "name": name,
        "phone": "+12025550143",
        "timezone": "America/Chicago",
        "coordinator_email": f"front@{site_key}.example",
        "origins": [],
        "service_zips": [],
        "languages": ["en"],
        "email_fields": [],
        "created_at": desk.clock(),
    }

    def work(session: Any) -> str:
        clinic = Clinic(**{**usual, **changes})
        session.add(clinic)
        session.flush()
        session.add(
            Destination(
                clinic_id=clinic.id, channel="email", address=clinic.coordinator_email, created_at=clinic.created_at
            )
        )
        return clinic.id

    return desk.database.write(work)


def make_person(desk: Desk, email: str, role: Role, clinic_id: str | None) -> Someone:
    """A person with the tests' password."""
    made = create_staff(desk, email, role, clinic_id, PASSWORD)
    return Someone(made.staff_id, email, totp_secret=made.totp_secret)


def fresh_code(desk: Desk, someone: Someone) -> str:
    """What the person's app shows. The desk forgets that it saw a code before: tests cannot wait for the next one."""
    assert someone.totp_secret is not None

    def work(session: Any) -> None:
        factor = confirmed(session, someone.staff_id)
        assert factor is not None
        factor.last_step = 0
        session.add(factor)

    desk.database.write(work)
    return code_of(someone.totp_secret, step_at(phone_time(desk)))


def credentials(desk: Desk, someone: Someone) -> dict[str, str]:
    """What `POST /api/v1/staff/sessions` and the dashboard's sign-in form want of the person, in one step."""
    given = {"email": someone.email, "password": someone.password}
    return given | ({"code": fresh_code(desk, someone)} if someone.totp_secret else {})


def make_cast(desk: Desk) -> Cast:
    """Everyone, in an empty desk."""
    here = make_clinic(desk, "harbor", "Harbor Physical Therapy")
    there = make_clinic(desk, "mesa", "Mesa Rehab")
    return Cast(
        clinic_id=here,
        site_key="harbor",
        other_id=there,
        other_site_key="mesa",
        manager=make_person(desk, "maya@harbor.example", "manager", here),
        coordinator=make_person(desk, "cole@harbor.example", "coordinator", here),
        viewer=make_person(desk, "vera@harbor.example", "viewer", here),
        stranger=make_person(desk, "sten@mesa.example", "manager", there),
        owner=make_person(desk, "olga@install.example", "owner", None),
    )


SLOTS: dict[str, Mapping[str, Any]] = {
    "patient_name": {"status": "filled", "value": "Robin Ames", "said": "robin ames"},
    "contact": {"status": "filled", "value": "+12025550177", "said": "202 555 0177"},
    "referring_provider": {"status": "filled", "value": "Dr. Okafor", "said": "dr okafor"},
    "insurance_carrier": {"status": "declined", "value": None, "said": "rather not say"},
    "preferred_times": {
        "status": "filled",
        "value": [{"said": "Tuesday mornings", "from": "08:00", "to": "12:00", "days": ["tue"]}],
        "said": "Tuesday mornings",
    },
}


def make_egress(
    desk: Desk, clinic_id: str, conversation_id: str | None = None, said: str = "Do I need a referral?", **changes: Any
) -> str:
    """One request that left for a model, as the guest records it. Returns its id."""
    now = desk.clock()
    messages = [{"role": "system", "content": "You help the desk."}, {"role": "user", "content": said}]
    usual = {
        "purpose": "answer",
        "host": "models.example",
        "model": "small-model",
        "local": False,
        "redacted": True,
        "body": json.dumps({"model": "small-model", "messages": messages, "max_tokens": 200}),
        "sent_at": now,
        "ended_at": now + timedelta(seconds=1.5),
        "result": "ok",
        "prompt_tokens": 120,
        "completion_tokens": 30,
    }

    def work(session: Any) -> str:
        row = Egress(clinic_id=clinic_id, conversation_id=conversation_id, **{**usual, **changes})
        session.add(row)
        return row.id

    return desk.database.write(work)


def make_lead(
    desk: Desk,
    clinic_id: str,
    reference: str = "K7M2P9Q",
    *,
    slots: Mapping[str, Mapping[str, Any]] = SLOTS,
    words: tuple[tuple[str, str], ...] = (("patient", "I was referred to you."), ("desk", "What is your name?")),
    notice: str = "pending",
    **changes: Any,
) -> tuple[str, str]:
    """A lead with its conversation and one notice in the state `notice`. Returns the ids of lead and notice."""
    now = desk.clock()

    def work(session: Any) -> tuple[str, str]:
        talk = Conversation(clinic_id=clinic_id, consent_version="1", state={}, created_at=now, last_message_at=now)
        session.add(talk)
        session.flush()
        for seq, (author, text) in enumerate(words, 1):
            at = now + timedelta(seconds=seq)
            row = Message(
                clinic_id=clinic_id, conversation_id=talk.id, seq=seq, author=author, text=text, created_at=at
            )
            row.turn_id = "msg_answered" if author == "patient" else None  # else the desk would answer it now
            session.add(row)
        values = {
            "action": "referral",
            "action_version": "1",
            "status": "complete",
            "slots": {name: dict(slot) for name, slot in slots.items()},
            "missing": [],
            "submitted_at": now if changes.get("status", "complete") == "complete" else None,
        }
        made = Lead(
            clinic_id=clinic_id,
            conversation_id=talk.id,
            reference=reference,
            created_at=now,
            updated_at=now,
            **{**values, **changes},
        )
        session.add(made)
        session.flush()
        place = session.exec(select(Destination).where(Destination.clinic_id == clinic_id)).first()
        sent = Notice(
            clinic_id=clinic_id,
            lead_id=made.id,
            destination_id=place.id,
            destination=place.shown,
            state=notice,
            attempts=3 if notice in ("dead", "held") else 0,
            last_error="The mail server refused the recipient." if notice == "dead" else None,
            created_at=now,
        )
        session.add(sent)
        return made.id, sent.id

    return desk.database.write(work)
