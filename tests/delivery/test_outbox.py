"""The outbox with a real desk, a real mail server and a real webhook: nothing is lost, and people hear of trouble."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from sqlmodel import col, select

from app.bootstrap import Running
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.queries.health import readiness
from app.store.queries.outbox import clinic_outbox, outbox, reckoning
from app.store.tables import Destination, FailingRoute, Job, Notice, Outage
from app.usecases.deliver_alert import REFUSED_OFTEN
from app.usecases.retry_notice import retry_notice
from app.usecases.submit_contact import submit_contact
from app.usecases.watch_outbox import watch_outbox
from tests.delivery.hooks import Hook, hook
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.mail import Mailbox, free_port, smtp_server
from tests.server import wait_for

PATIENT = "Perpetua Quillfeather"
QUICK = {"outbox_retry_base_s": 0.1, "outbox_retry_cap_s": 0.4, "outbox_ambiguous_wait_s": 1.0}


@pytest.fixture
def slack() -> Iterator[Hook]:
    with hook() as made:
        yield made


@contextmanager
def desk(folder: Path, mail: int | str, **changes: Any) -> Iterator[Running]:
    """A desk whose worker runs; the timetable is played by the tests."""
    url = SecretStr(mail if isinstance(mail, str) else f"smtp://127.0.0.1:{mail}")
    with desk_at_rest(folder, smtp_url=url, fetch_private=True, **{**QUICK, **changes}) as running:
        running.worker.start(("deliver",))
        yield running


def submit(running: Running, clinic: ClinicFacts, count: int = 1) -> None:
    """Referrals by the form."""
    conversation = Talk(running, clinic).opened.conversation_id
    for _ in range(count):
        slots = {"patient_name": PATIENT, "contact": f"{secrets.token_hex(4)}@mail.example"}
        submit_contact(running.desk, clinic, conversation, secrets.token_hex(8), "referral", slots)


def add_slack(running: Running, clinic: ClinicFacts, url: str, channel: str = "slack") -> str:
    """Another destination of the clinic."""

    def work(session: Any) -> str:
        made = Destination(
            clinic_id=clinic.id, channel=channel, address=url, fields=[], created_at=running.desk.clock()
        )
        session.add(made)
        return made.id

    return running.desk.database.write(work)


def states(running: Running, channel: str = "email") -> list[str]:
    with running.desk.database.read() as session:
        return list(session.exec(select(Notice.state).where(Notice.channel == channel)))


def rows(running: Running, table: Any) -> list[Any]:
    with running.desk.database.read() as session:
        found = list(session.exec(select(table)))
        session.expunge_all()
        return found


def alerts(slack: Hook) -> list[str]:
    return [body["text"] for body in slack.bodies if body["text"].startswith("Frontdesk:")]


def test_a_wrong_password_holds_everything_alerts_once_and_mends_itself(tmp_path: Path, slack: Hook) -> None:
    """The password expired on Friday evening. Nothing dies, the operator hears of it once, and when it works again
    everything goes out without a click."""
    right = threading.Event()

    def check(*_: Any) -> AuthResult:
        return AuthResult(success=right.is_set(), handled=False)

    with smtp_server(authenticator=check, auth_require_tls=False) as mailbox:
        url = f"smtp://desk:secret@127.0.0.1:{mailbox.port}?tls=none"
        with desk(tmp_path, url, alert_webhook=SecretStr(slack.url)) as running:
            clinic = make_clinic(running)
            submit(running, clinic, 5)
            wait_for("a held notice", lambda: "held" in states(running))
            wait_for("also those that nobody tried", lambda: running.worker.tidy() or states(running) == ["held"] * 5)
            wait_for("the alert", lambda: alerts(slack))
            submit(running, clinic)
            running.worker.tidy()
            assert not readiness(running.desk.database, running.desk.clock())["outbox_dead"]
            right.set()
            wait_for("all mails", lambda: len(mailbox.mails) == 6)
            wait_for("all states", lambda: states(running) == ["delivered"] * 6)
            assert len(alerts(slack)) == 1
            assert "e-mail" in alerts(slack)[0]
            assert PATIENT not in str(slack.bodies)
            assert [outage.kind for outage in rows(running, Outage) if outage.closed_at is None] == []


def test_a_dead_letter_is_told_on_another_channel_and_once(tmp_path: Path, slack: Hook) -> None:
    """The coordinator's mailbox is gone. The clinic's Slack says so at once; ten more dead letters say nothing new."""
    with smtp_server() as mailbox, desk(tmp_path, mailbox.port) as running:
        mailbox.rcpt = "550 no such user"
        clinic = make_clinic(running)
        add_slack(running, clinic, slack.url)
        submit(running, clinic)
        wait_for("the alert", lambda: alerts(slack), 60)
        submit(running, clinic, 5)
        wait_for("dead letters", lambda: states(running) == ["dead"] * 6)
        wait_for("Slack's own notices", lambda: states(running, "slack") == ["delivered"] * 6)
        assert len(alerts(slack)) == 1
        text = alerts(slack)[0]
        assert clinic.name in text
        assert clinic.coordinator_email in text
        assert "550" in text
        assert PATIENT not in text

        mailbox.rcpt = "250 ok"
        for notice in rows(running, Notice):
            if notice.state == "dead":
                retry_notice(running.desk, clinic.id, notice.id, COMMAND)
        wait_for("the mails", lambda: len(mailbox.mails) == 6)
        wait_for("the end of the outage", lambda: all(one.closed_at for one in rows(running, Outage)))
        mailbox.rcpt = "550 no such user"
        submit(running, clinic)
        wait_for("an alert for the new outage", lambda: len(alerts(slack)) == 2)


def test_an_alert_that_fails_goes_to_the_next_and_raises_none(tmp_path: Path, slack: Hook) -> None:
    """The webhook that should hear of the dead letter is broken as well: the other one hears, and there is no end to
    end alarm about alarms."""
    with smtp_server() as mailbox, hook() as broken, desk(tmp_path, mailbox.port) as running:
        mailbox.rcpt = "550 no such user"
        broken.refuses = b"Frontdesk:"
        clinic = make_clinic(running)
        add_slack(running, clinic, broken.url)
        add_slack(running, clinic, slack.url)
        submit(running, clinic)
        wait_for("the alert at the second", lambda: alerts(slack))
        time.sleep(1)
        assert len(alerts(slack)) == 1
        assert len([job for job in rows(running, Job) if job.kind == "alert"]) == 2
        broken.refuses = b""
        wait_for("the first one's alert", lambda: alerts(broken))


def test_an_alert_that_is_refused_like_the_notice_comes_when_that_has_passed(tmp_path: Path) -> None:
    """A mail server that answers 550 to everything for a while refuses the alert too, and there is no other channel:
    the operator must still hear that a referral was given up."""
    with smtp_server() as mailbox, desk(tmp_path, mailbox.port, alert_email="operator@install.example") as running:
        mailbox.rcpt = "550 no mail today"
        submit(running, make_clinic(running))
        wait_for(
            "a refused alert", lambda: [job for job in rows(running, Job) if job.kind == "alert" and job.last_error]
        )
        assert states(running) == ["dead"]
        mailbox.rcpt = "250 ok"
        wait_for("the alert", lambda: [mail for mail in mailbox.mails if b"To: operator@install.example" in mail])


def test_an_alert_that_is_refused_often_is_tried_once_an_hour(tmp_path: Path) -> None:
    """An operator's address that is wrong must not be tried each minute for three days."""
    with smtp_server() as mailbox, desk(tmp_path, mailbox.port, alert_email="operator@install.example") as running:
        mailbox.rcpt = "550 no such user"
        submit(running, make_clinic(running))

        def put_off() -> list[Job]:
            late = running.desk.clock() + timedelta(minutes=50)
            alerts = [job for job in rows(running, Job) if job.kind == "alert"]
            return [job for job in alerts if job.not_before is not None and job.not_before > late]

        wait_for("the tries", put_off)
        assert [job.attempts for job in put_off()] == [REFUSED_OFTEN]


