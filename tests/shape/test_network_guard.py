"""The guard of conftest.py really refuses; a guard that lets everything through looks just as green."""

import socket
from collections.abc import Iterator

import pytest

from tests import network_guard


@pytest.fixture
def forgiven(_stays_on_loopback: None) -> Iterator[None]:
    """These tries are meant."""
    yield
    assert network_guard.tries, "the guard did not notice"
    network_guard.tries.clear()


@pytest.mark.usefixtures("forgiven")
def test_an_address_beyond_loopback_is_refused() -> None:
    """Otherwise a test could depend on, or send data to, somebody's server."""
    with socket.socket() as sock, pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


@pytest.mark.usefixtures("forgiven")
def test_a_name_is_refused_before_it_is_looked_up() -> None:
    """A name server is a server beyond loopback too."""
    with pytest.raises(PermissionError, match=r"mail\.clinic\.example"):
        socket.create_connection(("mail.clinic.example", 25))


@pytest.mark.usefixtures("forgiven")
def test_a_datagram_is_refused() -> None:
    """Telemetry likes to travel by UDP."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(PermissionError):
        sock.sendto(b"x", ("192.0.2.1", 9))


def test_loopback_is_allowed() -> None:
    """Otherwise no journey test could run."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
