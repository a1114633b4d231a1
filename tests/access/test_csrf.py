"""No page of another site can make a signed-in person's browser change something in the dashboard."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from app.store.tables import Notice
from app.web.policy import OPERATIONS, Door
from tests.access.doors import addresses
from tests.access.world import HARBOR, World, by_browser
from tests.cast import make_lead
from tests.staff.conftest import Install, start
from tests.staff.test_dashboard import Browser

HOST = "testserver.local"
OWN = f"http://{HOST}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    for install in start(tmp_path_factory.mktemp("csrf"), rate_limits="off"):
        yield World(install)


@pytest.fixture
def notice(world: World) -> str:
    """The address that sends a dead notice again."""
    reference = secrets.token_hex(4).upper()[:7]
    _, notice_id = make_lead(world.desk, world.clinic_id(HARBOR), reference, notice="dead")
    return f"/dashboard/harbor/notices/{notice_id}/retry"


def state_of(world: World, path: str) -> str:
    with world.desk.database.read() as session:
        return session.exec(select(Notice.state).where(Notice.id == path.split("/")[-2])).one()


def send(browser: Browser, path: str, token: str | None, **headers: str):
    client = browser.install.client
    client.cookies.clear()
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    data = {} if token is None else {"csrf_token": token}
    return client.post(path, data=data, headers={"Cookie": cookie, **headers}, follow_redirects=False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": OWN},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": OWN},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=["both", "no origin", "no fetch metadata", "typed by the person", "an old browser"],
)
def test_our_own_page_is_heard(world: World, notice: str, headers: dict[str, str]) -> None:
    """Staff could not work."""
    browser = world.browser(world.install.cast.coordinator)
    assert send(browser, notice, browser.csrf, **headers).status_code == 303
    assert state_of(world, notice) == "pending"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": f"http://{HOST}:8001"},
        {"Origin": f"https://{HOST}"},
        {"Origin": f"http://www.{HOST}"},
        {"Origin": f"http://{HOST}.evil.example"},
        {"Origin": f"{OWN}@evil.example"},
        {"Origin": ""},
        {"Origin": "file://"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
    ids=lambda headers: " ".join(f"{name}={value}" for name, value in headers.items()),
)
def test_another_site_is_refused_even_with_the_right_token(world: World, notice: str, headers: dict[str, str]) -> None:
    """A token that leaked, or a neighbour on the same host, would be enough to act in somebody's name."""
    browser = world.browser(world.install.cast.coordinator)
    assert send(browser, notice, browser.csrf, **headers).status_code == 403
    assert state_of(world, notice) == "dead"


def test_a_neighbour_cannot_hide_behind_a_second_origin(world: World, notice: str) -> None:
    """Whoever reads only the first of two headers believes the one that was put in front."""
    browser = world.browser(world.install.cast.coordinator)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for name, first, second in (
        ("Origin", OWN, "https://evil.example"),
        ("Sec-Fetch-Site", "same-origin", "cross-site"),
    ):
        headers = [(name, first), (name, second), ("Cookie", cookie)]
        answer = browser.install.client.post(notice, data={"csrf_token": browser.csrf}, headers=headers)
        assert answer.status_code == 403, name
    assert state_of(world, notice) == "dead"


def test_the_token_is_that_of_this_session(world: World, notice: str) -> None:
    """A token of anybody's page, or of yesterday's session, would do for today's."""
    coordinator = world.install.cast.coordinator
    mine, other = world.browser(coordinator), world.browser(world.install.cast.manager)
    again = world.browser(coordinator)
    for token in (None, "", "x", other.csrf, again.csrf, mine.csrf[:-1], mine.csrf + " ", "é" * 10):
        assert send(mine, notice, token, **{"Sec-Fetch-Site": "same-origin"}).status_code == 403, token
    assert state_of(world, notice) == "dead"


def test_the_token_ends_with_its_session(world: World, notice: str) -> None:
    """After signing out and in again an old page could still act."""
    coordinator = world.install.cast.coordinator
    before = world.browser(coordinator)
    old = before.csrf
    assert before.post("/dashboard/sign-out").status_code == 303
    assert send(before, notice, old, **{"Sec-Fetch-Site": "same-origin"}).status_code == 303, "sent to sign in"
    after = world.browser(coordinator)
    assert after.csrf != old
    assert send(after, notice, old, **{"Sec-Fetch-Site": "same-origin"}).status_code == 403
    assert state_of(world, notice) == "dead"


def test_signing_in_for_somebody_else_is_refused(world: World) -> None:
    """A foreign page could sign a person in to an account of its own and read what they then type."""
    someone = world.install.cast.coordinator
    form = {"email": someone.email, "password": someone.password}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = world.install.client.post("/dashboard/sign-in", data=form, headers=headers, follow_redirects=False)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers


def test_every_form_of_the_dashboard_wants_the_token(world: World) -> None:
    """One form without it is a form that any page can send."""
    browser, things = world.browser(world.install.cast.manager), world.things(HARBOR)
    before = world.everything()
    forms = [a for a in addresses(world.install.client.app) if a.is_page and a.verb == "POST"]
    assert len(forms) > 15
    for form in forms:
        if OPERATIONS[form.name] in (Door.ANYONE, Door.HALF_SIGNED_IN):
            continue
        path = form.path
        for name in form.parameters:
            path = path.replace(f"{{{name}}}", things.value(name))
        answer = by_browser(browser, "POST", path, {"data": {"csrf_token": "not this one"}})
        assert answer.status_code == 403, (form.name, answer.status_code)
    assert world.everything() == before


def test_looking_changes_nothing(world: World) -> None:
    """An image tag on any page makes a browser send a GET, with the cookie and without a token."""
    things, manager = world.things(HARBOR), world.install.cast.manager
    browser, token = world.browser(manager), world.bearer(manager)
    before = world.everything()
    for one in addresses(world.install.client.app):
        if one.verb != "GET":
            continue
        path = one.path
        for name in one.parameters:
            path = path.replace(f"{{{name}}}", things.value(name))
        answer = by_browser(browser, "GET", path, {}) if one.is_page else world.by_token(token, "GET", path, {})
        assert answer.status_code < 500, (one.name, answer.text[:200])
    after = world.everything()
    assert [name for name in before if before[name] != after[name]] == []


def test_behind_https_only_the_public_address_counts(tmp_path: Path) -> None:
    """Whoever makes their own name lead to this server would be of the same origin with it."""
    for install in start(tmp_path, public_url="https://desk.example", env="test"):
        assert isinstance(install, Install)
        form = {"email": "nobody@harbor.example", "password": "x"}
        answers = {
            origin: install.client.post(
                "/dashboard/sign-in", data=form, headers={"Origin": origin, "Host": "evil.example"}
            ).status_code
            for origin in ("https://desk.example", "https://evil.example", "http://evil.example")
        }
        assert answers == {"https://desk.example": 401, "https://evil.example": 403, "http://evil.example": 403}
