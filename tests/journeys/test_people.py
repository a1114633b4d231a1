"""People from outside: what the commands print opens the clinic, for as long as it should."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from tests.server import Server, serving, wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("people")) as running:
        yield running


def status(server: Server, someone: dict[str, str | None], code: str | None = None) -> int:
    """What signing in answers."""
    body = {"email": someone["email"], "password": someone["password"], "code": code}
    return server.http.post("/api/v1/staff/sessions", json=body).status_code


def test_sample_people_get_in_with_what_is_printed(server: Server) -> None:
    """Somebody who tries Frontdesk, or a script, would stand before a closed door."""
    clinics = server.facts("demo")["clinics"]
    kept = server.data / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["clinics"] == clinics == server.facts("demo")["clinics"]
    people = [person for clinic in clinics for person in clinic["staff"]]
    assert {(p["role"], p["totp_secret"] is not None) for p in people} == {("manager", True), ("coordinator", False)}
    for person in people:
        secret = person["totp_secret"]
        assert status(server, person, pyotp.TOTP(secret).now() if secret else None) == 201
        assert status(server, person) == (401 if secret else 201)
    manager = next(person for person in people if person["totp_secret"])
    shown = server.facts("staff", "code", "--email", manager["email"])
    assert len(shown["code"]) == 6
    assert 0 < shown["seconds"] <= 30
    assert manager["totp_secret"] in server.run("demo").stdout
    stranger = server.run("staff", "code", "--email", "nobody@x.example")
    assert (stranger.returncode != 0, "nobody@x.example" in stranger.stderr) == (True, True)


def test_operator_makes_resets_and_disables(server: Server) -> None:
    """Without these somebody who lost phone or password would be locked out for good, and who left would not be."""
    site_key = server.clinic()
    made = server.facts("staff", "create", "--clinic", site_key, "--email", "lin@willow.example", "--role", "manager")
    assert made["totp_uri"].startswith("otpauth://totp/Frontdesk:lin%40willow.example?secret=" + made["totp_secret"])
    assert status(server, made, pyotp.TOTP(made["totp_secret"]).now()) == 201
    again = server.facts("staff", "reset-mfa", "--email", "lin@willow.example")
    assert again["totp_secret"] not in (None, made["totp_secret"])
    renewed = server.facts("staff", "reset-password", "--email", "lin@willow.example")
    fresh = {"email": "lin@willow.example", "password": renewed["password"]}
    code = pyotp.TOTP(again["totp_secret"]).now()
    assert status(server, made, code) == 401
    assert status(server, fresh, code) == 201
    plain = ("staff", "create", "--clinic", site_key, "--email", "vic@willow.example", "--role", "viewer")
    viewer = server.facts(*plain)
    assert viewer["totp_secret"] is None
    assert server.facts("staff", "reset-mfa", "--email", "vic@willow.example")["totp_secret"] is None
    assert status(server, viewer) == 201
    server.facts("staff", "disable", "--email", "vic@willow.example")
    assert status(server, viewer) == 401
    told = server.run("staff", "create", "--clinic", site_key, "--email", "ann@willow.example", "--role", "manager")
    assert "into an authenticator app" in told.stdout


def test_the_first_owner_comes_in_by_a_link(tmp_path: Path) -> None:
    """The one person who can make others could not get in; or what opens their account would stand in a log."""
    with serving(tmp_path) as server:
        wait_for("what is told last at a first start", lambda: "Frontdesk serves" in server.log.read_text())
        [told] = [line for line in server.log.read_text().splitlines() if "frontdesk staff create" in line]
        assert "password" not in server.log.read_text()
        command = [part.replace("YOU@EXAMPLE.ORG", "olga@install.example") for part in told.split()[1:]]
        made = server.facts(*command)
        assert made["set_up_url"].startswith(f"{server.url}/dashboard/set-up#")
        token, new = made["set_up_url"].partition("#")[2], "lantern-orchard-button-sky"
        form = {"token": token, "new": new, "again": new}
        page = server.http.post("/dashboard/set-up", data={"token": token}, headers={"Origin": server.url})
        assert "olga@install.example" in page.text
        done = server.http.post("/dashboard/set-up", data=form, headers={"Origin": server.url})
        assert done.headers["location"] == "/dashboard/account/second-factor"
        again = server.http.post("/dashboard/set-up", data=form, headers={"Origin": server.url})
        assert again.status_code == 401
        assert token not in server.log.read_text()
        lost = server.run("staff", "invite", "--email", "olga@install.example")
        assert (lost.returncode, "in use" in lost.stderr) == (1, True)
        server.stop()
        server.start()
        wait_for("the second start", lambda: server.log.read_text().count("Frontdesk serves") == 2)
        assert server.log.read_text().count("Nobody owns") == 1


def test_a_proxy_that_the_settings_do_not_know_is_told_to_the_operator(server: Server) -> None:
    """All would be locked out together, and nobody would know why."""
    site_key = server.clinic()
    server.http.get(f"/api/v1/clinics/{site_key}", headers={"X-Forwarded-For": "203.0.113.9"})
    findings = json.loads(server.run("doctor", "--json").stdout)["findings"]
    [found] = [one for one in findings if one["check"] == "proxies"]
    assert found["ok"] is False
    assert "FRONTDESK_TRUSTED_PROXIES" in found["remedy"]
    assert server.log.read_text().count("requests come through a proxy") == 1


def test_sign_in_goes_by_peoples_phones_when_the_clock_of_the_desk_was_moved(tmp_path: Path) -> None:
    """A test of a long wait could not look at what came of it."""
    with serving(tmp_path, CLOCK_OFFSET_S=300_000) as server:
        site_key = server.clinic()
        made = server.facts("staff", "create", "--clinic", site_key, "--email", "m@willow.example", "--role", "manager")
        assert status(server, made, pyotp.TOTP(made["totp_secret"]).now()) == 201
