"""A queue for each test."""

from collections.abc import Iterator

import pytest

from tests.jobs.queues import Queue, queue_in_memory


@pytest.fixture
def queue() -> Iterator[Queue]:
    with queue_in_memory() as made:
        yield made
