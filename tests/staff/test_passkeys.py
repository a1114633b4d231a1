"""Passkeys over HTTP: what a right answer opens, and that no forged, old, foreign or borrowed one opens anything."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import select

from app.store.tables import AuditEntry, Passkey, SpentChallenge, StaffSession
from app.usecases import keep_passkeys
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff
from app.usecases.passkey_ceremony import GOOD_FOR, passkeys_work
from app.usecases.reset_second_factor import reset_second_factor
from app.usecases.sessions import end_all
from app.usecases.sign_in_throttle import PER_ADDRESS
from tests.cast import PASSWORD, Someone, test_settings
from tests.staff.authenticator import PRESENT, Authenticator
from tests.staff.conftest import Install, start
from tests.staff.test_dashboard import Browser, rows, seen

SITE = "http://localhost:8000"
ACCOUNT = "/dashboard/account"


@dataclass
class House:
    """An install under a name, so that passkeys work."""

    install: Install

    def browser(self, someone: Someone) -> Browser:
        found = Browser(self.install, someone)
        found.get(ACCOUNT)
        return found

    def begun(self, browser: Browser, password: str = PASSWORD) -> tuple[dict[str, Any], str]:
        page = browser.post(f"{ACCOUNT}/passkeys/begin", {"password": password})
        assert page.status_code == 200, seen(page)
        options = json.loads(html.unescape(re.search(r'data-options="([^"]+)"', page.text)[1]))
        return options, re.search(r'name="token" value="([^"]+)"', page.text)[1]

    def add(self, browser: Browser, key: Authenticator, name: str = "My phone", **changes: Any):
        options, token = self.begun(browser)
        data = {"token": token, "credential": key.make(options, **changes), "name": name}
        answer = browser.post(f"{ACCOUNT}/passkeys", data)
        if answer.status_code == 303:
            browser.cookies["frontdesk"] = answer.cookies["frontdesk"]
            browser.get(ACCOUNT)
        return answer

    def asked(self, browser: Browser) -> tuple[dict[str, Any], str]:
        answer = browser.get("/dashboard/sign-in/passkey")
        assert answer.status_code == 200
        if found := answer.cookies.get("frontdesk-passkey"):
            browser.cookies["frontdesk-passkey"] = found
        return json.loads(answer.json()["options"]), answer.json()["token"]

    def show(self, browser: Browser, device: Authenticator, /, **changes: Any):
        options, token = self.asked(browser)
        return browser.post(
            "/dashboard/sign-in/passkey", {"token": token, "credential": device.show(options, **changes)}
        )

    def key(self, someone: Someone, **given: Any) -> Authenticator:
        """A passkey that the person has added."""
        key = Authenticator(SITE, "localhost", **given)
        assert self.add(self.browser(someone), key).status_code == 303
        return key


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    for install in start(tmp_path, public_url=SITE):
        yield House(install)


def verbs(house: House) -> list[str]:
    with house.install.desk.database.read() as session:
        return list(session.exec(select(AuditEntry.verb).order_by(AuditEntry.seq)))


def sessions(house: House, someone: Someone) -> list[StaffSession]:
    return rows(house.install, StaffSession, StaffSession.staff_id == someone.staff_id, StaffSession.kind == "browser")


def test_a_passkey_is_both_factors_and_begins_a_session_of_its_own(house: House):
    """A manager would still be asked for a code; or a planted cookie would be the session."""
    manager = house.install.cast.manager
    key, browser = house.key(manager), Browser(house.install)
    browser.cookies = {"frontdesk": "planted"}
    answer = house.show(browser, key)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    assert answer.cookies["frontdesk"] != "planted"
    browser.cookies["frontdesk"] = answer.cookies["frontdesk"]
    assert browser.get("/dashboard/harbor/leads").status_code == 200
    [passkey] = rows(house.install, Passkey)
    assert (passkey.staff_id, passkey.sign_count, passkey.last_used_at is not None) == (manager.staff_id, 1, True)
    assert [verb for verb in verbs(house) if "passkey" in verb] == ["added_passkey", "used_passkey"]


def test_options_ask_for_a_verified_person_and_name_nobody(house: House):
    """A stolen key would open an account without finger or PIN; or the page would tell who works here."""
    house.key(house.install.cast.manager)
    options, _ = house.asked(Browser(house.install))
    assert (options["userVerification"], options["rpId"], options["allowCredentials"]) == ("required", "localhost", [])
    made, _ = house.begun(house.browser(house.install.cast.manager))
    chosen = made["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "required")
    assert len(made["excludeCredentials"]) == 1
    assert house.install.cast.manager.staff_id not in json.dumps(made)


STRANGE = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    "changes",
    [
        {"key": STRANGE},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0x04},
        {"type": "webauthn.create"},
        {"challenge": "c29tZXRoaW5nLWVsc2U"},
        {"handle": "c29tZWJvZHktZWxzZQ"},
        {"handle": None},
        {"handle": "not base64 at all!"},
    ],
    ids=[
        "another key",
        "another site",
        "another port",
        "another rp",
        "person not verified",
        "nobody there",
        "another ceremony",
        "another challenge",
        "another person's handle",
        "no handle",
        "no base64",
    ],
)
def test_what_is_not_right_opens_nothing(house: House, changes: dict[str, Any]):
    """Any one of these is how a passkey is forged, phished or borrowed."""
    manager = house.install.cast.manager
    key = house.key(manager)
    before = len(sessions(house, manager))
    answer = house.show(Browser(house.install), key, **changes)
    assert (answer.status_code, "frontdesk" in answer.cookies) == (401, False)
    assert "was not accepted" in seen(answer)
    assert len(sessions(house, manager)) == before
    assert verbs(house)[-1] == "passkey_refused"
    assert house.show(Browser(house.install), key).status_code == 303, "and the right one still does"


def test_an_answer_counts_once_in_one_browser_and_for_minutes(house: House):
    """Somebody who saw an answer could use it too."""
    key, browser = house.key(house.install.cast.manager), Browser(house.install)
    options, token = house.asked(browser)
    data = {"token": token, "credential": key.show(options)}
    other = Browser(house.install)
    house.asked(other)
    without = Browser(house.install)
    assert without.post("/dashboard/sign-in/passkey", data).status_code == 401, "no cookie"
    options, token = house.asked(browser)
    data = {"token": token, "credential": key.show(options)}
    assert browser.post("/dashboard/sign-in/passkey", data).status_code == 303
    assert browser.post("/dashboard/sign-in/passkey", data).status_code == 401, "a second time"
    options, token = house.asked(browser)
    data = {"token": token, "credential": key.show(options)}
    assert other.post("/dashboard/sign-in/passkey", data).status_code == 401, "in another browser"
    assert browser.post("/dashboard/sign-in/passkey", data).status_code == 401, "answered, though wrongly, is answered"
    options, token = house.asked(browser)
    bent = token.replace(token[3], "A" if token[3] != "A" else "B", 1)
    answer = browser.post("/dashboard/sign-in/passkey", {"token": bent, "credential": key.show(options)})
    assert answer.status_code == 401, "a token that we did not sign"


def test_a_challenge_is_too_old_after_minutes(house: House):
    """An answer kept for later would be as good as a password."""
    from app.errors import NotSignedIn
    from app.usecases.passkey_ceremony import Answer, for_signing_in
    from app.usecases.sessions import Client
    from app.usecases.sign_in_with_passkey import sign_in_with_passkey

    key, desk = house.key(house.install.cast.manager), house.install.desk
    for seconds, good in ((-10, True), (1, False)):
        made = for_signing_in(desk, "this-browser")
        answer = Answer(made.token, "this-browser", key.show(json.loads(made.options)))
        at = desk.clock() + GOOD_FOR + timedelta(seconds=seconds)
        later = replace(desk, clock=lambda at=at: at)
        if good:
            assert sign_in_with_passkey(later, answer, Client("browser", "192.0.2.1")).kind == "browser"
        else:
            with pytest.raises(NotSignedIn, match="too long"):
                sign_in_with_passkey(later, answer, Client("browser", "192.0.2.1"))
    assert len(rows(house.install, SpentChallenge)) == 2, "of three; what is over is cleared away"


def test_a_copied_key_is_noticed_by_its_count(house: House):
    """A copy of a security key would work beside it, unseen."""
    key = house.key(house.install.cast.manager)
    assert house.show(Browser(house.install), key, count=7).status_code == 303
    for count in (7, 6, 0):
        assert house.show(Browser(house.install), key, count=count).status_code == 401
    assert house.show(Browser(house.install), key, count=8).status_code == 303


def test_a_key_that_never_counts_works_again_and_again(house: House):
    """Passkeys of phones tell 0 each time: their people would get in once."""
    key = house.key(house.install.cast.manager)
    for _ in range(3):
        assert house.show(Browser(house.install), key, count=0).status_code == 303


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 7}', "{" * 3000, '{"id": "x", "response": 1}'])
def test_rubbish_is_refused_in_the_same_words(house: House, credential: str):
    """A decoder that gives up in its own way would be a server error, or tell a forger how far they came."""
    house.key(house.install.cast.manager)
    browser = Browser(house.install)
    _, token = house.asked(browser)
    answer = browser.post("/dashboard/sign-in/passkey", {"token": token, "credential": credential})
    assert answer.status_code == 401
    browser = house.browser(house.install.cast.manager)
    _, token = house.begun(browser)
    answer = browser.post(f"{ACCOUNT}/passkeys", {"token": token, "credential": credential, "name": "x"})
    assert answer.status_code == 422


def test_wrong_passkeys_are_limited_and_another_site_cannot_send_one(house: House):
    """Trying would cost the desk without end; or a foreign page could sign a person in as somebody else."""
    key = house.key(house.install.cast.manager)
    browser = Browser(house.install)
    options, token = house.asked(browser)
    data = {"token": token, "credential": key.show(options)}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert browser.post("/dashboard/sign-in/passkey", data, **headers).status_code == 403
    wrong = {"token": "wrong", "credential": "{}"}
    answers = [browser.post("/dashboard/sign-in/passkey", wrong).status_code for _ in range(PER_ADDRESS + 1)]
    assert answers == [401] * PER_ADDRESS + [429]


def test_adding_wants_the_password_the_session_and_a_form_of_ours(house: House):
    """Somebody at an unlocked screen, or a foreign page, would add a key of their own."""
    manager = house.install.cast.manager
    browser, key = house.browser(manager), Authenticator(SITE, "localhost")
    refused = browser.post(f"{ACCOUNT}/passkeys/begin", {"password": "not the password"})
    assert (refused.status_code, "data-options" in refused.text) == (422, False)
    options, token = house.begun(browser)
    data = {"token": token, "credential": key.make(options), "name": "x"}
    assert browser.post(f"{ACCOUNT}/passkeys", {**data, "csrf_token": "other"}).status_code == 403
    other = house.browser(manager)
    assert other.post(f"{ACCOUNT}/passkeys", data).status_code == 422, "another session of the same person"
    sign_in, _ = house.asked(Browser(house.install))
    swapped = {"token": house.asked(Browser(house.install))[1], "credential": key.make(options), "name": "x"}
    assert sign_in["challenge"] != options["challenge"]
    assert browser.post(f"{ACCOUNT}/passkeys", swapped).status_code == 422, "a challenge for signing in"
    assert rows(house.install, Passkey) == []
    assert browser.post(f"{ACCOUNT}/passkeys", data).status_code == 303
    assert browser.post(f"{ACCOUNT}/passkeys", data).status_code != 200


@pytest.mark.parametrize(
    "changes",
    [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": PRESENT}, {"challenge": "AAAA"}],
)
def test_a_key_made_elsewhere_or_without_a_verified_person_is_not_added(house: House, changes: dict[str, Any]):
    """It would be phished, or open the account to whoever holds it."""
    answer = house.add(house.browser(house.install.cast.manager), Authenticator(SITE, "localhost"), **changes)
    assert (answer.status_code, rows(house.install, Passkey)) == (422, [])


def test_adding_and_removing_end_other_sessions_and_begin_a_new_one(house: House):
    """A thief's session would live on after the person cleaned up."""
    manager = house.install.cast.manager
    thief, browser, key = house.browser(manager), house.browser(manager), Authenticator(SITE, "localhost")
    before = browser.cookies["frontdesk"]
    assert house.add(browser, key).status_code == 303
    assert browser.cookies["frontdesk"] != before
    assert thief.get(ACCOUNT).status_code == 303
    [passkey] = rows(house.install, Passkey)
    page = browser.get(f"{ACCOUNT}?done=passkey")
    assert "My phone" in seen(page)
    thief = house.browser(manager)
    wrong = browser.post(f"{ACCOUNT}/passkeys/remove", {"passkey": passkey.id, "password": "wrong"})
    assert (wrong.status_code, len(rows(house.install, Passkey))) == (422, 1)
    gone = browser.post(f"{ACCOUNT}/passkeys/remove", {"passkey": passkey.id, "password": PASSWORD})
    assert gone.headers["location"] == f"{ACCOUNT}?done=removed"
    assert thief.get(ACCOUNT).status_code == 303
    answer = house.show(Browser(house.install), key)
    assert (answer.status_code, "not known here" in seen(answer)) == (401, True)
    assert [verb for verb in verbs(house) if verb.endswith("_passkey")] == ["added_passkey", "removed_passkey"]


