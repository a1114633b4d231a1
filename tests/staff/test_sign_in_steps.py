"""Signing in over HTTP: in steps, with a code, from our own pages only; and what is closed until it is whole."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.store.second_factors import forget
from app.store.tables import AuditEntry, Membership, SecondFactor, StaffSession
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff
from app.usecases.totp import code_of, phone_time, step_at
from tests.cast import PASSWORD, Someone, credentials, fresh_code, make_person
from tests.staff.conftest import Install, start
from tests.staff.test_dashboard import Browser, rows, seen

SESSIONS = "/api/v1/staff/sessions"
ACCOUNT = "/dashboard/account"


@pytest.fixture
def manager(install: Install, request: pytest.FixtureRequest) -> Someone:
    """A manager of a test's own: wrong codes of one test must not count in the next."""
    email = f"m{abs(hash(request.node.name)) % 10**8}@harbor.example"
    return make_person(install.desk, email, "manager", install.cast.clinic_id)


@pytest.fixture
def held_back(install: Install, manager: Someone) -> Someone:
    """A manager who has no second factor yet, as after an upgrade or a promotion."""
    install.desk.database.write(lambda session: forget(session, manager.staff_id))
    return Someone(manager.staff_id, manager.email)


def first_step(install: Install, someone: Someone, **more: str) -> Browser:
    """A browser between password and code."""
    browser = Browser(install)
    answer = browser.post("/dashboard/sign-in", {"email": someone.email, "password": PASSWORD, **more})
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/dashboard/sign-in/code")
    browser.cookies = {"frontdesk": answer.cookies["frontdesk"]}
    browser.get("/dashboard/sign-in/code")
    return browser


def test_api_says_that_a_code_is_needed_only_after_the_right_password(install: Install, manager: Someone):
    """A stranger would learn who has a second factor, and thereby who is a manager."""
    url, client = SESSIONS, install.client
    wrong = client.post(url, json={"email": manager.email, "password": "wrong wrong wrong"})
    wrong_too = client.post(url, json={"email": manager.email, "password": "wrong wrong wrong", "code": "123456"})
    nobody = client.post(url, json={"email": "nobody@harbor.example", "password": PASSWORD, "code": "123456"})
    assert {a.status_code for a in (wrong, wrong_too, nobody)} == {401}
    assert wrong.json() == wrong_too.json() == nobody.json()
    right = client.post(url, json={"email": manager.email, "password": PASSWORD})
    assert (right.status_code, right.json()["error"]["code"]) == (401, "code_required")
    code = fresh_code(install.desk, manager)
    bad = client.post(url, json={"email": manager.email, "password": PASSWORD, "code": f"{(int(code) + 1) % 10**6:06}"})
    assert (bad.status_code, bad.json()["error"]["code"]) == (401, "wrong_code")
    good = client.post(url, json={"email": manager.email, "password": PASSWORD, "code": f"{code[:3]} {code[3:]}"})
    assert (good.status_code, set(good.json())) == (201, {"token", "expires_at"})
    again = client.post(url, json={"email": manager.email, "password": PASSWORD, "code": code})
    assert (again.status_code, again.json()["error"]["code"]) == (401, "code_used")


