"""The three ways in which a referral comes in: all fields at once, a talk, the form without scripts."""

import html
import json
import random
import re
from collections.abc import Callable
from typing import Any

import httpx

from tests.faults.journal import Journal, Sent
from tests.faults.patients import Patient
from tests.faults.trying import Line, TryAgain

OPENING = "I would like to schedule physical therapy, I have a referral"
TURNS = 25
REFERENCE = re.compile(r"\b[A-HJ-NP-Z2-9]{7}\b")


class Ways:
    """Submits patients' requests to one clinic over one line; each ends in an acknowledgement in the journal."""

    def __init__(self, line: Line, site_key: str, consent: str, journal: Journal, chance: random.Random) -> None:
        self._line, self._site_key, self._consent = line, site_key, consent
        self._journal, self._chance = journal, chance
        self._conversation: tuple[str, dict[str, str]] | None = None

    def submit(self, way: str, patient: Patient) -> None:
        """Until it is acknowledged. Raises GaveUp or Refused."""
        sent = Sent(patient, way)
        self._journal.submitted(sent)
        kinds: dict[str, Callable[[Sent], None]] = {"contact": self._contact, "talk": self._talk, "form": self._form}
        kinds[way](sent)

    def begin_anew(self) -> None:
        """Forgets the conversation."""
        self._conversation = None

    def _id(self) -> str:
        return f"{self._chance.getrandbits(96):024x}"

    def _open(self) -> tuple[str, dict[str, str]]:
        body = {"site_key": self._site_key, "client_id": self._id(), "consent": self._consent}
        opened = self._line.until(lambda http: http.post("/api/v1/conversations", json=body), 201).json()
        return opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"}

    def _contact(self, sent: Sent) -> None:
        """Several family members in one conversation now and then, a new conversation for the others."""
        if self._conversation is None or self._chance.random() < 0.3:
            self._conversation = self._open()
        conversation, headers = self._conversation
        body = {"client_id": self._id(), "action": "referral", "slots": sent.patient.slots}
        address = f"/api/v1/conversations/{conversation}/contact"
        told = self._line.until(lambda http: http.post(address, json=body, headers=headers), 201).json()
        self._journal.acknowledged(sent, told["referral_id"], told["reference"])

    def _talk(self, sent: Sent) -> None:
        """Answers what it is asked until the referral is complete, then reads the transcript."""
        conversation, headers = self._open()
        text, streamed = OPENING, self._chance.random() < 0.5
        for _ in range(TURNS):
            sent.said.append(text)
            done = self._say(conversation, headers, text, streamed=streamed)
            if done["referral_id"]:
                self._journal.acknowledged(sent, done["referral_id"], done["reference"])
                break
            text = _reply(done, sent.patient.slots)
        else:
            raise AssertionError(f"no referral after {TURNS} turns: {sent.said} ... {done}")
        address = f"/api/v1/conversations/{conversation}"
        seen = self._line.until(lambda http: http.get(address, headers=headers), 200).json()
        sent.transcript = [one["text"] for one in seen["messages"] if one["author"] == "patient"]

    def _say(self, conversation: str, headers: dict[str, str], text: str, *, streamed: bool) -> dict[str, Any]:
        body, address = {"client_id": self._id(), "text": text}, f"/api/v1/conversations/{conversation}/messages"
        if streamed:
            told: dict[str, Any] = self._line.until_heard(lambda http: _done(http, address, body, headers))
            return told
        answer = self._line.until(lambda http: http.post(address, json=body, headers=headers), 200)
        return dict(answer.json())

    def _form(self, sent: Sent) -> None:
        """Loads the page, fills it in, and presses *Send* until there is a receipt."""
        address = f"/chat/{self._site_key}"
        page = self._line.until(lambda http: http.get(address), 200).text
        token, consent = (_hidden(page, name) for name in ("form_token", "consent"))
        fields = {"form_token": token, "consent": consent, "action": "referral", **sent.patient.slots}
        receipt = self._line.until(lambda http: http.post(address, data=fields), 303).headers["location"]
        read = self._line.until(lambda http: http.get(receipt), 200).text
        found = REFERENCE.search(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", read, flags=re.DOTALL))
        assert found is not None, f"no reference on the receipt: {read}"
        self._journal.acknowledged(sent, None, found.group())


def _reply(done: dict[str, Any], slots: dict[str, str]) -> str:
    """What this patient says next."""
    action = done["action"] or {}
    if action.get("status") == "confirming":
        return "yes"
    return slots.get(action.get("asking") or "", "skip")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no {name} on the page"
    return html.unescape(found.group(1))


def _done(http: httpx.Client, address: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """The `done` event of a streamed reply. A stream that ends without it, or says `error`, is no acknowledgement."""
    accept = {"Accept": "text/event-stream"}
    with http.stream("POST", address, json=body, headers=headers | accept) as answer:
        if answer.status_code != 200:
            answer.read()
            raise TryAgain(answer)
        event = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == "done":
                done: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return done
    raise TryAgain(None)
