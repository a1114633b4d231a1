"""Every address of the app × everybody × own, sibling, foreign and random ids, by the table in app/web/policy.py.

An address without a line in the table fails, and so does one whose body nobody wrote down here: what is new is looked
at once by a person."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from sqlmodel import select

from app.store.tables import StaffSession
from app.web.policy import OPERATIONS, Act, Door, allowed
from tests.access.doors import Address, addresses
from tests.access.world import ACTION, HARBOR, MESA, Actor, Things, World, hidden, nowhere, shown
from tests.staff.conftest import start

pytestmark = pytest.mark.timeout(600)
CLIENT_ID = "the-matrix-0001"
STAFF = "/api/v1/staff/clinics/{site_key}"
PAGES = "/dashboard/{site_key}"
Body = Mapping[str, Any]


def bodies(things: Things, unique: str) -> dict[str, Body]:
    """What each address wants to be sent, about these things."""
    document = {**ACTION, "name": things.name}
    rules: dict[str, Any] = {"rules": {}}
    client = {"client_id": unique}
    return {
        "POST /chat/{site_key}": {"data": {"patient_name": "Sam"}},
        "POST /api/v1/conversations": {"json": client | {"site_key": things.site_key, "consent": "consent"}},
        "POST /api/v1/conversations/resume": {
            "json": client | {"site_key": things.site_key, "consent": "consent", "token": "x" * 43}
        },
        "POST /api/v1/conversations/{conversation_id}/messages": {"json": client | {"text": "hello"}},
        "POST /api/v1/conversations/{conversation_id}/contact": {
            "json": client | {"action": "callback", "slots": {"contact": "202-555-0177"}}
        },
        "POST /api/v1/conversations/{conversation_id}/resume-link": {"json": client},
        "POST /api/v1/conversations/{conversation_id}/feedback": {
            "json": client | {"message_id": things.message_id, "helpful": True}
        },
        "POST /api/v1/staff/sessions": {"json": {"email": "nobody@harbor.example", "password": "not the password"}},
        f"POST {STAFF}/leads/{{lead_id}}/resume-link": {"json": client},
        f"POST {STAFF}/leads/{{lead_id}}/expunge": {"json": {"reference": "NOTTHIS"}},
        f"POST {STAFF}/notices/{{notice_id}}/retry": {},
        f"POST {STAFF}/outbox/retry": {},
        f"POST {PAGES}/outbox/retry": {},
        f"POST {STAFF}/destinations": {"json": client | {"channel": "email", "address": f"{unique}@harbor.example"}},
        f"PATCH {STAFF}/destinations/{{destination_id}}": {"json": {"fields": []}},
        f"POST {STAFF}/destinations/{{destination_id}}/rotate-secret": {"json": client},
        f"POST {STAFF}/destinations/{{destination_id}}/test": {},
        f"POST {STAFF}/documents": {"files": {"file": (f"{unique}.md", b"# Hours\n\nNine to five.")}},
        f"PATCH {STAFF}/documents/{{document_id}}": {"json": {"effective_from": None}},
        f"POST {STAFF}/payers/publish": {"json": client | {"document_id": things.document_id}},
        f"PATCH {STAFF}/payers/{{row_id}}": {"json": {"status": "conditional"}},
        f"PUT {STAFF}/actions/{{name}}": {"json": {"document": document}},
        f"POST {STAFF}/actions/{{name}}/reset": {},
        f"POST {STAFF}/actions/{{name}}/validate": {"json": {"document": document}},
        f"POST {STAFF}/actions/{{name}}/test": {"json": {"document": document, "say": ["hello"]}},
        f"PUT {STAFF}/rules": {"json": rules | client},
        f"POST {STAFF}/rules/preview": {"json": rules},
        f"PUT {STAFF}/model": {"json": {"on": False}},
        f"POST {PAGES}/model": {"data": {"on": "false"}},
        f"POST {STAFF}/model/try": {},
        f"POST {STAFF}/model/exam": {},
        f"POST {PAGES}/model/exam": {},
        f"POST {PAGES}/model/try": {},
        f"POST {STAFF}/unanswered/done": {"json": client | {"ids": [things.question_id]}},
        "POST /dashboard/sign-in": {"data": {"email": "nobody@harbor.example", "password": "not the password"}},
        "POST /api/v1/conversations/{conversation_id}/token": {"json": client},
        "POST /dashboard/sign-in/code": {"data": {"code": "000000"}},
        "POST /dashboard/sign-in/passkey": {"data": {"token": "nobody-made-this", "credential": "{}"}},
        "POST /dashboard/account/passkeys/begin": {"data": {"password": "not the password"}},
        "POST /dashboard/account/passkeys": {"data": {"token": "nobody-made-this", "credential": "{}", "name": "x"}},
        "POST /dashboard/account/passkeys/rename": {"data": {"passkey": "nobodys", "name": "x"}},
        "POST /dashboard/account/passkeys/remove": {"data": {"passkey": "nobodys", "password": "not the password"}},
        "POST /dashboard/set-up": {"data": {"token": "nobody-made-this"}},
        "POST /dashboard/sign-out": {},
        "POST /dashboard/account/password": {"data": {"password": "not the password", "new": "x", "again": "y"}},
        "POST /dashboard/account/second-factor": {"data": {"code": "000000"}},
        "POST /dashboard/account/second-factor/begin": {"data": {"password": "not the password"}},
        "POST /dashboard/account/second-factor/off": {"data": {"password": "not the password"}},
        "POST /dashboard/account/recovery-codes": {"data": {"password": "not the password"}},
        "POST /dashboard/account/sessions/end": {"data": {"session": "nobodys"}},
        "POST /dashboard/account/sessions/end-all": {},
        f"POST {PAGES}/leads/{{lead_id}}/resume-link": {},
        f"POST {PAGES}/leads/{{lead_id}}/expunge": {"data": {"reference": "NOTTHIS"}},
        f"POST {PAGES}/notices/{{notice_id}}/retry": {},
        f"POST {PAGES}/papers": {"files": {"files": (f"{unique}.md", b"# Hours\n\nNine to five.")}},
        f"POST {PAGES}/papers/page": {"data": {"url": "https://127.0.0.1/"}},
        f"POST {PAGES}/papers/{{document_id}}/dates": {"data": {"effective_from": ""}},
        f"POST {PAGES}/papers/{{document_id}}/delete": {},
        f"POST {PAGES}/payers/publish": {"data": {"document_id": things.document_id, "rows": things.row_id}},
        f"POST {PAGES}/payers/{{row_id}}/change": {"data": {"status": "conditional"}},
        f"POST {PAGES}/payers/{{row_id}}/remove": {},
        f"POST {PAGES}/unanswered/done": {"data": {"ids": [things.question_id]}},
    }


IDS = {
    "lead_id",
    "notice_id",
    "document_id",
    "row_id",
    "destination_id",
    "name",
    "conversation_id",
    "egress_id",
}
"""Parameters that name a thing of a clinic; together with the bodies that do:"""
IDS_IN_BODY = {
    f"POST {STAFF}/payers/publish": {"document_id", "row_id"},
    f"POST {STAFF}/unanswered/done": {"question_id"},
    f"POST {PAGES}/payers/publish": {"document_id", "row_id"},
    f"POST {PAGES}/unanswered/done": {"question_id"},
}
CHOSEN = {f"PUT {STAFF}/actions/{{name}}", f"POST {STAFF}/actions/{{name}}/validate"} | {
    f"POST {STAFF}/actions/{{name}}/test"
}
"""Here the caller makes the name: any clinic may have one like it."""
NOT_200 = {
    f"POST {STAFF}/leads/{{lead_id}}/expunge": 422,  # the reference is not the lead's: it must live for the others
    f"POST {PAGES}/leads/{{lead_id}}/expunge": 422,
    f"POST {STAFF}/model/try": 422,  # the install has no model
    f"POST {PAGES}/model/try": 422,
    f"POST {STAFF}/model/exam": 422,
    f"POST {PAGES}/model/exam": 422,
    f"POST {PAGES}/papers/page": 422,  # the page would be read from the network
}
"""What somebody who may gets, where these tests give too little for a success."""
OWN_ACCOUNT = frozenset({200, 303, 404, 422, 429})
"""Forms of a person's own account with a wrong password or code: they are let in, and told that it is wrong."""
ENDS_THE_SESSION = {
    "DELETE /api/v1/staff/sessions",
    "POST /dashboard/sign-out",
    "POST /dashboard/account/sessions/end-all",
}
SHIPPED = {f"POST {STAFF}/actions/{{name}}/reset"}
"""Works on actions that every clinic has, and on no others."""


