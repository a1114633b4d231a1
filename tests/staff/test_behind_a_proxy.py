"""Everybody behind one address: a proxy that the settings do not know, or a clinic's network. The operator hears of it,
and who got in before still gets in."""

import logging

import pytest
from litestar.connection import ASGIConnection

from app.bootstrap import build
from app.control.commands.doctor import doctor
from app.store.tables import KnownPlace
from app.usecases.sign_in_throttle import PER_ADDRESS, PER_PAIR
from app.web.address import client_address
from tests.cast import Someone, credentials, test_settings
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser, rows, seen

DEVICE = "frontdesk-device"
SIGN_IN = "/dashboard/sign-in"


def lock_the_address(install: Install) -> None:
    """A stranger behind the same address, with the e-mails of the people who work there and others."""
    wrong = {"password": "wrong wrong wrong"}
    for someone in (install.cast.manager, install.cast.viewer):
        for _ in range(PER_PAIR):
            Browser(install).post(SIGN_IN, {"email": someone.email, **wrong})
    for number in range(PER_ADDRESS):
        Browser(install).post(SIGN_IN, {"email": f"{number}@x.example", **wrong})


def known_browser(install: Install, someone: Someone) -> Browser:
    """In which the person signed in before, and out again."""
    browser = Browser(install)
    answer = browser.post(SIGN_IN, credentials(install.desk, someone))
    assert answer.status_code == 303
    browser.cookies = {DEVICE: answer.cookies[DEVICE]}
    return browser


def test_who_signed_in_before_gets_in_whatever_others_do_at_the_address(fresh_install: Install):
    """One stranger behind the same proxy would lock the whole clinic out."""
    install = fresh_install
    manager, viewer = install.cast.manager, install.cast.viewer
    mine, theirs = known_browser(install, manager), known_browser(install, viewer)
    lock_the_address(install)
    for browser, someone in ((mine, manager), (theirs, viewer)):
        locked = Browser(install).post(SIGN_IN, credentials(install.desk, someone))
        assert locked.status_code == 429, "a browser that nobody knows waits"
        assert browser.post(SIGN_IN, credentials(install.desk, someone)).status_code == 303
    assert mine.post(SIGN_IN, credentials(install.desk, viewer)).status_code == 429, "known for its own person only"


def test_a_known_browser_has_few_tries_too_and_its_cookie_cannot_be_made_up(fresh_install: Install):
    """A stolen or an invented cookie would be a way to guess without end."""
    install = fresh_install
    browser = known_browser(install, install.cast.viewer)
    wrong = {"email": install.cast.viewer.email, "password": "wrong wrong wrong"}
    answers = [browser.post(SIGN_IN, wrong).status_code for _ in range(PER_PAIR + 1)]
    assert answers == [401] * PER_PAIR + [429]
    browser = known_browser(install, install.cast.viewer)  # one that has all its tries
    lock_the_address(install)
    good = browser.cookies[DEVICE]
    bent = good[:5] + ("A" if good[5] != "A" else "B") + good[6:]
    for made_up in ("", "x" * 43, good.partition("~")[0], bent):
        other = Browser(install)
        other.cookies = {DEVICE: made_up}
        assert other.post(SIGN_IN, credentials(install.desk, install.cast.viewer)).status_code == 429
    secret = good.partition("~")[0]
    assert secret not in str([row.model_dump() for row in rows(install, KnownPlace)]), "kept as a keyed hash"


def test_half_a_sign_in_makes_no_browser_known(fresh_install: Install):
    """Whoever has a password without the code would have tries of their own."""
    install = fresh_install
    someone = install.cast.manager
    half = Browser(install).post(SIGN_IN, {"email": someone.email, "password": someone.password})
    assert (half.status_code, DEVICE in half.cookies) == (303, False)
    whole = Browser(install).post(SIGN_IN, credentials(install.desk, someone)).headers.get_list("set-cookie")
    [device] = [one for one in whole if one.startswith(DEVICE)]
    assert all(part in device for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=2592000"))


def test_strangers_cannot_use_up_the_tries_of_somebody_who_is_signed_in(fresh_install: Install):
    """Nobody could change a password while somebody else guesses."""
    install = fresh_install
    browser = Browser(install, install.cast.viewer)
    browser.get("/dashboard/account")
    lock_the_address(install)
    data = {"password": install.cast.viewer.password, "new": "lantern-orchard-button-sky"}
    form = {**data, "again": data["new"]}
    answer = browser.post("/dashboard/account/password", form)
    assert answer.headers["location"] == "/dashboard/account?done=password", seen(answer)


@pytest.mark.parametrize(
    ("peer", "trusted", "header", "said", "sign"),
    [
        ("10.0.0.2", 0, "x-forwarded-for", "203.0.113.9", "proxy"),
        ("127.0.0.1", 0, "x-real-ip", "203.0.113.9", "proxy"),
        ("fd00::2", 0, "forwarded", "203.0.113.9", "proxy"),
        ("8.8.8.8", 0, "x-forwarded-for", "203.0.113.9", "maybe"),
        ("10.0.0.2", 1, "x-forwarded-for", "203.0.113.9", "none"),
        ("10.0.0.2", 0, "x-something", "203.0.113.9", "none"),
        ("10.0.0.2", 2, "x-forwarded-for", "203.0.113.9", "few"),
        ("10.0.0.2", 3, "x-forwarded-for", "203.0.113.9, 10.0.0.7", "few"),
        ("10.0.0.2", 2, "x-forwarded-for", "203.0.113.9, 10.0.0.7", "none"),
        ("8.8.8.8", 1, "x-forwarded-for", "203.0.113.9", "none"),  # a proxy elsewhere has a public address
        ("8.8.8.8", 2, "x-forwarded-for", "203.0.113.9", "direct"),
        ("8.8.8.8", 1, "x-something", "203.0.113.9", "direct"),
        ("10.0.0.2", 1, "x-something", "203.0.113.9", "none"),  # a health check of the proxy's own
    ],
)
def test_a_wrong_number_of_proxies_is_told_from_a_forged_header(tmp_path, caplog, peer, trusted, header, said, sign):
    """Nobody would know why all are locked out, or that no limit holds; or any stranger could make doctor fail."""
    running = build(test_settings(tmp_path, trusted_proxies=trusted))
    wrong = sign not in ("none", "maybe")
    try:
        scope = {"type": "http", "headers": [(header.encode(), said.encode())], "client": (peer, 50_000)}
        with caplog.at_level(logging.WARNING, "frontdesk.proxies"):
            for _ in range(3):
                client_address(ASGIConnection(scope), running.desk)
        assert running.desk.forwarded.sign == sign
        assert len([one for one in caplog.records if one.name == "frontdesk.proxies"]) == wrong
        assert "203.0.113.9" not in caplog.text
        assert peer not in caplog.text
        [found] = [one for one in doctor(running.desk, {}, lambda _: None)["findings"] if one["check"] == "proxies"]
        assert found["ok"] is not wrong
        assert ("FRONTDESK_TRUSTED_PROXIES" in str(found["remedy"])) is wrong
    finally:
        running.close()
