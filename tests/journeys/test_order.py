"""What a restarted server can do before its embedder is loaded: everything, only without vectors. No clock is looked
at: the embedder's library is held back until the test lets it go."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import papers
from tests.server import Server, Visitor, serving, wait_for

# Stands before the real library on the path; waits for a file, then makes way.
HELD_BACK = """
import sys, time
from pathlib import Path
here = Path(__file__).parent
while not (here / "go").exists():
    time.sleep(0.02)
sys.path.remove(str(here))
del sys.modules["onnxruntime"]
import onnxruntime
"""


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Visitor, Path]]:
    """A server with a paper, started again with its embedder held back; the file that lets it go."""
    folder = tmp_path_factory.mktemp("order")
    slow = folder / "slow"
    slow.mkdir()
    with serving(folder) as server:
        site_key = server.clinic()
        assert server.run("ingest", "--clinic", site_key, str(papers.faq(folder))).returncode == 0
        visitor = Visitor(server, site_key)
        server.stop()
        (slow / "onnxruntime.py").write_text(HELD_BACK)
        server.env["PYTHONPATH"] = str(slow)
        yield server.start(), visitor, slow / "go"


def index_ready(server: Server) -> bool:
    ready: bool = server.http.get("/readyz").json()["index_ready"]
    return ready


def test_health_answers_first(restarted: tuple[Server, Visitor, Path]) -> None:
    """A supervisor that waits for health must not kill a server for loading a model."""
    server, _, _ = restarted
    assert server.http.get("/healthz").json() == {"status": "ok"}
    assert not index_ready(server)


def test_a_referral_is_accepted_first(restarted: tuple[Server, Visitor, Path]) -> None:
    """A patient who has filled in the form during a restart must not wait for a model that a form never needs."""
    server, visitor, _ = restarted
    slots = {"patient_name": "Io Vale", "contact": "io@vale.example"}
    body = {"client_id": secrets.token_hex(8), "action": "referral", "slots": slots}
    assert visitor.post("/contact", body).status_code == 201
    assert not index_ready(server)


def test_a_question_is_answered_by_words_first_and_with_vectors_later(
    restarted: tuple[Server, Visitor, Path],
) -> None:
    """Words find most answers; a desk that is silent until the model is there would look broken."""
    server, visitor, go = restarted
    early = visitor.say("Where do I park?")
    assert early["answers"][0]["citations"][0]["document"] == "faq.md"
    assert not index_ready(server)
    go.touch()
    wait_for("the index", lambda: index_ready(server))
    assert visitor.say("Where do I park?")["answers"][0]["citations"][0]["document"] == "faq.md"
