"""A real server app on a real database. Its worker rests, so that what a request queued can be looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from litestar.testing import TestClient

from app.asgi import create_app
from app.bootstrap import Running
from app.desk import Desk
from tests.cast import Cast, Someone, credentials, make_cast, test_settings


@dataclass(frozen=True)
class Install:
    """A running server, its desk, and who works there."""

    client: TestClient
    desk: Desk
    cast: Cast

    def token(self, someone: Someone) -> dict[str, str]:
        """The header of an API session."""
        answer = self.client.post("/api/v1/staff/sessions", json=credentials(self.desk, someone))
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def url(self, path: str, site_key: str = "harbor") -> str:
        """An address of the API of a clinic."""
        return f"/api/v1/staff/clinics/{site_key}/{path}"


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """One install for the tests of a module."""
    yield from start(tmp_path_factory.mktemp("data"))


@pytest.fixture
def fresh_install(tmp_path: Path) -> Iterator[Install]:
    """An install for one test."""
    yield from start(tmp_path)


def start(folder: Path, **changes: object) -> Iterator[Install]:
    """Starts an install and stops it."""
    with TestClient(create_app(test_settings(folder, **changes))) as client:
        running: Running = client.app.state["running"]
        running.worker.stop()
        yield Install(client, running.desk, make_cast(running.desk))


Starter = Callable[..., Iterator[Install]]
