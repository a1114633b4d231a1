"""Where notices go, as a manager sets it over the API; what is secret goes in and never comes out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select
from standardwebhooks import Webhook

from app.store.queries.clinics import clinic_of_site
from app.store.tables import AuditEntry, Clinic, Destination, Notice, Outage
from app.usecases.tell_staff import tell_staff
from tests.cast import make_lead
from tests.receiver import Receiver, receiver
from tests.staff.conftest import Install, start

SLACK = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrst"


@pytest.fixture
def install(tmp_path) -> Iterator[Install]:
    """One that may post to this machine, so that receivers of these tests can be destinations."""
    yield from start(tmp_path, fetch_private=True)


@pytest.fixture
def strict(tmp_path) -> Iterator[Install]:
    """One like those in the field."""
    yield from start(tmp_path)


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """One in which nothing is ever added."""
    yield from start(tmp_path_factory.mktemp("refusing"))


SIGNED_IN: dict[str, dict[str, str]] = {}
"""By staff id: one session serves a whole test."""


def headers(install: Install) -> dict[str, str]:
    manager = install.cast.manager
    return SIGNED_IN.get(manager.staff_id) or SIGNED_IN.setdefault(manager.staff_id, install.token(manager))


def ask(install: Install, method: str, path: str, body: Any = None) -> httpx.Response:
    return install.client.request(method, install.url(path), headers=headers(install), json=body)


def add(install: Install, channel: str, address: str, **more: Any) -> dict[str, Any]:
    body = {"client_id": f"add-{channel}-0001", "channel": channel, "address": address, **more}
    answer = ask(install, "POST", "destinations", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def listed(install: Install) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(install, "GET", "destinations").json()["destinations"]
    return found


def announce(install: Install, reference: str = "NEWS222") -> str:
    """A lead that everybody is told of. Returns its id."""
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id, reference, notice="delivered")
    clinic = clinic_of_site(install.desk.database, "harbor")

    def work(session: Session) -> None:
        from app.store.tables import Lead

        tell_staff(session, clinic, session.get_one(Lead, lead_id), "complete", install.desk.clock())

    install.desk.database.write(work)
    return lead_id


def notices(install: Install, channel: str) -> list[Notice]:
    with install.desk.database.read() as session:
        return list(session.exec(select(Notice).where(Notice.channel == channel).order_by(Notice.created_at)))


def deliver(install: Install) -> None:
    install.client.app.state["running"].worker.drain(["deliver"])


def test_the_coordinator_is_there_from_the_beginning_and_stays(strict: Install):
    """An emergency would reach nobody."""
    [first] = listed(strict)
    assert (first["channel"], first["address"], first["coordinator"]) == ("email", "front@harbor.example", True)
    answer = ask(strict, "DELETE", f"destinations/{first['id']}")
    assert (answer.status_code, "clinic set" in answer.text) == (422, True)


def test_a_slack_address_never_comes_out(strict: Install):
    """Who knows it may write into the clinic's channel, so no answer, notice, audit row or list may hold it."""
    made = add(strict, "slack", SLACK, fields=["patient_name"])
    assert made["secret"] is None
    announce(strict)
    audit = ask(strict, "GET", "audit").text
    [notice] = notices(strict, "slack")
    everything = [str(made), str(listed(strict)), audit, notice.destination, ask(strict, "GET", "leads").text]
    assert not [text for text in everything if "abcdefghij" in text or "B00000000" in text]
    assert made["destination"]["address"] == notice.destination == "https://hooks.slack.com/…qrst"


