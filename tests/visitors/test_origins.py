"""A page of a website that is not the clinic's makes nothing happen, whatever it sends."""

from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from app.errors import Invalid
from app.store.tables import AuditEntry, Conversation, Message
from app.usecases.create_clinic import ClinicDraft, checked
from app.usecases.website_origin import canonical
from tests.visitors.conftest import OTHER_WEBSITE, OWN, WEBSITE, Hall, every_request

FOREIGN = [
    "null",
    "https://elsewhere.example",
    "http://www.harbor.example",
    "https://harbor.example",
    "https://www.harbor.example:8443",
    "https://www.harbor.example.",
    "https://www.harbor.example.elsewhere.example",
    "https://www.harbor.example@elsewhere.example",
    "https://elsewhere.example/https://www.harbor.example",
    f"{WEBSITE} https://elsewhere.example",
    "",
    "file://",
    "chrome-extension://abcdefgh",
]


def rows(hall: Hall) -> tuple[int, ...]:
    """How much there is of everything that a visitor's request can make."""
    with hall.running.desk.database.read() as session:
        return tuple(
            session.exec(select(func.count()).select_from(t)).one() for t in (Conversation, Message, AuditEntry)
        )


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_is_refused_before_its_body_is_read(shared: Hall, origin: str) -> None:
    """A CORS header alone would only hide the answer: what the page wanted done would have been done."""
    before = rows(shared)
    for body in (b"{", b"", b'{"site_key": "harbor"}', b"x" * 40_000):
        answer = shared.client.post("/api/v1/conversations", content=body, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
        assert "access-control-allow-origin" not in answer.headers
    assert shared.client.post("/chat/harbor", content=b"%%%", headers={"Origin": origin}).status_code == 403
    assert rows(shared) == before


@pytest.mark.parametrize("origin", [*FOREIGN, OTHER_WEBSITE])
def test_a_foreign_page_with_the_token_is_refused_too(shared: Hall, origin: str) -> None:
    """A token that leaked into another website must not work there; nor at another clinic of the same install."""
    talk = shared.open()
    before = rows(shared)
    for method, path, body in every_request(talk):
        answer = talk.call(method, path, body, Origin=origin)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), path
        assert "access-control-allow-origin" not in answer.headers
    assert rows(shared) == before


def test_another_clinics_website_opens_no_conversation_here(shared: Hall) -> None:
    """Clinics of one install are strangers to each other."""
    assert shared.ask("harbor", Origin=OTHER_WEBSITE).status_code == 403
    assert shared.ask("mesa", Origin=OTHER_WEBSITE).status_code == 201


@pytest.mark.parametrize(
    "origin", [WEBSITE, OWN, "HTTPS://WWW.Harbor.Example", f"{WEBSITE}:443", "https://desk.install.example:443"]
)
def test_the_clinics_website_and_our_own_pages_may(shared: Hall, origin: str) -> None:
    """Spelled in any way that means the same website."""
    assert shared.ask("harbor", Origin=origin).status_code == 201


def test_a_server_sends_no_origin_and_may(shared: Hall) -> None:
    """A clinic's own backend is no browser."""
    assert shared.ask("harbor").status_code == 201


def test_a_page_may_read_answers_only_on_its_own_clinics_website(shared: Hall) -> None:
    """Browsers hide the reply from a page that is not named; errors are for reading too."""
    allowed = shared.ask("harbor", Origin=WEBSITE)
    assert allowed.headers["access-control-allow-origin"] == WEBSITE
    assert "origin" in allowed.headers["vary"].lower()
    assert "access-control-allow-credentials" not in allowed.headers
    wrong = shared.client.post("/api/v1/conversations", content=b"{", headers={"Origin": WEBSITE})
    assert (wrong.status_code, wrong.headers["access-control-allow-origin"]) == (422, WEBSITE)
    assert "access-control-allow-origin" not in shared.ask("harbor", Origin=OWN).headers
    assert "access-control-allow-origin" not in shared.ask("harbor").headers


@pytest.mark.parametrize(
    "path", ["", "/x", "/x/messages", "/x/contact", "/x/resume-link", "/x/token", "/x/feedback", "/resume"]
)
def test_browsers_ask_beforehand_and_are_answered(shared: Hall, path: str) -> None:
    """Without the answer a clinic's own page cannot send JSON or a token at all."""
    wish = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    address = f"/api/v1/conversations{path}"
    answer = shared.client.options(address, headers={"Origin": WEBSITE, **wish})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == WEBSITE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    refused = shared.client.options(address, headers={"Origin": "https://elsewhere.example", **wish})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://WWW.Clinic.Example/", "https://www.clinic.example"),
        ("https://clinic.example:443", "https://clinic.example"),
        ("http://clinic.example:8080", "http://clinic.example:8080"),
        ("https://clínica.example", "https://xn--clnica-4va.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_websites_are_kept_as_browsers_write_them(typed: str, stored: str) -> None:
    """A website entered in another spelling would be refused for ever, and its frame too."""
    draft = ClinicDraft("Willow", "212-555-0100", "UTC", "desk@willow.example", origins=(typed,))
    assert checked(draft)["origins"] == [stored]
    assert canonical(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "clinic.example",
        "https://",
        "ftp://a.example",
        "https://a.example/x",
        "https://u@a.example",
        "null",
        "*",
        "https://a.example?x",
        "https://a.example:99999",
    ],
)
def test_what_is_no_website_is_refused_in_words(typed: str) -> None:
    """A typing mistake must not become a rule."""
    draft: Any = ClinicDraft("Willow", "212-555-0100", "UTC", "desk@willow.example", origins=(typed,))
    with pytest.raises(Invalid, match="origin"):
        checked(draft)