def test_a_session_that_ends_meanwhile_adds_nothing(house: House, monkeypatch: pytest.MonkeyPatch):
    """A thief's key would be added just after the person, or an operator, had ended every session."""
    manager, verify = house.install.cast.manager, keep_passkeys.verified_new

    def meanwhile(desk, answer):
        desk.database.write(lambda session: end_all(session, manager.staff_id))
        return verify(desk, answer)

    monkeypatch.setattr(keep_passkeys, "verified_new", meanwhile)
    browser, key = house.browser(manager), Authenticator(SITE, "localhost")
    options, token = house.begun(browser)
    browser.post(f"{ACCOUNT}/passkeys", {"token": token, "credential": key.make(options), "name": "My phone"})
    assert (rows(house.install, Passkey), sessions(house, manager)) == ([], [])


def test_names_are_the_persons_own_and_nobody_touches_anothers(house: House):
    """Somebody could take a colleague's key away, or rename it."""
    key = house.key(house.install.cast.manager)
    [passkey] = rows(house.install, Passkey)
    stranger = house.browser(house.install.cast.coordinator)
    mine = house.browser(house.install.cast.manager)
    for path, data in (("rename", {"name": "Mine"}), ("remove", {"password": PASSWORD})):
        answer = stranger.post(f"{ACCOUNT}/passkeys/{path}", {"passkey": passkey.id, **data})
        assert answer.status_code == 404
    assert mine.post(f"{ACCOUNT}/passkeys/rename", {"passkey": passkey.id, "name": " "}).status_code == 422
    assert mine.post(f"{ACCOUNT}/passkeys/rename", {"passkey": passkey.id, "name": "x" * 61}).status_code == 422
    done = mine.post(f"{ACCOUNT}/passkeys/rename", {"passkey": passkey.id, "name": "<b>Blue</b>\nkey"})
    assert done.status_code == 303
    assert "&lt;b&gt;Blue&lt;/b&gt; key" in mine.get(ACCOUNT).text
    assert house.show(Browser(house.install), key).status_code == 303
    again = house.add(mine, key)
    assert (again.status_code, "known here already" in seen(again)) == (422, True)


