"""The link under which a new person makes their account their own: once, for a day, and never in a log."""

import hashlib
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from app.control.commands.staff import staff_create, staff_invite
from app.errors import Invalid, NotFound
from app.store.tables import AuditEntry, Invitation, SecondFactor, Staff
from app.usecases import passwords
from app.usecases.change_password import reset_password
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff
from app.usecases.reset_second_factor import reset_second_factor
from app.usecases.sign_in_throttle import LINKS
from app.usecases.totp import code_of, phone_time, step_at
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser, rows, seen

NEW = "lantern-orchard-button-sky"
PAGE = "/dashboard/set-up"


def invited(install: Install, email: str, role: str = "manager") -> str:
    """The secret of a link made just now."""
    clinic = None if role == "owner" else install.cast.site_key
    facts = staff_create(install.desk, {"email": email, "role": role, "clinic": clinic, "invite": True}, print)
    assert (facts["password"], facts["totp_secret"], facts["totp_uri"]) == (None, None, None)
    return facts["set_up_url"].partition("#")[2]


def choose(browser: Browser, token: str, new: str = NEW, again: str | None = None):
    return browser.post(PAGE, {"token": token, "new": new, "again": new if again is None else again})


def person(install: Install, email: str) -> Staff:
    return rows(install, Staff, Staff.email == email)[0]


def verbs(install: Install, staff_id: str) -> list[str]:
    with install.desk.database.read() as session:
        mine = select(AuditEntry.verb).where(AuditEntry.target_id == staff_id).order_by(AuditEntry.seq)
        return list(session.exec(mine))


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_an_invited_person_chooses_a_password_and_sets_up_their_factor(fresh_install: Install, role: str):
    """Somebody else would know the password and hold the key of the factor, from the first day on."""
    install = fresh_install
    token, browser = invited(install, "nova@harbor.example", role), Browser(install)
    assert seen(browser.get(PAGE)).count("@") == 0, "who was invited is not told before the secret is shown"
    opened = browser.post(PAGE, {"token": token})
    assert "nova@harbor.example" in opened.text
    assert "app on your phone" in seen(opened)
    done = choose(browser, token)
    assert (done.status_code, done.headers["location"]) == (303, "/dashboard/account/second-factor")
    browser.cookies = {"frontdesk": done.cookies["frontdesk"]}
    leads = browser.get("/dashboard/harbor/leads")
    assert leads.status_code != 200, "a manager's password alone opens nothing"
    browser.get("/dashboard/account/second-factor")
    browser.post("/dashboard/account/second-factor/begin", {})
    shown = browser.get("/dashboard/account/second-factor").text
    secret = re.search(r'id="secret">([^<]+)<', shown)[1].replace(" ", "")
    code = code_of(secret, step_at(phone_time(install.desk)))
    codes = browser.post("/dashboard/account/second-factor", {"code": code})
    assert len(re.findall(r"<li><code>", codes.text)) == 10
    browser.cookies = {"frontdesk": codes.cookies["frontdesk"]}
    assert browser.get("/dashboard/harbor/leads").status_code == 200
    staff = person(install, "nova@harbor.example")
    assert (staff.password_generated, rows(install, Invitation)) == (False, [])
    assert verbs(install, staff.id) == [
        f"made_{role}",
        "invited",
        "set_up_account",
        "signed_in",
        "began_second_factor",
        "signed_in",
        "set_up_second_factor",
    ]


def test_a_role_without_a_factor_is_in_at_once_and_may_turn_one_on(fresh_install: Install):
    """A front-desk helper would stand before a step that is not asked of them."""
    install = fresh_install
    token, browser = invited(install, "vic@harbor.example", "viewer"), Browser(install)
    assert "phone" not in seen(browser.post(PAGE, {"token": token}))
    done = choose(browser, token)
    assert done.headers["location"] == "/dashboard/account?done=set_up"
    browser.cookies = {"frontdesk": done.cookies["frontdesk"]}
    assert "Your account is ready" in seen(browser.get("/dashboard/account?done=set_up"))
    assert browser.get("/dashboard/harbor/leads").status_code == 200


def test_a_link_works_once(fresh_install: Install):
    """Whoever finds it later in a mailbox would take the account over."""
    install = fresh_install
    token = invited(install, "nova@harbor.example")
    assert choose(Browser(install), token).status_code == 303
    for answer in (
        Browser(install).post(PAGE, {"token": token}),
        choose(Browser(install), token, "another-long-one-x"),
    ):
        assert answer.status_code == 401
        assert "was used already" in seen(answer)
        assert "nova@" not in answer.text
    staff = person(install, "nova@harbor.example")
    answer = install.client.post("/api/v1/staff/sessions", json={"email": staff.email, "password": NEW})
    assert answer.json()["error"]["code"] == "second_factor_needed", "the first password counts"


def test_of_two_who_use_a_link_at_once_one_gets_in(fresh_install: Install, monkeypatch: pytest.MonkeyPatch):
    """Both were let in to choose a password; the slower one would change the other's and end their session."""
    install, hash_password = fresh_install, passwords.hash_password
    token = invited(install, "nova@harbor.example")
    quicker: list[int] = []

    def meanwhile(new: str) -> str:
        monkeypatch.undo()
        quicker.append(choose(Browser(install), token, "another-long-one-x").status_code)
        return hash_password(new)

    monkeypatch.setattr(passwords, "hash_password", meanwhile)
    slower = choose(Browser(install), token)
    assert (quicker, slower.status_code, "was used already" in seen(slower)) == ([303], 401, True)
    assert "frontdesk" not in slower.cookies
    assert passwords.matches(person(install, "nova@harbor.example").password_hash, "another-long-one-x")


