"""What the server may ask for on the network, against a real second server on this machine."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.delivery.connecting import is_public
from app.delivery.outbound_http import Outbound, check_url
from app.errors import Invalid, TooLarge, Transient


class Pages(BaseHTTPRequestHandler):
    """/ok, /big, /slow, /cut, and /go?N which redirects N times; /inside redirects to a private address.
    /drip and /chunks send their head or the size of a chunk one byte at a time, without end."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/go" and int(query):
            self._to(f"/go?{int(query) - 1}")
        elif path == "/inside":
            self._to("http://169.254.169.254/latest/meta-data")
        elif path == "/file":
            self._to("file:///etc/passwd")
        elif path == "/nowhere":
            self._to("http://[bad")
        elif path == "/letters":
            self._to("/fácil")
        elif path == "/drip":
            self._drip(b"HTTP/1.0 200 OK\r\nX-Long: ")
        elif path == "/chunks":
            self._drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        elif path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(1200):
                try:
                    self.wfile.write(b".")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.05)
        elif path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
        else:
            self.send_response(200)
            self.send_header("ETag", '"one"')
            self.end_headers()
            self.wfile.write(b"x" * 3_000_000 if path == "/big" else self.headers.get("If-None-Match", "new").encode())

    def _drip(self, first: bytes) -> None:
        self.wfile.write(first)
        for _ in range(1200):
            try:
                self.wfile.write(b"0")
            except OSError:
                return
            time.sleep(0.05)

    def _to(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


INSIDE = Outbound(60.0, 1_000_000, allow_private=True)
OUTSIDE = Outbound(60.0, 1_000_000)


def test_a_page_with_its_headers(base: str) -> None:
    """Without it nothing would be read, or a page that did not change would be sent each time."""
    reply = INSIDE.get(f"{base}/ok", {"If-None-Match": '"one"'})
    assert (reply.status, reply.body, reply.headers["etag"]) == (200, b'"one"', '"one"')


def test_redirects_are_followed_three_times_and_no_more(base: str) -> None:
    """Without it a page that moved could not be read, or two pages that point at each other would hold a thread."""
    assert INSIDE.get(f"{base}/go?3").url == f"{base}/go?0"
    with pytest.raises(Invalid, match="more than 3 times"):
        INSIDE.get(f"{base}/go?4")


def test_private_addresses_are_refused_by_name_and_by_redirect(base: str) -> None:
    """Without it a web address could read the clinic's router, or a cloud's keys."""
    inside = [base, base.replace("127.0.0.1", "localhost"), "http://[::1]:8000/", "http://10.0.0.8/"]
    for url in inside:
        with pytest.raises(Invalid, match="inside a private network"):
            OUTSIDE.get(url)


def test_each_hop_is_checked(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a public page could send the server into the private network."""
    import app.delivery.connecting as module

    really = module.is_public
    monkeypatch.setattr(module, "is_public", lambda address: address == "127.0.0.1" or really(address))
    assert OUTSIDE.get(f"{base}/ok").status == 200
    with pytest.raises(Invalid, match=r"'169\.254\.169\.254' is an address inside"):
        OUTSIDE.get(f"{base}/inside")
    with pytest.raises(Invalid, match="starts with http"):
        OUTSIDE.get(f"{base}/file")


def test_too_large_too_slow_and_broken_off(base: str) -> None:
    """Without it one page could fill the memory, hold a thread for hours, or be stored as half a page."""
    with pytest.raises(TooLarge, match="larger than"):
        INSIDE.get(f"{base}/big")
    for page in ("slow", "drip", "chunks"):
        began = time.monotonic()
        with pytest.raises(Transient, match="could not be read"):
            Outbound(0.6, 1_000_000, allow_private=True).get(f"{base}/{page}")
        assert time.monotonic() - began < 30
    with pytest.raises(Transient, match="could not be read"):
        INSIDE.get(f"{base}/cut")
    with pytest.raises(Transient, match="could not be read"):
        INSIDE.get("http://127.0.0.1:1/")


def test_names_and_redirects_that_lead_nowhere(base: str) -> None:
    """Without it one clinic's broken page would end the reading of all pages behind it."""
    with pytest.raises(Invalid, match="leads to"):
        INSIDE.get(f"{base}/nowhere")
    for host in ("a..example", f"{'a' * 64}.example"):
        with pytest.raises(Transient, match="could not be read"):
            INSIDE.get(f"http://{host}/")
    assert INSIDE.get(f"{base}/letters").url == f"{base}/f%E1cil"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "::127.0.0.1", "ff02::1", "192.0.2.1", "nonsense",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Without it one spelling of a private address would be a way in."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    """Without it no page could be read."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a", "file:///etc/passwd", "javascript:alert(1)", "//example.org", "example.org", "", "http://",
        "http://user:secret@example.org/", "http://example.org:99999/", "http://exa mple.org/",
        "http://example.org/\r\nX: y",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    """Without it other protocols, passwords or split headers could be smuggled in."""
    with pytest.raises(Invalid):
        check_url(url)