@dataclass(frozen=True)
class Case:
    """One request: who, where, under which clinic's address, about whose things."""

    address: Address
    actor: Actor
    site: Things
    things: Things
    expected: frozenset[int]

    def __str__(self) -> str:
        return f"{self.actor.name}: {self.address.name} under {self.site.site_key} about {self.things.site_key}"


OK = frozenset({200, 201, 202, 204, 303})


def expected(address: Address, actor: Actor, site: Things, things: Things) -> frozenset[int]:
    """By the table alone. Raises KeyError for an address that is not in it."""
    door = OPERATIONS[address.name]
    out = frozenset({303} if address.is_page else {401})
    if door is Door.ANYONE:
        return frozenset(range(200, 500)) - {403}
    if door is Door.VISITOR:
        if actor.conversation:  # the token is good, but not for this: as if it were not there
            return OK if actor.conversation == things.conversation_id else frozenset({404})
        return out
    if not actor.signed_in or door is Door.HALF_SIGNED_IN:
        return out
    if address.path.startswith("/dashboard/account/") and address.verb == "POST":
        return OWN_ACCOUNT
    if isinstance(door, Act):
        role = actor.roles.get(site.site_key)
        if role is None:
            return frozenset({404})
        if not allowed(role, door):
            return frozenset({403})
        if things.site_key != site.site_key and names_things(address):
            return frozenset({404})
    if address.name in SHIPPED and things.site_key != site.site_key:
        return frozenset({422})
    return frozenset({NOT_200[address.name]}) if address.name in NOT_200 else OK


