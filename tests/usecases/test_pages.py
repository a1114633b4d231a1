"""Pages of a website as papers: read, read again, kept when they fail. The website is a real server."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.bootstrap import Running
from app.errors import Invalid, Misconfigured
from app.settings import load_settings
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.queries.papers import Paper, papers
from app.store.tables import ChunkRow, Document, DocumentVersion
from app.usecases.accept_document import accept_document
from app.usecases.date_document import Dates, date_document
from app.usecases.delete_document import delete_document
from app.usecases.read_page import read_page, reread_pages
from tests.desk import desk_at_rest, make_clinic


class Website:
    """One page whose words, status and kind can be changed; `asked` holds the headers of each request."""

    def __init__(self) -> None:
        self.body, self.status, self.kind, self.asked = b"", 200, "text/html; charset=utf-8", list[dict[str, str]]()
        self.before: Callable[[], object] = lambda: None
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(dict(self.headers.items()))
                site.before()
                tag = f'"{hash(site.body)}"'
                same = self.headers.get("If-None-Match") == tag
                self.send_response(304 if same and site.status == 200 else site.status)
                self.send_header("Content-Type", site.kind)
                self.send_header("ETag", tag)
                self.end_headers()
                if not same:
                    self.wfile.write(site.body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/faq.php"
        self.say("A missed visit costs $40.")

    def say(self, words: str, token: str = "") -> None:
        self.body = f"<html><body><input value='{token}'><h1>Fees</h1><p>{words}</p></body></html>".encode()


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path, fetch_private=True) as running:
        yield running, make_clinic(running)


def read(place: tuple[Running, ClinicFacts], url: str) -> None:
    running, clinic = place
    read_page(running.desk, clinic.id, url, COMMAND)
    running.worker.drain(["index", "unindex"])


def later(place: tuple[Running, ClinicFacts], hours: float) -> None:
    """What the timetable does when the last reading is so many hours ago."""
    running, _ = place

    def age(session: Session) -> None:
        document = session.exec(select(Document).where(Document.source_url != None)).one()  # noqa: E711
        document.last_read_at = running.desk.clock() - timedelta(hours=hours)
        session.add(document)

    running.desk.database.write(age)
    reread_pages(running.desk)
    running.worker.drain(["index", "unindex"])


def only(place: tuple[Running, ClinicFacts]) -> Paper:
    running, clinic = place
    (found,) = papers(running.desk.database, clinic.id, running.desk.clock())
    return found


def said(place: tuple[Running, ClinicFacts]) -> list[str]:
    with place[0].desk.database.read() as session:
        return list(session.exec(select(ChunkRow.text)))


def versions(place: tuple[Running, ClinicFacts]) -> list[str]:
    with place[0].desk.database.read() as session:
        return list(session.exec(select(DocumentVersion.status).order_by(DocumentVersion.created_at)))


def test_a_page_becomes_a_paper_whatever_its_address_ends_in(place, website: Website) -> None:
    """Without it "faq.php" would be refused as a kind of file that nobody can read."""
    read(place, website.url)
    found = only(place)
    assert (found.status, found.source_url, said(place)) == ("ready", website.url, ["A missed visit costs $40."])
    assert found.name.endswith(" › faq.php")


def test_a_page_is_read_again_when_its_time_has_come_and_not_before(place, website: Website) -> None:
    """Without it last year's page would be quoted for ever, or the website asked without end."""
    read(place, website.url)
    website.say("A missed visit costs $55.")
    later(place, 23)
    assert len(website.asked) == 1
    later(place, 25)
    assert said(place) == ["A missed visit costs $55."]
    assert versions(place) == ["replaced", "ready"]


