"""Who fuzzes: a visitor, a coordinator and a manager of a clinic that has one of everything."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlmodel import col, delete, select

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.tables import Destination, Job, PayerListRow, SignInAttempt, UnansweredQuestion
from app.usecases.publish_actions import publish_actions
from tests.access.world import ACTION
from tests.cast import Cast, Someone, credentials, make_cast, make_egress, make_lead
from tests.payer_lists import publish_paper, row


@dataclass
class Person:
    """`token` opens what they may open; `renew` gets another one, when a request ended the session."""

    role: str
    token: str
    someone: Someone | None = None


@dataclass
class Place:
    """A clinic with something behind every kind of id, and who works there."""

    url: str
    desk: Desk
    cast: Cast
    people: list[Person] = field(default_factory=list)
    ids: dict[str, Any] = field(default_factory=dict)

    def bearer(self, someone: Someone) -> str:
        """An API session. What the requests tried in vain would shut everybody here out for a while, as it should."""
        self.desk.database.write(lambda session: session.connection().execute(delete(SignInAttempt)))
        answer = httpx.post(f"{self.url}/api/v1/staff/sessions", json=credentials(self.desk, someone), timeout=60)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def visitor(self) -> dict[str, str]:
        """A conversation with a reply in it."""
        with httpx.Client(base_url=self.url, timeout=60) as http:
            consent = http.get("/api/v1/clinics/harbor").json()["consent"]["version"]
            body = {"site_key": "harbor", "client_id": secrets.token_hex(8), "consent": consent}
            opened = http.post("/api/v1/conversations", json=body).json()
            said = http.post(
                f"/api/v1/conversations/{opened['conversation_id']}/messages",
                json={"client_id": secrets.token_hex(8), "text": "Do you have parking?"},
                headers={"Authorization": f"Bearer {opened['token']}", "Accept": "application/json"},
            )
            return {**opened, "message_id": said.json()["message_id"], "consent": consent}

    def refill(self) -> None:
        """New things for every id: the ones before may have been deleted."""
        clinic_id = self.cast.clinic_id
        lead_id, notice_id = make_lead(
            self.desk, clinic_id, secrets.token_hex(4).upper()[:7], notice="dead", status="incomplete"
        )
        visitor = self.visitor()
        self.ids |= {
            "site_key": "harbor",
            "lead_id": lead_id,
            "notice_id": notice_id,
            "conversation_id": visitor["conversation_id"],
            "message_id": visitor["message_id"],
            "consent": visitor["consent"],
            "name": "records_request",
            "number": 0,
            "destination_id": self._mailbox(clinic_id),
            "egress_id": make_egress(self.desk, clinic_id, visitor["conversation_id"]),
            "ids": [self._question(clinic_id, visitor["conversation_id"])],
        }
        if self.people:
            self.people[0].token = visitor["token"]

    def paper(self) -> None:
        """A paper with a payer row that waits. What the requests have uploaded would be read before it."""
        self.desk.database.write(
            lambda session: session.connection().execute(delete(Job).where(col(Job.kind) == "index"))
        )
        paper = publish_paper(self.desk, self.cast.clinic_id, [row(f"Payer {secrets.token_hex(4)}")], "payers.csv")
        with self.desk.database.read() as session:
            mine = select(PayerListRow.id).where(PayerListRow.document_id == paper.document_id)
            self.ids |= {"document_id": paper.document_id, "row_id": session.exec(mine).first()}

    def _mailbox(self, clinic_id: str) -> str | None:
        """The clinic's first e-mail address: an example that is sent there reaches no network."""
        with self.desk.database.read() as session:
            mine = select(Destination.id).where(Destination.clinic_id == clinic_id, Destination.channel == "email")
            return session.exec(mine.order_by(Destination.created_at)).first()

    def _question(self, clinic_id: str, conversation_id: str) -> str:
        def ask(session: Any) -> str:
            found = UnansweredQuestion(
                clinic_id=clinic_id, conversation_id=conversation_id, question="Pool?", created_at=self.desk.clock()
            )
            session.add(found)
            return found.id

        return self.desk.database.write(ask)


def place(url: str, desk: Desk) -> Place:
    """Everything, in an empty install."""
    found = Place(url, desk, make_cast(desk))
    publish_actions(desk, clinic_of_site(desk.database, "harbor"), [ACTION], COMMAND)
    found.paper()
    found.people = [
        Person("visitor", ""),
        Person("coordinator", found.bearer(found.cast.coordinator), found.cast.coordinator),
        Person("manager", found.bearer(found.cast.manager), found.cast.manager),
    ]
    found.refill()
    return found