def names_things(address: Address) -> bool:
    """Whether an id in it, or in its body, is looked up."""
    looked_up = set(address.parameters) & IDS
    return address.name in IDS_IN_BODY or (bool(looked_up) and address.name not in CHOSEN | SHIPPED)


def fits(address: Address, site: Things, things: Things) -> bool:
    """Whether the combination says something of its own."""
    if not names_things(address) and address.name not in CHOSEN | SHIPPED:
        return site is things
    return "site_key" in address.parameters or site is things


def address_of(case: Case) -> str:
    values = {name: (case.site if name == "site_key" else case.things).value(name) for name in case.address.parameters}
    return re.sub(r"{(\w+)}", lambda found: values[found[1]], case.address.path)


def body_of(case: Case, unique: str = CLIENT_ID) -> Body:
    body = bodies(case.things, unique).get(case.address.name)
    assert body is not None or case.address.verb in ("GET", "DELETE"), f"write a body for {case.address.name}"
    return body or {}


def ask(case: Case, unique: str = CLIENT_ID) -> httpx.Response:
    return case.actor.send(case.address.verb, address_of(case), case.address.is_page, body_of(case, unique))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    for install in start(tmp_path_factory.mktemp("matrix"), rate_limits="off"):
        yield World(install)


@dataclass(frozen=True)
class Plan:
    """All cases; `own` and `other` are one of everything of either clinic."""

    cases: list[Case]
    own: Things
    other: Things


@pytest.fixture(scope="module")
def plan(world: World) -> Plan:
    own, other, random = world.things(HARBOR), world.things(MESA), nowhere()
    sibling = replace(own, conversation_id=world.visitor(HARBOR)["conversation_id"])
    actors = world.cast(own)
    cases = []
    for address in addresses(world.install.client.app):
        for actor in actors:
            everywhere = [own, other, random]
            whose = [*everywhere, sibling] if "conversation_id" in address.parameters else everywhere
            pairs = [(site, things) for site in everywhere for things in whose if fits(address, site, things)]
            if "site_key" not in address.parameters:
                pairs = [(things, things) for things in whose]
            if not actor.roles:  # under which address they knock makes no difference before they are let in
                pairs = [pair for pair in pairs if pair[0] is pair[1]]
            cases += [Case(address, actor, *pair, expected(address, actor, *pair)) for pair in pairs]
    return Plan(cases, own, other)


