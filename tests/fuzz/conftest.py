"""One install for all that is thrown at it."""

from collections.abc import Iterator

import pytest

from tests.fuzz.people import Place, place
from tests.fuzz.serving import served


@pytest.fixture(scope="package")
def harbor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A clinic with one of everything, behind a real HTTP server."""
    with served(tmp_path_factory.mktemp("fuzz")) as (url, desk):
        yield place(url, desk)