def test_a_link_is_good_for_a_day_and_a_newer_one_replaces_it(fresh_install: Install):
    """An old mail would open the account for ever; or a link that went astray could not be called back."""
    install = fresh_install
    first = invited(install, "nova@harbor.example")
    facts = staff_invite(install.desk, {"email": "Nova@Harbor.example "}, print)
    second = facts["set_up_url"].partition("#")[2]
    assert Browser(install).post(PAGE, {"token": first}).status_code == 401
    assert Browser(install).post(PAGE, {"token": second}).status_code == 200

    def age(session) -> None:
        one = session.exec(select(Invitation)).one()
        one.expires_at -= timedelta(hours=24)
        session.add(one)

    install.desk.database.write(age)
    assert Browser(install).post(PAGE, {"token": second}).status_code == 401
    third = invited(install, "nova@harbor.example")  # made again, the person is the same
    assert Browser(install).post(PAGE, {"token": third}).status_code == 200
    assert len(rows(install, Staff, Staff.email == "nova@harbor.example")) == 1


@pytest.mark.parametrize("end", ["disable", "reset"])
def test_who_is_disabled_or_got_a_password_has_no_link_any_more(fresh_install: Install, end: str):
    """A link in a mailbox would outlive the decision to shut somebody out."""
    install = fresh_install
    token = invited(install, "nova@harbor.example")
    (disable_staff if end == "disable" else reset_password)(install.desk, "nova@harbor.example")
    assert choose(Browser(install), token).status_code == 401
    assert rows(install, Invitation) == []


def test_a_factor_from_before_the_link_is_set_up_anew(fresh_install: Install):
    """Whoever ran `reset-mfa` for an invited person has seen the key of their app."""
    install, email = fresh_install, "nova@harbor.example"
    token = invited(install, email)
    assert reset_second_factor(install.desk, email)
    assert choose(Browser(install), token).headers["location"] == "/dashboard/account/second-factor"
    assert rows(install, SecondFactor, SecondFactor.staff_id == person(install, email).id) == []


def test_nothing_opens_an_invited_account_before_its_link(fresh_install: Install):
    """An account would come with a password after all."""
    install = fresh_install
    invited(install, "nova@harbor.example")
    staff = person(install, "nova@harbor.example")
    assert rows(install, SecondFactor, SecondFactor.staff_id == staff.id) == []
    for password in ("", "nova@harbor.example", NEW):
        answer = Browser(install).post("/dashboard/sign-in", {"email": staff.email, "password": password})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("short", None, "characters"),
        ("harbor-harbor-1", None, "too easy to guess"),
        (NEW, NEW + "x", "not the same"),
    ],
)
def test_an_unfit_password_spends_nothing(fresh_install: Install, new: str, again: str | None, told: str):
    """A person would need a new link for every slip of the finger."""
    install = fresh_install
    token, browser = invited(install, "nova@harbor.example"), Browser(install)
    answer = choose(browser, token, new, again)
    assert answer.status_code == 422
    assert told in seen(answer)
    assert choose(browser, token).status_code == 303


def test_links_that_open_nothing_are_counted_and_good_ones_open_all_the_same(fresh_install: Install):
    """Trying would cost the desk without end; or a stranger behind the same proxy would keep the owner out."""
    install = fresh_install
    token, browser = invited(install, "nova@harbor.example"), Browser(install)
    answers = [browser.post(PAGE, {"token": f"wrong-{number}"}).status_code for number in range(LINKS + 2)]
    assert answers == [401] * LINKS + [429, 429]
    refused = rows(install, AuditEntry, AuditEntry.verb == "set_up_refused")
    assert len(refused) == LINKS, "over the limit nothing is written"
    assert choose(browser, token).status_code == 303


def test_the_secret_is_stored_as_a_hash_and_stands_in_no_address(fresh_install: Install):
    """A copy of the database, or a proxy's log of addresses, would hold keys to new accounts."""
    install = fresh_install
    token = invited(install, "nova@harbor.example")
    assert len(token) >= 43
    assert rows(install, Invitation)[0].token_hash == hashlib.sha256(token.encode()).hexdigest()
    with install.desk.database.read() as session:
        for table in ("invitation", "audit_entry", "staff"):
            kept = str(session.connection().exec_driver_sql(f"select * from {table}").all())
            assert token not in kept
    page = Browser(install).post(PAGE, {"token": token})
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert token not in str(page.headers)
    assert "http" not in re.sub(r"<meta[^>]*>", "", page.text), "no way from this page to another site"


def test_another_website_cannot_spend_a_link(fresh_install: Install):
    """A foreign page could sign a person into an account that its maker knows the password of."""
    install = fresh_install
    token = invited(install, "nova@harbor.example")
    data = {"token": token, "new": NEW, "again": NEW}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert Browser(install).post(PAGE, data, **headers).status_code == 403
    assert len(rows(install, Invitation)) == 1


def test_invitations_are_for_new_people_only(fresh_install: Install):
    """A link for somebody who works here would be a way around their password."""
    install = fresh_install
    with pytest.raises(Invalid, match="in use"):
        staff_invite(install.desk, {"email": install.cast.manager.email}, print)
    with pytest.raises(NotFound):
        staff_invite(install.desk, {"email": "nobody@harbor.example"}, print)
    same = create_staff(install.desk, install.cast.viewer.email, "viewer", install.cast.clinic_id, by_link=True)
    assert (same.invited, same.password) == (None, None)
    assert rows(install, Invitation) == []