def test_every_address_stands_in_the_table(world: World) -> None:
    """A new address would be as open as whoever wrote it thought of."""
    names = {address.name for address in addresses(world.install.client.app)}
    assert names - OPERATIONS.keys() == set(), "say in app/web/policy.py who may"
    assert OPERATIONS.keys() - names == set(), "the table speaks of addresses that are gone"


def test_every_parameter_is_known(world: World) -> None:
    """An id of a new kind would never be tried with another clinic's."""
    counted = {"number"}  # versions of rules count from 1 in each clinic
    known = IDS | counted | {"site_key", "signed", "path"}
    assert {name for address in addresses(world.install.client.app) for name in address.parameters} - known == set()


def test_a_version_of_the_rules_is_the_clinics_own(world: World, plan: Plan) -> None:
    """Versions count from 1 in each clinic, so the number alone does not say whose it is."""
    mine, theirs = (f"/api/v1/staff/clinics/{clinic}/rules/" for clinic in (HARBOR, MESA))
    harbor, mesa = world.bearer(world.install.cast.viewer), world.bearer(world.install.cast.stranger)
    told = [world.by_token(token, "GET", path + "1", {}).text for token, path in ((harbor, mine), (mesa, theirs))]
    assert shown(HARBOR) in told[0]
    assert shown(MESA) in told[1]
    assert world.by_token(harbor, "GET", theirs + plan.other.number, {}).status_code == 404


def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    """Whoever learns the id of a session could throw its owner out."""
    theirs = world.bearer(world.install.cast.coordinator)
    with world.desk.database.read() as session:
        staff_id = world.install.cast.coordinator.staff_id
        ids = session.exec(select(StaffSession.id).where(StaffSession.staff_id == staff_id)).all()
    browser = world.browser(world.install.cast.manager)
    for one in ids:
        browser.post("/dashboard/account/sessions/end", {"session": one})
    leads = f"/api/v1/staff/clinics/{HARBOR}/leads"
    assert world.by_token(theirs, "GET", leads, {}).status_code == 200


def test_ending_a_session_ends_only_that_one(world: World) -> None:
    """Signing out could end somebody else's work, or leave the session open."""
    someone = world.install.cast.coordinator
    mine, also = world.bearer(someone), world.bearer(someone)
    path = "/api/v1/staff/sessions"
    assert world.by_token("", "DELETE", path, {}).status_code == 401
    assert world.by_token(mine, "DELETE", path, {}).status_code == 204
    leads = f"/api/v1/staff/clinics/{HARBOR}/leads"
    assert [world.by_token(token, "GET", leads, {}).status_code for token in (mine, also)] == [401, 200]


def leaks(actor: Actor, answer: httpx.Response) -> list[str]:
    """Canaries in the reply that this actor may not see."""
    text = (answer.text + str(answer.headers)).casefold()
    found = []
    for site_key in (HARBOR, MESA):
        role = actor.roles.get(site_key)
        forbidden = {None: [shown(site_key), hidden(site_key)], "viewer": [hidden(site_key)]}.get(role, [])
        found += [word for word in forbidden if word in text]
    return found


def refused(plan: Plan) -> list[Case]:
    return [case for case in plan.cases if is_refused(case)]


def is_refused(case: Case) -> bool:
    return len(case.expected) == 1 and case.expected <= {303, 401, 403, 404}


def is_refusal(case: Case, answer: httpx.Response) -> bool:
    if case.address.is_page and case.expected == {303}:
        return answer.status_code == 303 and answer.headers["location"].startswith("/dashboard/sign-in")
    return answer.status_code in case.expected


def without_ids(case: Case, answer: httpx.Response) -> tuple[int, str, str]:
    """The reply with everything that the caller said taken out of it."""
    text, headers = answer.text, [(k, v) for k, v in answer.headers.items() if k not in ("content-length", "date")]
    ids = {case.things.value(name) for name in (*IDS, "message_id", "question_id")} | {case.site.site_key}
    for one in sorted(ids, key=len, reverse=True):
        text = text.replace(one, "ID")
        headers = [(k, v.replace(one, "ID")) for k, v in headers]
    return answer.status_code, text, str(headers)


