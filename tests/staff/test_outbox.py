"""What staff see of notices that do not get through, and the one click that sends them again."""

from datetime import timedelta

from sqlmodel import select

from app.store.tables import AuditEntry, Notice
from tests.cast import make_lead
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser, rows, seen


def test_the_outbox_says_what_is_stuck_and_one_request_sends_it_again(fresh_install: Install):
    """Forty referrals could not be sent over the weekend: nobody should have to press forty buttons."""
    install = fresh_install
    for number in range(3):
        make_lead(install.desk, install.cast.clinic_id, f"STUCK2{number}", notice=["dead", "held", "pending"][number])
    other = make_lead(install.desk, install.cast.other_id, "OTHER22", notice="dead")[1]
    headers = install.token(install.cast.coordinator)
    found = install.client.get(install.url("outbox"), headers=headers).json()
    assert (found["pending"], found["held"], found["dead"]) == (1, 1, 1)
    assert [one["state"] for one in found["notices"]] == ["dead", "held", "pending"]
    assert "The mail server refused the recipient." in str(found["notices"])
    assert "Robin" not in str(found)
    retried = install.client.post(install.url("outbox/retry"), headers=headers).json()["retried"]
    assert set(retried) == {one["id"] for one in found["notices"] if one["state"] != "pending"}
    assert {notice.state for notice in rows(install, Notice, Notice.id != other)} == {"pending"}
    assert rows(install, Notice, Notice.id == other)[0].state == "dead"
    verbs = [entry.verb for entry in rows(install, AuditEntry, AuditEntry.target_kind == "notice")]
    assert verbs == ["retried", "retried"]


def test_one_click_sends_everything_again(fresh_install: Install):
    """The mail server was down for four days: the coordinator is at work, not at forty buttons."""
    install = fresh_install
    for number in range(3):
        make_lead(install.desk, install.cast.clinic_id, f"AGAIN2{number}", notice="dead")
    browser = Browser(install, install.cast.coordinator)
    assert "3 notifications could not be sent." in seen(browser.get("/dashboard/harbor/papers"))
    assert "Send all again" not in Browser(install, install.cast.viewer).get("/dashboard/harbor/leads").text
    answer = browser.post("/dashboard/harbor/outbox/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/harbor/leads")
    assert "could not be sent" not in seen(browser.get("/dashboard/harbor/leads"))
    assert {notice.state for notice in rows(install, Notice, Notice.attempts >= 0)} == {"pending"}


def test_notices_that_are_late_are_said_before_anything_is_given_up(fresh_install: Install):
    """The mail server is down since the night: staff should look at the list instead of waiting for mail."""
    install = fresh_install
    make_lead(install.desk, install.cast.clinic_id, notice="pending")

    def long_ago(session) -> None:
        for notice in session.exec(select(Notice)):
            notice.created_at -= timedelta(hours=1)
            session.add(notice)

    install.desk.database.write(long_ago)
    browser = Browser(install, install.cast.coordinator)
    assert "1 notification is late." in seen(browser.get("/dashboard/harbor/leads"))