def test_wrong_codes_over_the_api_are_limited_with_a_time_to_wait(install: Install, manager: Someone):
    """Six digits are guessed in no time."""
    wrong = f"{(int(fresh_code(install.desk, manager)) + 1) % 10**6:06}"
    answers = [
        install.client.post(SESSIONS, json={"email": manager.email, "password": PASSWORD, "code": wrong})
        for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    with_right = install.client.post(SESSIONS, json=credentials(install.desk, manager))
    assert with_right.status_code == 429


def test_coordinator_needs_no_code_and_a_needless_one_does_no_harm(install: Install):
    """Who has no second factor could not get in with a client that always sends the field."""
    someone = install.cast.coordinator
    for code in (None, "", "123456"):
        body = {"email": someone.email, "password": PASSWORD, "code": code}
        assert install.client.post(SESSIONS, json=body).status_code == 201, code


def test_manager_without_a_factor_gets_no_token_and_no_page_but_the_way_to_set_one_up(
    install: Install, held_back: Someone
):
    """A stolen password of a manager would be enough, as long as they put it off."""
    refused = install.client.post(SESSIONS, json={"email": held_back.email, "password": PASSWORD})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_needed")
    browser = Browser(install, held_back)
    pages = [route.path for route in install.client.app.routes if route.path.startswith("/dashboard")]
    closed = [path for path in pages if path.startswith("/dashboard/{site_key:str}")]
    assert len(closed) > 10
    for path in ["/dashboard", *closed]:
        path = re.sub(r"\{\w+:str\}", "x", path.replace("{site_key:str}", "harbor"))
        answer = browser.get(path)
        if answer.status_code == 405:
            answer = browser.post(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"] == f"{ACCOUNT}/second-factor", path
    assert "takes two minutes" in seen(browser.get(f"{ACCOUNT}/second-factor"))
    assert browser.get(ACCOUNT).status_code == 200
    assert browser.post("/dashboard/sign-out").status_code == 303


def test_token_from_before_a_promotion_opens_nothing(install: Install):
    """Someone who was signed in as a viewer would be a manager without a second factor."""
    someone = make_person(install.desk, "late@harbor.example", "viewer", install.cast.clinic_id)
    headers = install.token(someone)

    def promote(session) -> None:
        row = session.get(Membership, (someone.staff_id, install.cast.clinic_id))
        row.role = "manager"
        session.add(row)

    install.desk.database.write(promote)
    answer = install.client.get(install.url("leads"), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "second_factor_needed")


def test_password_then_code_each_under_a_new_secret(install: Install, manager: Someone):
    """A secret that was known before the second factor would be good after it."""
    browser = Browser(install)
    browser.cookies = {"frontdesk": "planted"}
    answer = browser.post("/dashboard/sign-in", {"email": manager.email, "password": PASSWORD})
    half = answer.cookies["frontdesk"]
    browser.cookies = {"frontdesk": half}
    assert browser.get("/dashboard/harbor/leads").status_code == 303, "the password alone opens nothing"
    assert browser.get(ACCOUNT).status_code == 303
    page = browser.get("/dashboard/sign-in/code?next_page=/dashboard/harbor/papers")
    assert 'autocomplete="one-time-code"' in page.text
    form = {"code": fresh_code(install.desk, manager), "next": "/dashboard/harbor/papers"}
    done = browser.post("/dashboard/sign-in/code", form)
    assert (done.status_code, done.headers["location"]) == (303, "/dashboard/harbor/papers")
    whole = done.cookies["frontdesk"]
    assert len({"planted", half, whole}) == 3
    assert browser.get("/dashboard/sign-in/code").status_code == 303, "the half is over"
    browser.cookies = {"frontdesk": whole}
    assert browser.get("/dashboard/harbor/leads").status_code == 200


def test_code_page_explains_a_wrong_code_and_leads_nowhere_else(install: Install, manager: Someone):
    """A typo would throw a person back to the start; a crafted form could send them to a look-alike."""
    browser = first_step(install, manager, next="/dashboard/harbor/leads")
    answer = browser.post("/dashboard/sign-in/code", {"code": "12"})
    assert (answer.status_code, "The code is not right." in seen(answer)) == (401, True)
    assert 'role="alert"' in answer.text
    form = {"code": fresh_code(install.desk, manager), "next": "https://evil.example"}
    assert browser.post("/dashboard/sign-in/code", form).headers["location"] == "/dashboard"


def test_codes_are_limited_on_the_page_too(install: Install, manager: Someone):
    """The page would be the way round the limit of the API."""
    browser = first_step(install, manager)
    codes = [browser.post("/dashboard/sign-in/code", {"code": "x"}).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    late = browser.post("/dashboard/sign-in/code", {"code": fresh_code(install.desk, manager)})
    assert late.status_code == 429


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_no_foreign_page_signs_anybody_in(install: Install, manager: Someone, headers: dict[str, str]):
    """A page could sign a person in to the attacker's account, and read what they then type there."""
    someone = install.cast.viewer
    answer = Browser(install).post("/dashboard/sign-in", {"email": someone.email, "password": PASSWORD}, **headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    browser = first_step(install, manager)
    form = {"code": fresh_code(install.desk, manager)}
    answer = browser.post("/dashboard/sign-in/code", form, **headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_code_form_needs_the_token_of_its_own_half_session(install: Install, manager: Someone):
    """A foreign page without the headers of newer browsers could send the form."""
    browser, other = first_step(install, manager), first_step(install, manager)
    code = fresh_code(install.desk, manager)
    for token in ("", "wrong", other.csrf):
        browser.csrf = token
        assert browser.post("/dashboard/sign-in/code", {"code": code}).status_code == 403


def test_signing_in_again_ends_the_session_that_the_browser_held(install: Install):
    """At a shared computer the last person's session would go on behind the new one."""
    browser = Browser(install, install.cast.viewer)
    old = dict(browser.cookies)
    someone = install.cast.coordinator
    answer = browser.post("/dashboard/sign-in", {"email": someone.email, "password": PASSWORD})
    assert answer.status_code == 303
    browser.cookies = old
    assert browser.get("/dashboard/harbor/leads").status_code == 303


def test_factor_is_set_up_on_the_page_and_the_codes_are_shown_once(install: Install, held_back: Someone):
    """A manager could not get in at all; or the recovery codes would lie about for whoever reloads."""
    browser = Browser(install, held_back)
    page = browser.get(f"{ACCOUNT}/second-factor")
    assert "secret" not in page.text
    assert 'type="password"' not in page.text, "the password was typed a moment ago"
    assert browser.post(f"{ACCOUNT}/second-factor/begin", {}).headers["location"] == f"{ACCOUNT}/second-factor"
    page = browser.get(f"{ACCOUNT}/second-factor")
    secret = "".join(re.search(r'id="secret">([A-Z2-7 ]+)<', page.text)[1].split())
    assert len(secret) == 32
    assert "<svg" in page.text
    assert f"secret={secret}" in page.text
    wrong = browser.post(f"{ACCOUNT}/second-factor", {"code": "nonsense"})
    assert (wrong.status_code, "The code is not right." in seen(wrong)) == (422, True)
    someone = Someone(held_back.staff_id, held_back.email, totp_secret=secret)
    code = code_of(secret, step_at(phone_time(install.desk)))
    before = browser.cookies["frontdesk"]
    done = browser.post(f"{ACCOUNT}/second-factor", {"code": code})
    assert done.status_code == 200
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", done.text)
    assert len(set(codes)) == 10
    assert done.headers["cache-control"] == "no-store"
    browser.cookies = {"frontdesk": done.cookies["frontdesk"]}
    assert browser.cookies["frontdesk"] != before
    assert browser.get("/dashboard/harbor/leads").status_code == 200
    for path in (ACCOUNT, f"{ACCOUNT}/second-factor"):
        page = browser.get(path).text
        assert not any(code in page for code in codes)
        assert secret not in page
    assert "10 recovery codes left" in seen(browser.get(ACCOUNT))
    assert install.client.post(SESSIONS, json=credentials(install.desk, someone)).status_code == 201
    other = first_step(install, someone)
    used = other.post("/dashboard/sign-in/code", {"code": codes[0], "recovery": "yes"})
    assert used.headers["location"] == ACCOUNT
    other.cookies = {"frontdesk": used.cookies["frontdesk"]}
    assert "9 recovery codes left" in seen(other.get(ACCOUNT))
    assert (
        install.client.post(SESSIONS, json={**credentials(install.desk, someone), "code": codes[1]}).status_code == 201
    )


def test_new_recovery_codes_and_moving_ask_for_the_password(install: Install, manager: Someone):
    """Whoever sits down at an open browser could take the account with them."""
    browser = Browser(install, manager)
    browser.get(ACCOUNT)
    for path in ("recovery-codes", "second-factor/begin"):
        answer = browser.post(f"{ACCOUNT}/{path}", {"password": "wrong"})
        assert (answer.status_code, "That is not your password." in seen(answer)) == (422, True), path
    assert rows(install, SecondFactor, SecondFactor.staff_id == manager.staff_id, SecondFactor.begun_in != "") == []
    shown = browser.post(f"{ACCOUNT}/recovery-codes", {"password": PASSWORD})
    assert len(re.findall(r"<code>[a-z2-9-]{19}</code>", shown.text)) == 10
    assert browser.post(f"{ACCOUNT}/second-factor/begin", {"password": PASSWORD}).status_code == 303
    assert "<svg" in browser.get(f"{ACCOUNT}/second-factor").text
    refused = browser.post(f"{ACCOUNT}/second-factor/off", {"password": PASSWORD})
    assert (refused.status_code, "Your role needs a second factor" in seen(refused)) == (422, True)
    assert "Turn it off" not in browser.get(ACCOUNT).text


def test_password_guesses_on_the_account_page_are_limited(install: Install):
    """An open browser would be the place to guess the password without end."""
    someone = make_person(install.desk, "gus@harbor.example", "viewer", install.cast.clinic_id)
    browser = Browser(install, someone)
    browser.get(f"{ACCOUNT}/password")
    form = {"password": "wrong", "new": "umbrella thermostat", "again": "umbrella thermostat"}
    codes = [browser.post(f"{ACCOUNT}/password", form).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]
    assert browser.post(f"{ACCOUNT}/password", {**form, "password": PASSWORD}).status_code == 429


def test_changed_password_counts_at_once_and_ends_every_other_session(install: Install):
    """Whoever has the old password, or is in already with it, would stay."""
    someone = make_person(install.desk, "pia@harbor.example", "viewer", install.cast.clinic_id)
    browser, elsewhere, token = Browser(install, someone), Browser(install, someone), install.token(someone)
    browser.get(f"{ACCOUNT}/password")
    new = "umbrella thermostat nine"
    for form, reason in (
        ({"password": "wrong", "new": new, "again": new}, "not your password"),
        ({"password": PASSWORD, "new": new, "again": f"{new}!"}, "not the same"),
        ({"password": PASSWORD, "new": "Harbor2026!!", "again": "Harbor2026!!"}, "too easy to guess"),
        ({"password": PASSWORD, "new": "short", "again": "short"}, "12 to 128"),
        ({"password": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "the old one"),
    ):
        answer = browser.post(f"{ACCOUNT}/password", form)
        assert (answer.status_code, reason in seen(answer)) == (422, True), reason
        assert new not in answer.text
        assert PASSWORD not in answer.text
    done = browser.post(f"{ACCOUNT}/password", {"password": PASSWORD, "new": new, "again": new})
    assert done.status_code == 303
    assert browser.get("/dashboard/harbor/leads").status_code == 303, "the old secret is over"
    browser.cookies = {"frontdesk": done.cookies["frontdesk"]}
    assert browser.get("/dashboard/harbor/leads").status_code == 200
    assert elsewhere.get("/dashboard/harbor/leads").status_code == 303
    assert install.client.get(install.url("leads"), headers=token).status_code == 401
    assert install.client.post(SESSIONS, json={"email": someone.email, "password": PASSWORD}).status_code == 401
    assert install.client.post(SESSIONS, json={"email": someone.email, "password": new}).status_code == 201


def test_person_sees_and_ends_their_own_sessions_only(install: Install):
    """A lost laptop would stay signed in; or one person could sign out another."""
    someone = make_person(install.desk, "lou@harbor.example", "viewer", install.cast.clinic_id)
    browser = Browser(install, someone)
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    form = {"email": someone.email, "password": PASSWORD}
    other = Browser(install)
    other.cookies = {"frontdesk": other.post("/dashboard/sign-in", form, **{"User-Agent": agent}).cookies["frontdesk"]}
    token = install.token(someone)
    page = browser.get(ACCOUNT)
    words = seen(page)
    assert "Edge on Windows" in words
    assert words.count("This browser") == 1
    assert "Script" in words
    ids = re.findall(r'name="session" value="([0-9a-f]{64})"', page.text)
    assert len(ids) == 2
    stranger = Browser(install, install.cast.coordinator)
    stranger.get(ACCOUNT)
    assert not any(one in stranger.get(ACCOUNT).text for one in ids)
    for one in ids:
        assert stranger.post(f"{ACCOUNT}/sessions/end", {"session": one}).status_code == 404
    assert other.get("/dashboard/harbor/leads").status_code == 200
    for one in ids:
        assert browser.post(f"{ACCOUNT}/sessions/end", {"session": one}).status_code == 303
    assert other.get("/dashboard/harbor/leads").status_code == 303
    assert install.client.get(install.url("leads"), headers=token).status_code == 401
    assert browser.get("/dashboard/harbor/leads").status_code == 200


def test_sign_out_everywhere_does(install: Install):
    """Someone who found a stranger in their list could not get rid of them at one stroke."""
    someone = make_person(install.desk, "eve@harbor.example", "viewer", install.cast.clinic_id)
    browser, other, token = Browser(install, someone), Browser(install, someone), install.token(someone)
    browser.get(ACCOUNT)
    answer = browser.post(f"{ACCOUNT}/sessions/end-all")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/sign-in")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert {b.get("/dashboard/harbor/leads").status_code for b in (browser, other)} == {303}
    assert install.client.get(install.url("leads"), headers=token).status_code == 401
    assert "signed_out_everywhere" in [
        e.verb for e in rows(install, AuditEntry, AuditEntry.actor_id == someone.staff_id)
    ]


def test_disabled_person_is_out_of_the_browser_at_once(install: Install):
    """Someone who was dismissed could read on until the session ends."""
    someone = make_person(install.desk, "dan@harbor.example", "manager", install.cast.clinic_id)
    browser, half = Browser(install, someone), first_step(install, someone)
    code = fresh_code(install.desk, someone)
    disable_staff(install.desk, someone.email)
    assert browser.get("/dashboard/harbor/leads").headers["location"].startswith("/dashboard/sign-in")
    answer = half.post("/dashboard/sign-in/code", {"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/sign-in")


def test_browser_is_signed_out_after_its_longest_time_however_busy(tmp_path: Path):
    """A session that is used every minute would never end."""
    for install in start(tmp_path, staff_session_h=2, staff_idle_min=30):
        browser = Browser(install, install.cast.viewer)
        [row] = rows(install, StaffSession)
        assert abs(row.expires_at - row.created_at - timedelta(hours=2)) < timedelta(seconds=5)

        def age(session) -> None:
            for one in session.exec(select(StaffSession)):
                one.expires_at -= timedelta(hours=2)
                session.add(one)

        assert browser.get("/dashboard/harbor/leads").status_code == 200
        install.desk.database.write(age)
        assert browser.get("/dashboard/harbor/leads").status_code == 303


@pytest.fixture(scope="module")
def production_like(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """An install behind https."""
    yield from start(tmp_path_factory.mktemp("https"), public_url="https://desk.example")


def test_every_cookie_of_the_way_in_is_bound_to_the_host(production_like: Install):
    """A half-way cookie, or the one after setting up, could be set from a neighbouring host."""
    install, someone = production_like, production_like.cast.manager
    browser = Browser(install)
    own = {"Origin": "https://desk.example"}
    first = browser.post("/dashboard/sign-in", {"email": someone.email, "password": PASSWORD}, **own)
    browser.cookies = {"__Host-frontdesk": first.cookies["__Host-frontdesk"]}
    browser.get("/dashboard/sign-in/code")
    second = browser.post("/dashboard/sign-in/code", {"code": fresh_code(install.desk, someone)}, **own)
    browser.cookies = {"__Host-frontdesk": second.cookies["__Host-frontdesk"]}
    browser.get(ACCOUNT)
    out = browser.post(f"{ACCOUNT}/sessions/end-all", **own)
    for answer in (first, second, out):
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-frontdesk=")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert part in cookie
        assert "Domain" not in cookie


def test_generated_password_asks_to_be_changed(install: Install):
    """The operator who saw it printed could use it for ever."""
    made = create_staff(install.desk, "gina@harbor.example", "viewer", install.cast.clinic_id)
    someone = Someone(made.staff_id, made.email, made.password or "")
    assert "somebody else may have seen it" in seen(Browser(install, someone).get(ACCOUNT))
    assert "somebody else may have seen it" not in seen(Browser(install, install.cast.viewer).get(ACCOUNT))


ODD = [b"\\ud800", b"\\u0000", b"\\uff11\\u0662", b"-1", b"%00", b" "]


def test_odd_characters_are_wrong_and_no_fault(fresh_install: Install):
    """Anybody could fill the log with faults of ours, and read from them how far they came."""
    install, email = fresh_install, fresh_install.cast.manager.email.encode()
    for number, odd in enumerate(ODD):
        for body in (
            b'{"email": "%s", "password": "%s", "code": "%s"}' % (email, PASSWORD.encode(), odd),
            b'{"email": "x%d%s", "password": "%s"}' % (number, odd, odd),
        ):
            answer = install.client.post(SESSIONS, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (401, 422, 429 if number > 4 else 401), (body, answer.text)
        form = b"email=%%ED%%A0%%80%d&password=%%ED%%A0%%80%%00&code=%s" % (number, odd)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        assert install.client.post("/dashboard/sign-in", content=form, headers=kind).status_code == 401