def test_who_may_not_is_refused_and_changes_and_learns_nothing(world: World, plan: Plan) -> None:
    """One address without its guard hands a clinic's patients to another clinic; a refusal that reads differently for
    what exists tells that it exists."""
    before, wrong, heard = world.everything(), [], {}
    cases = refused(plan)
    assert len(cases) > 1500
    for case in cases:
        answer = ask(case)
        if not is_refusal(case, answer):
            wrong.append(f"{case}: {answer.status_code}, not {sorted(case.expected)}: {answer.text[:200]}")
        if found := leaks(case.actor, answer):
            wrong.append(f"{case}: shows {found}")
        if not case.address.is_page or case.expected == {404}:
            same = (case.address.name, case.actor.name, case.actor.roles.get(case.site.site_key))
            heard.setdefault(same, {}).setdefault(without_ids(case, answer), case)
    wrong += [
        f"{name}: refusals differ: {list(map(str, told.values()))}: {list(told)}"
        for name, told in heard.items()
        if len(told) > 1
    ]
    assert not wrong, "\n".join(wrong[:40])
    changed = [name for name, found in world.everything().items() if found != before[name]]
    assert not changed, f"a refused request changed {changed}"


def let_in(plan: Plan) -> list[Case]:
    return [case for case in plan.cases if OPERATIONS[case.address.name] is not Door.ANYONE and not is_refused(case)]


def fresh(world: World, case: Case, number: int) -> Case:
    """The case about things that nobody has used up: a deleted paper cannot be deleted again."""
    if case.address.name in SHIPPED and case.site.site_key == case.things.site_key:
        return replace(case, things=replace(case.things, name="referral"))
    if case.address.verb == "GET" or not names_things(case.address):
        return case
    names = set(case.address.parameters) | IDS_IN_BODY.get(case.address.name, set())
    things = world.renewed(case.things, names)
    if case.address.path.endswith("/test"):  # an example goes out: not into the network
        things = replace(things, destination_id=world.mailbox(case.things.site_key))
    actor = case.actor
    if OPERATIONS[case.address.name] is Door.VISITOR:
        visitor = world.visitor(case.things.site_key)
        things = replace(things, conversation_id=visitor["conversation_id"], message_id=visitor["message_id"])
        actor = world.holder(visitor["token"])
    site = things if case.site.site_key == things.site_key else case.site
    return replace(case, actor=actor, site=site, things=things)


def test_who_may_is_let_in_and_sees_what_the_role_shows(world: World, plan: Plan) -> None:
    """A clinic could not work; or a viewer would read what is hidden from viewers somewhere else."""
    wrong, heard = [], set()
    cases = let_in(plan)
    assert {case.actor.name for case in cases} >= {"the visitor", "viewer", "coordinator", "manager", "owner"}
    for number, case in enumerate(cases):
        if case.address.name in ENDS_THE_SESSION:
            continue
        case = fresh(world, case, number)
        answer = ask(case, f"the-matrix-{number:04}")
        if answer.status_code not in case.expected:
            wrong.append(f"{case}: {answer.status_code}, not {sorted(case.expected)}: {answer.text[:300]}")
        if found := leaks(case.actor, answer) if case.actor.conversation == "" else []:
            wrong.append(f"{case}: shows {found}")
        heard |= {(case.actor.name, word) for word in (shown(HARBOR), hidden(HARBOR)) if word in answer.text.casefold()}
    assert not wrong, "\n".join(wrong[:40])
    assert ("viewer", shown(HARBOR)) in heard, "the canaries are not where a viewer would see them"
    assert ("coordinator", hidden(HARBOR)) in heard, "the canaries are not where a coordinator would see them"


def test_anyones_addresses_show_nothing_of_anybody(world: World, plan: Plan) -> None:
    """What needs no sign-in is read by everybody: a clinic's papers, requests and talks must not be in it."""
    cases = [case for case in plan.cases if OPERATIONS[case.address.name] is Door.ANYONE]
    assert cases
    for case in cases:
        answer = ask(case)
        assert answer.status_code in case.expected, f"{case}: {answer.status_code}: {answer.text[:200]}"
        nobody = replace(case.actor, roles={})
        assert not leaks(nobody, answer), str(case)
