"""Dates, twins and web pages of papers, over the staff API and the dashboard."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cast import Someone, credentials
from tests.staff.conftest import Install, start

PAPER = b"# Visits\n\nBring your card.\n"


class Page(BaseHTTPRequestHandler):
    """Short pages that differ by their address."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<h1>Visits</h1><p>Bring your card to {self.path}.</p>".encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def open_install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """An install that may read pages of this machine."""
    yield from start(tmp_path_factory.mktemp("pages"), fetch_private=True)


def upload(install: Install, name: str, data: bytes = PAPER) -> dict[str, str]:
    headers = install.token(install.cast.manager)
    answer = install.client.post(install.url("documents"), files={"file": (name, data)}, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_dates_are_set_kept_and_cleared(install: Install) -> None:
    """Without it a script could not hold next year's list back until New Year."""
    headers = install.token(install.cast.manager)
    url = install.url(f"documents/{upload(install, 'dated.md')['document_id']}")
    first = install.client.patch(
        url, json={"effective_from": "2031-01-01", "effective_to": "2031-12-31"}, headers=headers
    )
    assert first.status_code == 200, first.text
    assert (first.json()["effective_from"], first.json()["effective_to"]) == ("2031-01-01", "2031-12-31")
    cleared = install.client.patch(url, json={"effective_from": None}, headers=headers).json()
    assert (cleared["effective_from"], cleared["effective_to"]) == (None, "2031-12-31")


@pytest.mark.parametrize(
    "body",
    [
        {"effective_from": "2031-12-31", "effective_to": "2031-01-01"},
        {"effective_from": "next week"},
        {"effective_form": "2031-01-01"},
    ],
)
def test_dates_that_cannot_be_are_refused(install: Install, body: dict[str, str]) -> None:
    """Without it a typing error would hide a paper from patients."""
    headers = install.token(install.cast.manager)
    url = install.url(f"documents/{upload(install, 'refused.md', b'# Fees')['document_id']}")
    answer = install.client.patch(url, json=body, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["error"]["message"]


def test_only_who_may_change_papers_may_date_them_or_read_pages(open_install: Install, website: str) -> None:
    """Without it a viewer could take the clinic's papers out of use, or make the server ask for pages."""
    install = open_install
    document = upload(install, "guarded.md")["document_id"]
    headers = install.token(install.cast.viewer)
    assert install.client.patch(install.url(f"documents/{document}"), json={}, headers=headers).status_code == 403
    assert install.client.post(install.url("documents"), json={"url": website}, headers=headers).status_code == 403
    stranger = install.token(install.cast.stranger)
    assert install.client.patch(install.url(f"documents/{document}"), json={}, headers=stranger).status_code == 404


def test_the_same_file_again_is_said(install: Install) -> None:
    """Without it a script could not tell why nothing happened."""
    first = upload(install, "twice.md", b"# Twice")
    assert first["warning"] is None
    assert "unchanged" in upload(install, "twice.md", b"# Twice")["warning"]
    other = upload(install, "thrice.md", b"# Twice")
    assert other["document_id"] == first["document_id"]
    assert "'twice.md'" in other["warning"]


def test_a_page_is_taken_over_the_api(open_install: Install, website: str) -> None:
    """Without it a clinic's website could not be read by a script."""
    headers = open_install.token(open_install.cast.manager)
    url = open_install.url("documents")
    taken = open_install.client.post(url, json={"url": f"{website}/visits"}, headers=headers)
    assert taken.status_code == 202, taken.text
    shown = open_install.client.get(f"{url}/{taken.json()['document_id']}", headers=headers).json()
    assert (shown["source_url"], shown["reading_problem"]) == (f"{website}/visits", None)
    gone = open_install.client.post(url, json={"url": f"{website}/gone"}, headers=headers)
    assert (gone.status_code, "is gone" in gone.json()["error"]["message"]) == (404, True)
    for body in ({"url": "ftp://x.example/"}, {"adress": website}, {"url": 5}):
        assert open_install.client.post(url, json=body, headers=headers).status_code == 422


def test_an_upload_without_a_file_is_refused(install: Install) -> None:
    """Without it a wrong field name would be an error of ours."""
    headers = install.token(install.cast.manager)
    answer = install.client.post(install.url("documents"), files={"paper": ("a.md", PAPER)}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


def test_private_pages_are_refused(install: Install, website: str) -> None:
    """Without it whoever may upload could look into the clinic's network."""
    headers = install.token(install.cast.manager)
    answer = install.client.post(install.url("documents"), json={"url": website}, headers=headers)
    assert (answer.status_code, "private network" in answer.json()["error"]["message"]) == (422, True)


def sign_in(install: Install, someone: Someone) -> str:
    """Signs a browser in; returns the token of its forms."""
    install.client.post("/dashboard/sign-in", data=credentials(install.desk, someone))
    page = install.client.get("/dashboard/harbor/papers").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:300]
    return found[1]


def test_forms_of_the_dashboard(open_install: Install, website: str, tmp_path: Path) -> None:
    """Without it a manager who reads no code could neither date a paper nor add a page."""
    install = open_install
    document = upload(install, "formed.md", b"# Formed\n\nBring your card.")["document_id"]
    token = sign_in(install, install.cast.manager)
    base = "/dashboard/harbor/papers"
    done = install.client.post(
        f"{base}/{document}/dates", data={"csrf_token": token, "effective_from": "2031-01-01", "effective_to": ""}
    )
    assert done.status_code == 200, done.text
    assert "Valid from 2031-01-01" in done.text
    wrong = install.client.post(f"{base}/{document}/dates", data={"csrf_token": token, "effective_from": "soon"})
    assert (wrong.status_code, "is not a day" in wrong.text) == (422, True)
    read = install.client.post(f"{base}/page", data={"csrf_token": token, "url": f"{website}/form"})
    assert f"{website}/form" in read.text
    again = install.client.post(f"{base}/page", data={"csrf_token": token, "url": f"{website}/form"})
    assert "unchanged" in again.text
    bad = install.client.post(f"{base}/page", data={"csrf_token": token, "url": "nonsense"})
    assert (bad.status_code, "not a web address" in bad.text) == (422, True)
    refused = install.client.post(f"{base}/{document}/dates", data={"effective_from": "2031-01-01"})
    assert refused.status_code == 403
