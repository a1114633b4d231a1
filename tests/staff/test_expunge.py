"""A patient asks for deletion after a request was sent; a manager sees it and carries it out."""

import pytest
from sqlmodel import select

from app.store.tables import AuditEntry, Conversation, Lead, Message, Notice
from app.usecases.receipts import digest
from tests.cast import make_lead
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser, rows, seen


def asked_for(install: Install, lead_id: str) -> None:
    """As the visitor's DELETE leaves it."""

    def work(session) -> None:
        talk = session.get_one(Conversation, session.get_one(Lead, lead_id).conversation_id)
        talk.deletion_asked_at = install.desk.clock()
        session.add(talk)

    install.desk.database.write(work)


def test_a_manager_carries_out_what_the_patient_asked_for(fresh_install: Install) -> None:
    """The patient was told that the clinic would see it; nobody could do anything about it."""
    install, cast = fresh_install, fresh_install.cast
    lead_id, _ = make_lead(install.desk, cast.clinic_id, notice="pending")
    other_id, _ = make_lead(install.desk, cast.clinic_id, "OTHER22")
    asked_for(install, lead_id)
    browser = Browser(install, cast.manager)
    page = seen(browser.get(f"/dashboard/harbor/leads/{lead_id}"))
    assert "The patient asked for this on" in page
    assert "Type the reference K7M2P9Q" in page
    wrong = browser.post(f"/dashboard/harbor/leads/{lead_id}/expunge", {"reference": "OTHER22"})
    assert wrong.status_code == 422
    assert rows(install, Lead, Lead.id == lead_id)
    done = browser.post(f"/dashboard/harbor/leads/{lead_id}/expunge", {"reference": " k7m2p9q "})
    assert done.status_code == 200
    assert "The patient’s data is removed" in seen(done)
    assert "Robin Ames" not in done.text
    assert browser.get(f"/dashboard/harbor/leads/{lead_id}").status_code == 404
    assert [row.id for row in rows(install, Lead)] == [other_id]
    assert [row.lead_id for row in rows(install, Notice)] == [other_id], "and is announced no more"
    assert len(rows(install, Message)) == 2


def test_the_api_gives_a_receipt_that_the_audit_vouches_for(fresh_install: Install) -> None:
    """A script could not do it, or not show that it did."""
    install, cast = fresh_install, fresh_install.cast
    lead_id, _ = make_lead(install.desk, cast.clinic_id, notice="delivered")
    headers, url = install.token(cast.manager), install.url(f"leads/{lead_id}/expunge")
    assert install.client.post(url, json={"reference": "WRONG22"}, headers=headers).status_code == 422
    answer = install.client.post(url, json={"reference": "K7M2P9Q"}, headers=headers)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["sha256"] == digest(receipt)
    acts = {act.verb: act for act in rows(install, AuditEntry, AuditEntry.clinic_id == cast.clinic_id)}
    assert acts["expunge_receipt"].target_id == receipt["sha256"]
    assert acts["expunged"].actor_id == cast.manager.staff_id
    assert install.client.post(url, json={"reference": "K7M2P9Q"}, headers=headers).status_code == 404


@pytest.mark.parametrize("who", ["viewer", "coordinator"])
def test_others_do_not_even_see_the_form(fresh_install: Install, who: str) -> None:
    """What cannot be undone would be one click away for everybody."""
    install = fresh_install
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id)
    browser = Browser(install, getattr(install.cast, who))
    assert "expunge" not in browser.get(f"/dashboard/harbor/leads/{lead_id}").text
    assert browser.post(f"/dashboard/harbor/leads/{lead_id}/expunge", {"reference": "K7M2P9Q"}).status_code == 403
    with install.desk.database.read() as session:
        assert session.exec(select(Lead.id)).all() == [lead_id]