@pytest.mark.parametrize("end", ["disable", "reset-mfa"])
def test_who_is_disabled_or_reset_has_no_passkeys_any_more(house: House, end: str):
    """A lost phone, or somebody who left, would still open the clinic."""
    manager = house.install.cast.manager
    key = house.key(manager)
    (disable_staff if end == "disable" else reset_second_factor)(house.install.desk, manager.email)
    assert rows(house.install, Passkey) == []
    assert house.show(Browser(house.install), key).status_code == 401


def test_a_password_alone_ties_nothing_to_an_account_that_has_a_passkey(house: House):
    """A coordinator with a passkey becomes manager: whoever has their password could set up an app of their own."""
    coordinator, install = house.install.cast.coordinator, house.install
    key = house.key(coordinator)
    create_staff(install.desk, coordinator.email, "manager", install.cast.clinic_id)
    thief = house.browser(coordinator)
    answer = thief.post(f"{ACCOUNT}/second-factor/begin", {"password": PASSWORD})
    assert (answer.status_code, "Sign in with it" in seen(answer)) == (422, True)
    assert thief.post(f"{ACCOUNT}/passkeys/begin", {"password": PASSWORD}).status_code == 403
    [passkey] = rows(install, Passkey)
    removed = thief.post(f"{ACCOUNT}/passkeys/remove", {"passkey": passkey.id, "password": PASSWORD})
    assert (removed.status_code, len(rows(install, Passkey))) == (422, 1), "then the app would follow"
    assert thief.get("/dashboard/harbor/leads").status_code != 200
    browser = Browser(install)
    browser.cookies["frontdesk"] = house.show(browser, key).cookies["frontdesk"]
    assert browser.get("/dashboard/harbor/leads").status_code == 200
    browser.get(ACCOUNT)
    assert browser.post(f"{ACCOUNT}/second-factor/begin", {"password": PASSWORD}).status_code == 303


