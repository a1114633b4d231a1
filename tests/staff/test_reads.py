"""Who looked at patients' data is on record, once in a quarter of an hour for a person and a thing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.store.audit import Actor
from app.store.tables import AuditEntry
from app.usecases.log_read import log_read
from tests.cast import make_lead
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser

READS = ("lead_read", "lead_list_read", "unanswered_read")


def reads(install: Install) -> list[tuple[str, str | None, str]]:
    with install.desk.database.read() as session:
        found = session.exec(select(AuditEntry).where(col(AuditEntry.verb).in_(READS)).order_by(col(AuditEntry.seq)))
        return [(one.verb, one.actor_id, one.target_id) for one in found]


@pytest.mark.parametrize("way", ["api", "dashboard"])
def test_every_way_to_patients_data_is_on_record(fresh_install: Install, way: str) -> None:
    """Nobody could say afterwards who had looked at a patient's request."""
    install, cast = fresh_install, fresh_install.cast
    lead_id, _ = make_lead(install.desk, cast.clinic_id)
    if way == "api":
        headers = install.token(cast.coordinator)
        for path in ("leads", f"leads/{lead_id}", "unanswered"):
            assert install.client.get(install.url(path), headers=headers).status_code == 200
    else:
        browser = Browser(install, cast.coordinator)
        for path in ("leads", f"leads/{lead_id}", "unanswered"):
            assert browser.get(f"/dashboard/harbor/{path}").status_code == 200
    who, clinic = cast.coordinator.staff_id, cast.clinic_id
    assert reads(install) == [
        ("lead_list_read", who, clinic),
        ("lead_read", who, lead_id),
        ("unanswered_read", who, clinic),
    ]


def test_a_page_that_is_looked_at_again_and_again_is_one_reading(fresh_install: Install) -> None:
    """A list that refreshes itself would fill the audit, and what matters could not be found in it."""
    install, cast = fresh_install, fresh_install.cast
    lead_id, _ = make_lead(install.desk, cast.clinic_id)
    for someone in (cast.coordinator, cast.viewer):
        headers = install.token(someone)
        for _ in range(3):
            assert install.client.get(install.url(f"leads/{lead_id}"), headers=headers).status_code == 200
    assert [who for _, who, _ in reads(install)] == [cast.coordinator.staff_id, cast.viewer.staff_id]


def test_a_later_reading_is_another_one(fresh_install: Install) -> None:
    """Somebody who came back the next day would not be seen."""
    desk, clinic_id = fresh_install.desk, fresh_install.cast.clinic_id
    actor, begin = Actor("staff", "staff_1"), desk.clock()
    for minutes in (0, 14, 16, 20):
        then = replace(desk, clock=lambda at=begin + timedelta(minutes=minutes): at)
        log_read(then, actor, "lead_read", ("lead", "lead_1"), clinic_id)
    assert len(reads(fresh_install)) == 2


def test_someone_who_may_not_look_leaves_no_reading(fresh_install: Install) -> None:
    """The record would name people who saw nothing."""
    install = fresh_install
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id)
    headers = install.token(install.cast.stranger)
    assert install.client.get(install.url(f"leads/{lead_id}"), headers=headers).status_code == 404
    assert install.client.get(install.url(f"leads/{lead_id}", "mesa"), headers=headers).status_code == 404
    assert reads(install) == []
