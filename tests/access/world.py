"""Two clinics whose secrets are easy to find again, everything in them that an address can name, and everybody who may
or may not ask for it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import yaml
from sqlalchemy import text
from sqlmodel import SQLModel, select

from app.clock import new_id
from app.desk import Desk
from app.qualification.rule_layers import shipped_data
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.tables import Destination, Job, PayerListRow, StaffSession, UnansweredQuestion
from app.usecases.add_destination import NewDestination, add_destination
from app.usecases.disable_staff import disable_staff
from app.usecases.publish_actions import publish_actions
from app.usecases.save_rules import NewRules, save_rules
from tests.cast import Someone, make_egress, make_lead, make_person
from tests.payer_lists import publish_paper, row
from tests.shape.tree import ROOT
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser

HARBOR, MESA = "harbor", "mesa"
ACTION = yaml.safe_load((ROOT / "docs/examples/records-request.yaml").read_text(encoding="utf-8"))
LOGS = {"audit_entry", "staff_session"}
"""Tables that may grow when nothing is changed: who looked, and who is there."""


def shown(site_key: str) -> str:
    """Stands in what every member of the clinic may see."""
    return f"cnry{site_key}shown"


def hidden(site_key: str) -> str:
    """Stands in what viewers must not see."""
    return f"cnry{site_key}hidden"


@dataclass(frozen=True, slots=True)
class Things:
    """One of everything that an address or a body can name, of one clinic."""

    site_key: str
    lead_id: str
    notice_id: str
    document_id: str
    row_id: str
    question_id: str
    destination_id: str
    name: str
    number: str
    conversation_id: str
    message_id: str
    egress_id: str
    signed: str = "nobody-signed-this"
    path: str = "nothing.json"

    def value(self, parameter: str) -> str:
        """What stands for `{parameter}`. Raises AttributeError for one that this world does not know."""
        return str(getattr(self, parameter))


def nowhere() -> Things:
    """Ids that are well-formed and name nothing."""
    return Things(
        site_key="nowhere",
        lead_id=new_id("lead"),
        notice_id=new_id("notice"),
        document_id=new_id("doc"),
        row_id=new_id("payer"),
        question_id=new_id("unanswered"),
        destination_id=new_id("dest"),
        name="nowhere_card",
        number="7",
        conversation_id=new_id("conv"),
        message_id=new_id("msg"),
        egress_id=new_id("sent"),
    )


@dataclass(frozen=True)
class Actor:
    """Somebody who asks. `roles` are theirs by site key; `conversation` is what their visitor's token opens. `send`
    makes the request as they would."""

    name: str
    send: Callable[..., httpx.Response]
    roles: Mapping[str, str] = field(default_factory=dict)
    conversation: str = ""
    signed_in: bool = False


@dataclass
class World:
    """The install with both clinics in it."""

    install: Install
    rules: dict[str, str] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.install.desk

    def clinic_id(self, site_key: str) -> str:
        """The clinic's id."""
        return clinic_of_site(self.desk.database, site_key).id

    def things(self, site_key: str) -> Things:
        """Made just now; its words are the clinic's canaries."""
        clinic_id, desk = self.clinic_id(site_key), self.desk
        desk.database.write(_forget_uploads)
        lead_id, notice_id, question_id = self._lead(clinic_id, site_key)
        paper = publish_paper(desk, clinic_id, [row(f"{shown(site_key)} {secrets.token_hex(4)}")], _paper(site_key))
        with desk.database.read() as session:
            row_id = session.exec(select(PayerListRow.id).where(PayerListRow.document_id == paper.document_id)).one()
        visitor = self.visitor(site_key)
        return Things(
            site_key=site_key,
            lead_id=lead_id,
            notice_id=notice_id,
            document_id=paper.document_id,
            row_id=row_id,
            question_id=question_id,
            destination_id=self._destination(site_key),
            name=self._action(site_key),
            number=self._rules(site_key),
            conversation_id=visitor["conversation_id"],
            message_id=visitor["message_id"],
            egress_id=make_egress(desk, clinic_id, visitor["conversation_id"], f"{hidden(site_key)} said"),
        )

    def _lead(self, clinic_id: str, site_key: str) -> tuple[str, str, str]:
        """An unfinished lead whose notice is dead, and a question from its conversation."""
        secret, said = hidden(site_key), f"{hidden(site_key)} said"
        slots = {
            "patient_name": {"status": "filled", "value": f"Robin {shown(site_key).title()}", "said": said},
            "contact": {"status": "filled", "value": f"{secret}@mail.example", "said": said},
            "member_id": {"status": "filled", "value": secret, "said": said},
            "reason": {"status": "filled", "value": f"{secret} knee", "said": said},
        }
        reason = {"outcome": "needs_human", "rule": "look", "staff_text": secret, "source": "", "dated": None}
        words = (("patient", said), ("desk", f"You said {said}"))
        more: dict[str, Any] = {"outcome": "needs_human", "reasons": [reason], "patient_text": {"en": secret}}
        change = {"at": "2026-11-23T10:00:00+00:00", "name": None, "before": None}
        more["changes"] = [change | {"after": {"status": "filled", "value": secret, "said": said}}]
        reference = secrets.token_hex(4).upper()[:7]
        lead_id, notice_id = make_lead(
            self.desk, clinic_id, reference, slots=slots, words=words, notice="dead", status="incomplete", **more
        )

        def ask(session: Any) -> str:
            found = session.exec(text("select conversation_id from lead where id = :id").bindparams(id=lead_id)).one()
            question = UnansweredQuestion(
                clinic_id=clinic_id, conversation_id=found[0], question=f"{secret}?", created_at=self.desk.clock()
            )
            session.add(question)
            return question.id

        return lead_id, notice_id, self.desk.database.write(ask)

    def _destination(self, site_key: str) -> str:
        """A webhook; whoever reads its address may write there."""
        address = f"https://{shown(site_key)}.example/{hidden(site_key)}/{secrets.token_hex(4)}"
        self.desk.database.write(_retire_webhooks)  # a clinic may have so many and no more
        return add_destination(
            self.desk, self._facts(site_key), NewDestination("webhook", address), COMMAND
        ).destination.id

    def mailbox(self, site_key: str) -> str:
        """The clinic's first destination, which is an e-mail address."""
        with self.desk.database.read() as session:
            mine = select(Destination.id).where(Destination.clinic_id == self.clinic_id(site_key))
            return session.exec(mine.where(Destination.channel == "email").order_by(Destination.created_at)).first()

    def _action(self, site_key: str) -> str:
        """The clinic's own action, switched on."""
        name = f"{site_key}_card"
        publish_actions(self.desk, self._facts(site_key), [{**ACTION, "name": name, "enabled": True}], COMMAND)
        return name

    def _rules(self, site_key: str) -> str:
        """A version of the rules that only this clinic has: the other one has fewer, or more."""
        if site_key not in self.rules:
            for number in range(1 if site_key == HARBOR else 2):
                data = shipped_data()
                data["texts"] = {**data.get("texts", {}), "ready": {"en": f"{shown(site_key)} {number}"}}
                save_rules(
                    self.desk, self._facts(site_key), NewRules(data, None, f"{site_key}-{number}-rules"), COMMAND
                )
            self.rules[site_key] = "1" if site_key == HARBOR else "2"
        return self.rules[site_key]

    def _facts(self, site_key: str) -> Any:
        return clinic_of_site(self.desk.database, site_key)

    def visitor(self, site_key: str) -> dict[str, str]:
        """A conversation with one message and its reply."""
        client = self.install.client
        client.cookies.clear()
        consent = client.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
        body = {"site_key": site_key, "client_id": secrets.token_hex(8), "consent": consent}
        opened = client.post("/api/v1/conversations", json=body).json()
        said = client.post(
            f"/api/v1/conversations/{opened['conversation_id']}/messages",
            json={"client_id": secrets.token_hex(8), "text": f"{hidden(site_key)} hello"},
            headers={"Authorization": f"Bearer {opened['token']}", "Accept": "application/json"},
        )
        assert said.status_code == 200, said.text
        return {**opened, "message_id": said.json()["message_id"], "consent": consent}

    # The people

    def bearer(self, someone: Someone) -> str:
        """An API session."""
        return self.install.token(someone)["Authorization"].removeprefix("Bearer ")

    def staff(self, name: str, someone: Someone, roles: Mapping[str, str]) -> Actor:
        """Someone signed in both ways: each address gets the credentials that it takes."""
        token, browser = self.bearer(someone), self.browser(someone)

        def send(verb: str, path: str, is_page: bool, body: Mapping[str, Any]) -> httpx.Response:
            return by_browser(browser, verb, path, body) if is_page else self.by_token(token, verb, path, body)

        return Actor(name, send, roles, signed_in=True)

    def browser(self, someone: Someone) -> Browser:
        """A signed-in browser that has a form's token."""
        found = Browser(self.install, someone)
        found.get("/dashboard")
        if not found.csrf:  # one clinic only: the address leads on to it
            found.get(found.get("/dashboard").headers["location"])
        assert found.csrf
        return found

    def by_token(self, token: str, verb: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """A request with a bearer token, and nothing else."""
        self.install.client.cookies.clear()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.install.client.request(
            verb, path, headers=headers | {"Accept": "application/json"}, follow_redirects=False, **body
        )

    def cast(self, own: Things) -> list[Actor]:
        """Everybody but the owner of `own` knows about as much as they could."""
        cast, only = self.install.cast, self._only
        other_visitor, foreign_visitor = self.visitor(HARBOR), self.visitor(MESA)
        mine = self._token_of(own)
        here = lambda role: {HARBOR: role}  # noqa: E731
        return [
            only("nobody", ""),
            replace(only("the visitor", mine), conversation=own.conversation_id),
            replace(only("another visitor", other_visitor["token"]), conversation=other_visitor["conversation_id"]),
            replace(
                only("a visitor of another clinic", foreign_visitor["token"]),
                conversation=foreign_visitor["conversation_id"],
            ),
            self.staff("viewer", cast.viewer, here("viewer")),
            self.staff("coordinator", cast.coordinator, here("coordinator")),
            self.staff("manager", cast.manager, here("manager")),
            self.staff("owner", cast.owner, {HARBOR: "owner", MESA: "owner"}),
            self.staff("manager of another clinic", cast.stranger, {MESA: "manager"}),
            self._gone("disabled", lambda someone: disable_staff(self.desk, someone.email)),
            self._gone("expired", self._expire),
            self._swapped(cast.coordinator),
        ]

    def holder(self, token: str) -> Actor:
        """Whoever holds a visitor's token."""
        return self._only("the visitor", token)

    def _only(self, name: str, token: str) -> Actor:
        def send(verb: str, path: str, is_page: bool, body: Mapping[str, Any]) -> httpx.Response:
            return self.by_token(token, verb, path, body)

        return Actor(name, send)

    def _token_of(self, own: Things) -> str:
        from app.usecases.visitor_token import issue_token

        return issue_token(self.desk, own.conversation_id, self.desk.clock())

    def _gone(self, name: str, leave: Callable[[Someone], None]) -> Actor:
        """Someone whose session was good."""
        someone = make_person(self.desk, f"{name}@harbor.example", "coordinator", self.clinic_id(HARBOR))
        actor = self.staff(f"{name} staff", someone, {})
        leave(someone)
        return replace(actor, signed_in=False)

    def _expire(self, someone: Someone) -> None:
        def age(session: Any) -> None:
            for one in session.exec(select(StaffSession).where(StaffSession.staff_id == someone.staff_id)):
                one.expires_at = self.desk.clock() - timedelta(seconds=1)
                session.add(one)

        self.desk.database.write(age)

    def _swapped(self, someone: Someone) -> Actor:
        """The dashboard's cookie on the API, the API's token on the dashboard."""
        token, browser = self.bearer(someone), self.browser(someone)

        def send(verb: str, path: str, is_page: bool, body: Mapping[str, Any]) -> httpx.Response:
            return self.by_token(token, verb, path, body) if is_page else by_browser(browser, verb, path, body)

        return Actor("with the other door's credentials", send)

    def everything(self) -> dict[str, list[str]]:
        """All rows but the logs, to see that nothing changed."""
        with self.desk.database.read() as session:
            return {
                name: sorted(str(tuple(found)) for found in session.execute(table.select()))
                for name, table in SQLModel.metadata.tables.items()
                if name not in LOGS
            }


def by_browser(browser: Browser, verb: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
    """A form of the dashboard, or whatever else with its cookie."""
    client = browser.install.client
    client.cookies.clear()
    headers = {"Sec-Fetch-Site": "same-origin", "Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    given = dict(body)
    if "json" not in given and verb == "POST":
        given["data"] = {"csrf_token": browser.csrf, **given.get("data", {})}
    return client.request(verb, path, headers=headers, follow_redirects=False, **given)


def _retire_webhooks(session: Any) -> None:
    for one in session.exec(select(Destination).where(Destination.channel == "webhook")):
        one.active = False
        session.add(one)


def _forget_uploads(session: Any) -> None:
    """Papers that earlier requests sent are not read here."""
    for job in session.exec(select(Job).where(Job.kind == "index", Job.state == "pending")):
        job.state = "done"
        session.add(job)


def _paper(site_key: str) -> str:
    return f"{shown(site_key)}-{secrets.token_hex(4)}.csv"


__all__ = ["HARBOR", "MESA", "Actor", "Things", "World", "hidden", "nowhere", "shown"]
