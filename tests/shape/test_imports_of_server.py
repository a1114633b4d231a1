"""What the server's process loads: nothing that only the parser, the exporter or a rare setting needs."""

import subprocess
import sys
from pathlib import Path

from tests.shape.tree import ROOT

# Hundreds of megabytes, and code that reads hostile files: they belong to the parser's own process or to an extra.
NEVER = {
    "llama_index",
    "torch",
    "sentence_transformers",
    "transformers",
    "pypdf",
    "pdfplumber",
    "docx",
    "openpyxl",
    "lxml",
    "bs4",
}
# Seconds at every start for what the first visitor may never need.
NOT_AT_THE_START = NEVER | {
    "numpy",
    "chromadb",
    "onnxruntime",
    "tokenizers",
    "bm25s",
    "alembic",
    "phonenumbers",
    "email_validator",
    "aiosmtplib",
    "jinja2",
    "rich",
    "openai",
    "httpx2",
}

WORK = """
import sys
from pathlib import Path
from litestar.testing import TestClient
from app.asgi import create_app
from app.control.commands import run
from app.settings import Settings

settings = Settings(env="test", data_dir=Path(sys.argv[1]), master_key="0123456789abcdef" * 4, rate_limits="off")
app = create_app(settings)
with TestClient(app) as client:
    desk = app.state["running"].desk
    clinic = {"name": "Willow", "phone": "212-555-0100", "timezone": "America/New_York", "origins": [],
              "coordinator_email": "desk@willow.example"}
    site_key = run(desk, "clinic_create", clinic, print)["site_key"]
    made = run(desk, "ingest", {"clinic": site_key, "paths": [sys.argv[2]]}, lambda _: None)
    assert made["files"][0]["status"] == "ready", made
    assert client.get("/readyz").status_code == 200
    about = client.get(f"/api/v1/clinics/{site_key}").json()
    opened = client.post("/api/v1/conversations", json={
        "site_key": site_key, "client_id": "client-0001", "consent": about["consent"]["version"]}).json()
    said = client.post(f"/api/v1/conversations/{opened['conversation_id']}/messages",
                       json={"client_id": "client-0002", "text": "Where do I park?"},
                       headers={"Authorization": f"Bearer {opened['token']}", "Accept": "application/json"})
    assert said.json()["answers"][0]["citations"], said.text
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """The top names of what a fresh interpreter has loaded after `code`."""
    code += '\nimport sys; print("\\n" + " ".join({name.split(".")[0] for name in sys.modules}))'
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    return set(result.stdout.splitlines()[-1].split())


def test_a_start_loads_little() -> None:
    """Each of these takes a part of a second, which a patient with a form would wait for after a restart."""
    assert loaded("import app.serving") & NOT_AT_THE_START == set()


def test_a_working_server_never_loads_the_parser(tmp_path: Path) -> None:
    """A parser inside the server would double its memory, and a hostile paper could stop it."""
    paper = tmp_path / "faq.md"
    paper.write_text("# Willow\n\n## Where do I park?\n\nPark in the garage on Alder Street.\n")
    names = loaded(WORK, str(tmp_path / "data"), str(paper))
    assert names & NEVER == set()
    assert {"chromadb", "onnxruntime"} <= names