def test_a_webhooks_secret_is_shown_once_and_signs(install: Install):
    """The clinic's system could not check who writes; or everybody who may read the list could forge."""
    with receiver() as other:
        made = add(install, "webhook", other.url)
        assert made["secret"].startswith("whsec_")
        assert made["secret"] not in ask(install, "GET", "destinations").text
        lead_id = announce(install)
        deliver(install)
        [posted] = other.posted
    read = Webhook(made["secret"]).verify(posted.body, posted.headers)
    assert (read["type"], read["data"]["referral_id"]) == ("lead.complete", lead_id)
    assert "fields" not in read["data"], "thin by default"
    [notice] = notices(install, "webhook")
    assert (notice.state, posted.headers["webhook-id"]) == ("delivered", notice.id)


def test_the_same_request_again_is_the_same_destination(strict: Install):
    """A client whose connection broke would add a second one, and lose the secret of the first."""
    first = add(strict, "webhook", "https://systems.harbor.example/hook")
    again = add(strict, "webhook", "https://systems.harbor.example/hook")
    assert first == again
    other = {"client_id": "add-webhook-0001", "channel": "webhook", "address": "https://other.example/hook"}
    assert ask(strict, "POST", "destinations", other).status_code == 422
    assert len(listed(strict)) == 2