def test_a_page_that_did_not_change_makes_no_version(place, website: Website) -> None:
    """Without it each day would add a version, and payer rows to look at."""
    read(place, website.url)
    later(place, 25)
    assert "If-None-Match" in website.asked[-1]
    website.say("A missed visit costs $40.", token="another each time")
    later(place, 25)
    assert len(website.asked) == 3
    assert versions(place) == ["ready"]
    later(place, 25)
    assert versions(place) == ["ready"]
    uploads = [path for path in place[0].desk.settings.data_dir.glob("uploads/*/*") if path.is_file()]
    assert len(uploads) == 1


@pytest.mark.parametrize(("status", "words"), [(404, "is gone"), (410, "is gone"), (500, "its server says 500")])
def test_a_page_that_fails_keeps_its_last_version_and_says_so(place, website: Website, status: int, words: str) -> None:
    """Without it a website that is down for an hour would take the clinic's answers with it."""
    read(place, website.url)
    website.status = status
    later(place, 25)
    found = only(place)
    assert words in (found.reading_problem or "")
    assert (found.status, said(place)) == ("ready", ["A missed visit costs $40."])
    website.status = 200
    later(place, 25)
    assert only(place).reading_problem is None


def test_a_website_that_is_down_is_said_too(place, website: Website) -> None:
    """Without it only those pages would be warned about whose server still speaks."""
    read(place, website.url)
    website.server.server_close()
    later(place, 25)
    assert "could not be read" in (only(place).reading_problem or "")


def test_a_page_deleted_while_it_is_read_again_stays_deleted(place, website: Website) -> None:
    """Without it a slow website would bring back what the manager took away."""
    running, clinic = place
    read(place, website.url)
    website.say("A missed visit costs $55.")
    website.before = lambda: delete_document(running.desk, clinic.id, only(place).id, COMMAND)
    later(place, 25)
    assert papers(running.desk.database, clinic.id, running.desk.clock()) == []
    assert said(place) == []


def test_a_page_that_now_says_what_another_paper_says_is_read(place, website: Website) -> None:
    """Without it the page's old words would be quoted on, for the bytes of the new ones are known."""
    running, clinic = place
    read(place, website.url)
    website.say("A missed visit costs $55.")
    accept_document(running.desk, clinic.id, "copy.html", website.body, COMMAND)
    later(place, 25)
    assert set(said(place)) == {"A missed visit costs $55."}


def test_an_address_that_does_not_answer_is_the_callers_to_mend(place) -> None:
    """Without it a typing mistake in an address would look like a fault of the desk."""
    with pytest.raises(Invalid, match="could not be read") as refused:
        read(place, "http://127.0.0.1:1/")
    assert refused.value.remedy


def test_dates_by_hand_stay_when_the_page_changes(place, website: Website) -> None:
    """Without it the manager's "until Friday" would end with the next comma on the page."""
    read(place, website.url)
    running, clinic = place
    date_document(running.desk, clinic.id, only(place).id, Dates(None, date(2031, 5, 2)), COMMAND)
    website.say("A missed visit costs $55.")
    later(place, 25)
    assert said(place) == ["A missed visit costs $55."]
    assert only(place).effective_to == date(2031, 5, 2)


def test_no_interval_means_never(tmp_path: Path, website: Website) -> None:
    """Without it a clinic could not choose to read a page once."""
    with desk_at_rest(tmp_path, fetch_private=True, page_reread_h=0) as running:
        place = (running, make_clinic(running))
        read(place, website.url)
        later(place, 1000)
        assert len(website.asked) == 1


def test_pages_inside_are_refused_unless_a_setting_allows_them(tmp_path: Path, website: Website) -> None:
    """Without it anyone who may upload could read the clinic's own network."""
    with desk_at_rest(tmp_path) as running, pytest.raises(Invalid, match="private network"):
        read_page(running.desk, make_clinic(running).id, website.url, COMMAND)
    with pytest.raises(Misconfigured, match="FETCH_PRIVATE is not for production"):
        load_settings({"FRONTDESK_ENV": "production", "FRONTDESK_FETCH_PRIVATE": "true"})