def test_a_route_that_fails_for_long_is_told_although_nothing_is_given_up(tmp_path: Path, slack: Hook) -> None:
    """A mail server that is down all night kills nothing; but somebody should know before the morning."""
    with desk(tmp_path, free_port(), alert_webhook=SecretStr(slack.url)) as running:
        clinic = make_clinic(running)
        submit(running, clinic)
        wait_for("a failed try", lambda: rows(running, FailingRoute))
        watch_outbox(running.desk)
        assert rows(running, Outage) == []

        def long_ago(session: Any) -> None:
            route = session.exec(select(FailingRoute)).one()
            route.since -= timedelta(hours=1)
            session.add(route)
            for job in session.exec(select(Job)):
                job.created_at -= timedelta(hours=1)
                session.add(job)

        running.desk.database.write(long_ago)
        for _ in range(3):
            watch_outbox(running.desk)
        wait_for("the alert", lambda: alerts(slack))
        assert states(running) == ["pending"]
        assert len(rows(running, Outage)) == 1


def test_a_webhook_that_hangs_delays_no_mail(tmp_path: Path, slack: Hook) -> None:
    """One clinic's broken system must not make another clinic wait."""
    with smtp_server() as mailbox, desk(tmp_path, mailbox.port, webhook_timeout_s=60) as running:
        slack.hangs.set()
        clinic = make_clinic(running)
        for number in range(6):
            add_slack(running, clinic, f"{slack.url}/{number}")
        submit(running, clinic, 3)
        wait_for("the mails", lambda: len(mailbox.mails) == 3, 55)
        slack.hangs.clear()
        slack.go_on.set()
        wait_for("everything", lambda: states(running, "slack") == ["delivered"] * 18)