def test_one_place_is_one_destination(strict: Install):
    """It would hear of everything twice."""
    add(strict, "email", "second@harbor.example")
    body = {"client_id": "another-0001", "channel": "email", "address": "second@HARBOR.example"}
    answer = ask(strict, "POST", "destinations", body)
    assert (answer.status_code, "already" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("channel", "address", "said"),
    [
        ("email", "nobody", "not an e-mail address"),
        ("email", "a@b.example\r\nBcc: c@d.example", "not an e-mail address"),
        ("email", "josé@clinic.example", "not an e-mail address"),
        ("slack", "http://hooks.slack.com/services/T/B/secretsecret", "https"),
        ("webhook", "http://systems.harbor.example/secretsecret", "https"),
        ("webhook", "https://10.0.0.8/secretsecret", "private"),
        ("webhook", "https://127.0.0.1:8443/secretsecret", "private"),
        ("webhook", "https://[::ffff:127.0.0.1]/secretsecret", "private"),
        ("webhook", "https://localhost/secretsecret", "private"),
        ("webhook", "https://metadata.internal/secretsecret", "private"),
        ("webhook", "https://mail.example:25/secretsecret", "port 25"),
        ("webhook", "https://user:secretsecret@systems.example/", "not a web address"),
        ("webhook", "https://systems.example/a#secretsecret", "#"),
        ("webhook", "ftp://systems.example/secretsecret", "not a web address"),
        ("webhook", "secretsecret", "not a web address"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_at_once(refusing: Install, channel: str, address: str, said: str):
    """It would be found out only when the first referral does not arrive; or reach into the clinic's network."""
    body = {"client_id": "wrong-00001", "channel": channel, "address": address}
    answer = ask(refusing, "POST", "destinations", body)
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["error"]["message"]
    assert "secretsecret" not in answer.text


def test_fields_are_the_clinics_own_and_can_be_changed(strict: Install):
    """A misspelled name would silently keep a field back for ever."""
    body = {"client_id": "wrong-00001", "channel": "slack", "address": SLACK, "fields": ["patient_nam"]}
    answer = ask(strict, "POST", "destinations", body)
    assert answer.status_code == 422
    assert "'patient_nam'" in answer.json()["error"]["message"]
    assert "patient_name" in answer.json()["error"]["remedy"]
    made = add(strict, "slack", SLACK)["destination"]
    assert made["fields"] == []
    one = f"destinations/{made['id']}"
    assert ask(strict, "PATCH", one, {"fields": ["reason", "reason"]}).json()["fields"] == ["reason"]
    assert ask(strict, "PATCH", one, {"fields": ["reason", "*"]}).json()["fields"] == ["*"]
    assert ask(strict, "PATCH", one, {"fields": None}).status_code == 422
    assert ask(strict, "PATCH", one, {"fields": ["nonsense"]}).status_code == 422
    known = ask(strict, "GET", "destinations").json()["known_fields"]
    assert {"patient_name", "contact", "question", "note"} <= set(known)


def test_only_allowed_fields_travel(install: Install):
    """What the clinic did not allow for a channel must not be in it, whatever else is."""
    with receiver() as other:
        made = add(install, "webhook", other.url, fields=["referring_provider"])
        announce(install)
        deliver(install)
        [posted] = other.posted
    data = Webhook(made["secret"]).verify(posted.body, posted.headers)["data"]
    assert data["fields"] == {"referring_provider": "Dr. Okafor"}
    assert b"Robin" not in posted.body
    assert b"5550177" not in posted.body


def moved(install: Install, hours: float) -> None:
    """Moves every time of the secrets into the past."""

    def work(session: Session) -> None:
        for row in session.exec(select(Destination)):
            row.secrets = [
                {**one, "until": (datetime.fromisoformat(one["until"]) - timedelta(hours=hours)).isoformat()}
                if one["until"]
                else one
                for one in row.secrets
            ]
            session.add(row)

    install.desk.database.write(work)


def signs(install: Install, other: Receiver, reference: str, secret: str) -> bool:
    """Whether a receiver that has only this secret takes what is posted now."""
    other.posted.clear()
    announce(install, reference)
    deliver(install)
    [posted] = other.posted
    try:
        Webhook(secret).verify(posted.body, posted.headers)
    except Exception:
        return False
    return True


def test_a_rotation_signs_with_both_for_a_day(install: Install):
    """Between the new secret and the receiver's change of it, every referral would be refused."""
    with receiver() as other:
        made = add(install, "webhook", other.url)
        one, old = f"destinations/{made['destination']['id']}", made["secret"]
        turned = ask(install, "POST", f"{one}/rotate-secret", {"client_id": "turn-00001"})
        assert turned.status_code == 201, turned.text
        again = ask(install, "POST", f"{one}/rotate-secret", {"client_id": "turn-00001"})
        assert again.json() == turned.json(), "a repeated request turns nothing"
        new, until = turned.json()["secret"], datetime.fromisoformat(turned.json()["old_secret_until"])
        assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
        assert [signs(install, other, f"BOTH22{n}", secret) for n, secret in enumerate((new, old))] == [True, True]
        moved(install, 25)
        assert [signs(install, other, f"LATER2{n}", secret) for n, secret in enumerate((new, old))] == [True, False]


def test_a_leaked_secret_ends_at_once(install: Install):
    """Whoever has it could go on writing in the desk's name."""
    with receiver() as other:
        made = add(install, "webhook", other.url)
        path = f"destinations/{made['destination']['id']}/rotate-secret"
        turned = ask(install, "POST", path, {"client_id": "turn-00002", "at_once": True}).json()
        assert turned["old_secret_until"] is None
        assert not signs(install, other, "LEAKED2", made["secret"])
        assert signs(install, other, "LEAKED3", turned["secret"])
    slack = add(install, "slack", SLACK)["destination"]["id"]
    assert ask(install, "POST", f"destinations/{slack}/rotate-secret", {"client_id": "turn-00003"}).status_code == 422


def test_an_example_says_whether_it_works_and_holds_no_patient(install: Install):
    """A manager would find out with the first referral; or a real one would be sent to try it."""
    make_lead(install.desk, install.cast.clinic_id)
    with receiver() as other:
        made = add(install, "webhook", other.url)
        path = f"destinations/{made['destination']['id']}/test"
        assert ask(install, "POST", path).json()["result"] == "delivered"
        read = Webhook(made["secret"]).verify(other.posted[0].body, other.posted[0].headers)
        assert (read["type"], read["data"]["reference"]) == ("lead.example", "EXAMPLE")
        assert b"Robin" not in other.posted[0].body
        other.status = 410
        failed = ask(install, "POST", path).json()
        assert (failed["result"], failed["code"]) == ("failed", "operator")
        assert "token-of-the-clinic" not in str(failed)
    [mail] = [one for one in listed(install) if one["coordinator"]]
    assert ask(install, "POST", f"destinations/{mail['id']}/test").json()["result"] == "written"
    assert notices(install, "webhook") == []


def test_a_removed_destination_is_forgotten_with_all_that_waits_for_it(install: Install):
    """What is queued would still be sent there; and its secret would lie about for ever."""
    with receiver() as other:
        made = add(install, "webhook", other.url)["destination"]
        other.status = 410
        announce(install, "HELD222")
        deliver(install)
        assert [one.state for one in notices(install, "webhook")] == ["held"]
        announce(install, "WAITS22")
        posted = len(other.posted)
        answer = ask(install, "DELETE", f"destinations/{made['id']}")
        assert answer.json() == {"id": made["id"], "suppressed": 2}
        other.status = 200
        deliver(install)
        assert len(other.posted) == posted
    assert [one.state for one in notices(install, "webhook")] == ["suppressed", "suppressed"]
    assert made["id"] not in [one["id"] for one in listed(install)]
    with install.desk.database.read() as session:
        row = session.get_one(Destination, made["id"])
        assert (row.active, row.secrets, "token" in row.address) == (False, [], False)
        assert all(one.closed_at for one in session.exec(select(Outage).where(Outage.destination_id == row.id)))
        verbs = [one.verb for one in session.exec(select(AuditEntry).where(AuditEntry.target_id == row.id))]
    assert verbs == ["add_destination", "remove_destination"]
    assert ask(install, "DELETE", f"destinations/{made['id']}").status_code == 404


def test_what_was_claimed_before_the_removal_is_not_sent(install: Install, monkeypatch: pytest.MonkeyPatch):
    """The check stands at the moment of sending, not of queueing."""
    with receiver() as other:
        made = add(install, "webhook", other.url)["destination"]
        announce(install)

        def gone(session: Session) -> None:
            session.get_one(Destination, made["id"]).active = False

        install.desk.database.write(gone)
        deliver(install)
        assert other.posted == []
    assert [one.state for one in notices(install, "webhook")] == ["suppressed"]


def test_an_address_that_comes_back_is_the_same_destination(strict: Install):
    """Its earlier notices would belong to a stranger."""
    first = add(strict, "email", "second@harbor.example")["destination"]["id"]
    ask(strict, "DELETE", f"destinations/{first}")
    body = {"client_id": "again-00001", "channel": "email", "address": "second@harbor.example", "fields": ["reason"]}
    again = ask(strict, "POST", "destinations", body).json()["destination"]
    assert (again["id"], again["fields"]) == (first, ["reason"])


def test_a_clinic_has_so_many_destinations_and_no_more(strict: Install):
    """One stolen manager's session could make each referral a thousand posts."""
    for number in range(19):
        body = {"client_id": f"many-{number:05}", "channel": "email", "address": f"n{number}@harbor.example"}
        assert ask(strict, "POST", "destinations", body).status_code == 201
    body = {"client_id": "many-99999", "channel": "email", "address": "n99@harbor.example"}
    answer = ask(strict, "POST", "destinations", body)
    assert (answer.status_code, "20 destinations" in answer.text) == (422, True)


def test_the_clinics_own_list_for_email_is_checked_too(strict: Install):
    """It is where a misspelled field costs the most: the coordinator's own mail."""
    from app.errors import Invalid
    from app.store.audit import COMMAND
    from app.usecases.change_clinic import change_clinic

    with pytest.raises(Invalid, match="'contcat' is not a field"):
        change_clinic(strict.desk, "harbor", {"email_fields": ["contcat"]}, COMMAND)
    change_clinic(strict.desk, "harbor", {"email_fields": ["contact", "*"]}, COMMAND)
    with strict.desk.database.read() as session:
        assert session.exec(select(Clinic).where(Clinic.site_key == "harbor")).one().email_fields == ["*"]