def test_where_a_password_is_enough_it_adds_no_way_in_beside_a_passkey(house: House):
    """Whoever has a coordinator's password could add a key of their own, and with that an app."""
    coordinator = house.install.cast.coordinator
    key = house.key(coordinator)
    thief = house.browser(coordinator)
    answer = thief.post(f"{ACCOUNT}/passkeys/begin", {"password": PASSWORD})
    assert (answer.status_code, "data-options" in answer.text) == (422, False)
    browser = Browser(house.install)
    browser.cookies["frontdesk"] = house.show(browser, key).cookies["frontdesk"]
    browser.get(ACCOUNT)
    second = Authenticator(SITE, "localhost", credential=b"another-credential-02")
    assert house.add(browser, second, "My computer").status_code == 303
    assert len(rows(house.install, Passkey)) == 2


@pytest.mark.parametrize(
    ("url", "work"),
    [
        ("https://desk.example", True),
        ("http://localhost:8000", True),
        ("http://desk.localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://desk.example", False),
        ("https://192.0.2.1", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_where_passkeys_work(house: House, tmp_path: Path, url: str, work: bool):
    """A button would stand there that no browser lets anybody use."""
    assert passkeys_work(replace(house.install.desk, settings=test_settings(tmp_path, public_url=url))) is work


def test_without_a_name_nothing_is_offered(install: Install):
    """As above, in the pages."""
    browser = Browser(install)
    assert "passkey" not in browser.get("/dashboard/sign-in").text
    assert browser.get("/dashboard/sign-in/passkey").status_code == 404