def test_a_lost_reply_waits_before_the_second_copy(tmp_path: Path) -> None:
    """The server had the mail and dropped the line: the copy comes once, after the long wait, with the same id."""

    arrived: list[float] = []

    class Drops(Mailbox):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            arrived.append(time.monotonic())
            answer = await super().handle_DATA(server, session, envelope)
            if len(self.mails) == 1:
                server.transport.abort()
            return answer

    from aiosmtpd.controller import Controller

    mailbox = Drops(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, server_hostname="mail.example")
    controller.start()
    try:
        with desk(tmp_path, mailbox.port, outbox_ambiguous_wait_s=2.0) as running:
            submit(running, make_clinic(running))
            wait_for("the second", lambda: len(mailbox.mails) == 2)
            assert arrived[1] - arrived[0] > 1.9
            wait_for("the end", lambda: states(running) == ["delivered"])
            ids = {mail.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in mailbox.mails}
            assert len(ids) == 1
    finally:
        controller.stop()


def test_the_reckoning_holds_over_a_real_run(tmp_path: Path, slack: Hook) -> None:
    """submitted = delivered + pending + dead (+ held + suppressed), at every moment of a run with a server in moods."""
    moods = ["250 ok", "450 busy", "550 no such user", "421 too busy", "250 ok"]
    with smtp_server() as mailbox, desk(tmp_path, mailbox.port) as running:
        clinic, database = make_clinic(running), running.desk.database
        place = add_slack(running, clinic, slack.url)
        for number in range(25):
            mailbox.rcpt = moods[number % len(moods)]
            submit(running, clinic)
            running.worker.tidy()
            now = reckoning(database)
            assert now.submitted == number + 1 == sum(now.by_state.values())
            assert now.even, str(now)
        mailbox.rcpt = "250 ok"

        def remove(session: Any) -> None:
            row = session.get(Destination, place)
            row.active = False
            session.add(row)

        database.write(remove)
        for notice in rows(running, Notice):
            if notice.state == "dead":
                retry_notice(running.desk, clinic.id, notice.id, COMMAND)
        wait_for("an empty outbox", lambda: not outbox(database, running.desk.clock()))
        last = reckoning(database)
        assert last.submitted == 25
        assert last.by_state["delivered"] + last.by_state["suppressed"] == 25
        assert len(mailbox.mails) == 25


def test_a_notice_without_a_job_is_found_and_sent(tmp_path: Path) -> None:
    """However it came about: the inbox says 'waiting', and nobody would ever have sent it."""
    with smtp_server() as mailbox, desk(tmp_path, free_port()) as running:
        clinic = make_clinic(running)
        submit(running, clinic)
        wait_for("a failed try", lambda: rows(running, FailingRoute))
        del mailbox

        def lose(session: Any) -> None:
            for job in session.exec(select(Job).where(col(Job.lease_holder).is_(None))):
                session.delete(job)

        running.worker.stop()
        running.desk.database.write(lose)
        assert reckoning(running.desk.database).orphans == 1
        watch_outbox(running.desk)
        assert reckoning(running.desk.database).orphans == 0
        assert [job.route for job in rows(running, Job)] == ["email"]


def test_the_outbox_says_what_comes_next(tmp_path: Path) -> None:
    """Who looks wants to know: since when, why, and when it is tried again."""
    with desk(tmp_path, free_port()) as running:
        clinic = make_clinic(running)
        submit(running, clinic)
        wait_for("a failed try", lambda: rows(running, FailingRoute))
        running.worker.stop()
        line = outbox(running.desk.database, running.desk.clock())[0]
        assert (line.clinic, line.state, line.channel, line.destination) == (
            clinic.site_key,
            "pending",
            "email",
            clinic.coordinator_email,
        )
        assert line.attempts >= 1
        assert line.last_error
        assert line.route_down_since
        assert line.next_try
        view = clinic_outbox(running.desk.database, clinic.id, running.desk.clock())
        assert (view.pending, view.dead, view.stuck) == (1, 0, 0)
        assert view.oldest_seconds > 0
