"""One process owns the data folder; commands reach it through the owner, and its next answer reflects them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys import papers
from tests.llm.servers import honest, model_server, status
from tests.server import Server, Visitor, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serving(tmp_path_factory.mktemp("commands")) as made:
        yield made


def test_ingest_and_purge_beside_a_running_server(server: Server, tmp_path: Path) -> None:
    """A second process that wrote to the index by itself would leave the server answering from the old one."""
    site_key = server.clinic()
    asked = "Where do I park?"
    assert Visitor(server, site_key).say(asked)["answers"][0]["kind"] == "refusal"
    facts = server.facts("ingest", "--clinic", site_key, str(papers.faq(tmp_path)), "--publish")
    assert [(file["file"], file["status"], file["chunks"]) for file in facts["files"]] == [("faq.md", "ready", 3)]
    assert "Alder Street" in Visitor(server, site_key).say(asked)["reply"]
    receipt = server.facts("purge", "--clinic", site_key, "--document", "faq.md")
    assert [one["document"] for one in receipt["purged"]] == ["faq.md"]
    assert receipt["pending_jobs"] == 0
    after = Visitor(server, site_key).say(asked)
    assert "Alder" not in json.dumps(after)
    assert after["answers"][0]["kind"] == "refusal"
    assert not [path for path in (server.data / "uploads").rglob("*") if path.is_file()]


def test_a_new_version_replaces_the_old_one_at_once(server: Server, tmp_path: Path) -> None:
    """Two versions alive at once would answer with yesterday's fee."""
    site_key = server.clinic()
    server.facts("ingest", "--clinic", site_key, str(papers.faq(tmp_path)))
    changed = papers.FAQ.replace("Alder Street", "Birch Avenue")
    server.facts("ingest", "--clinic", site_key, str(papers.faq(tmp_path, changed)))
    reply = server.facts("ask", "--clinic", site_key, "Where do I park?")
    assert "Birch Avenue" in reply["text"]
    assert "Alder" not in json.dumps(reply)


def test_one_clinic_never_hears_from_another(server: Server, tmp_path: Path) -> None:
    """A leak between tenants would be the end of the product."""
    first, second = server.clinic("First"), server.clinic("Second")
    server.facts("ingest", "--clinic", first, str(papers.faq(tmp_path)))
    assert "Alder Street" in server.facts("ask", "--clinic", first, "Where do I park?")["text"]
    refused = server.facts("ask", "--clinic", second, "Where do I park?")
    assert refused["kind"] == "refusal"
    assert "list" not in refused["text"], "nothing was put on a list, so nothing may say so"


def test_a_broken_file_is_named_and_the_others_go_on(server: Server, tmp_path: Path) -> None:
    """One bad scan in a folder of forty papers must not stop the other thirty-nine."""
    site_key = server.clinic()
    folder = tmp_path / "papers"
    folder.mkdir()
    papers.faq(folder)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / "empty.txt").write_bytes(b"")
    done = server.run("ingest", "--clinic", site_key, str(folder), "--json")
    assert done.returncode == 2
    files = {file["file"]: file for file in json.loads(done.stdout)["files"]}
    assert {name: file["status"] for name, file in files.items()} == {
        "faq.md": "ready",
        "broken.pdf": "failed",
        "empty.txt": "failed",
    }
    assert "broken.pdf" in files["broken.pdf"]["error"]


def test_a_second_server_on_the_folder_is_refused_with_one_line(server: Server) -> None:
    """Two owners of one index: the first would go on returning what the second deleted."""
    done = server.run("serve")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "already serves" in done.stderr
    assert server.http.get("/healthz").status_code == 200


def test_commands_work_without_a_server_too(tmp_path: Path) -> None:
    """A clinic is set up before its server runs for the first time."""
    alone = Server(tmp_path)
    site_key = alone.clinic()
    assert alone.facts("ingest", "--clinic", site_key, str(papers.faq(tmp_path)))["files"][0]["status"] == "ready"
    assert "Alder Street" in alone.facts("ask", "--clinic", site_key, "Where do I park?")["text"]
    assert [clinic["site_key"] for clinic in alone.facts("clinic", "list")] == [site_key]
    assert alone.facts("doctor")["ok"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask", "--clinic", "nobody", "hello"), "'nobody'"),
        (
            ("clinic", "create", "--name", "X", "--coordinator", "no", "--phone", "212-555-0100", "--timezone", "UTC"),
            "'no'",
        ),
        (
            ("clinic", "create", "--name", "X", "--coordinator", "a@b.example", "--phone", "1", "--timezone", "UTC"),
            "'1'",
        ),
        (
            (
                "clinic",
                "create",
                "--name",
                "X",
                "--coordinator",
                "a@b.example",
                "--phone",
                "212-555-0100",
                "--timezone",
                "Mars",
            ),
            "'Mars'",
        ),
    ],
)
def test_a_wrong_value_is_named_in_one_line(server: Server, arguments: tuple[str, ...], says: str) -> None:
    """A traceback helps nobody who runs a clinic."""
    done = server.run(*arguments)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_key_is_refused_and_touches_nothing(tmp_path: Path) -> None:
    """Starting with the wrong key must not harm the database it cannot read."""
    server = Server(tmp_path)
    server.clinic()
    before = (server.data / "frontdesk.db").read_bytes()
    server.env["FRONTDESK_MASTER_KEY"] = "f" * 64
    done = server.run("clinic", "list")
    assert done.returncode == 1
    assert "master key" in done.stderr
    assert (server.data / "frontdesk.db").read_bytes() == before


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SMTP_URL": "carrier-pigeon://loft"}, "SMTP_URL"),
        ({"EMBEDDER": "crystal-ball"}, "'crystal-ball'"),
        ({"RATE_LIMITS": "visitor=lots"}, "'visitor=lots'"),
        ({"MASTER_KEY": "short"}, "MASTER_KEY"),
    ],
)
def test_a_wrong_setting_is_one_line_at_the_start(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    """An operator at night reads the last line of a log, not a traceback."""
    done = Server(tmp_path, **settings).run("serve")
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_one_line(server: Server, tmp_path: Path) -> None:
    """The commonest trouble of a first start: something else listens there."""
    done = Server(tmp_path, PORT=server.port).run("serve")
    assert done.returncode == 1
    assert f":{server.port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_days_and_addresses_given_with_ingest(server: Server, tmp_path: Path) -> None:
    """A list for next year would be quoted today; an address that must not be read would look like a missing file."""
    site_key = server.clinic()
    first = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    path = str(papers.faq(tmp_path))
    server.facts("ingest", "--clinic", site_key, path, "--effective-from", first)
    assert server.facts("ask", "--clinic", site_key, "Where do I park?")["kind"] == "refusal"
    again = server.facts("ingest", "--clinic", site_key, path, "--effective-to", first)
    assert "unchanged" in again["files"][0]["warnings"][0]
    assert "Alder Street" in server.facts("ask", "--clinic", site_key, "Where do I park?")["text"]
    wrong = server.run("ingest", "--clinic", site_key, path, "--effective-to", "soon")
    assert (wrong.returncode, "soon" in wrong.stderr) == (2, True)
    inside = server.run("ingest", "--clinic", site_key, "http://127.0.0.1:9/", "--json")
    assert "private network" in json.loads(inside.stdout)["files"][0]["error"]


def test_rules_go_out_and_come_back_the_same(server: Server, tmp_path: Path) -> None:
    """A clinic edits one file: what it did not touch must stay, and a slip must cost nothing."""
    site_key, file = server.clinic("Rules"), tmp_path / "rules.yaml"
    assert server.facts("rules", "export", "--clinic", site_key, str(file))["version"] == 0
    again = server.facts("rules", "import", "--clinic", site_key, str(file))
    assert (again["version"], again["changed"]) == (0, False)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("at_least: 2", "at_least: 3"), encoding="utf-8")
    dry = server.run("rules", "import", "--clinic", site_key, str(file), "--dry-run")
    assert "nothing was changed; version 0 stays in force" in dry.stdout
    made = server.facts("rules", "import", "--clinic", site_key, str(file))
    assert (made["version"], made["changed"]) == (1, True)
    assert "at_least: 3" in server.facts("rules", "export", "--clinic", site_key)["text"]
    file.write_text(text.replace("outcome: out_of_area", "outcome: out_of_aera"), encoding="utf-8")
    wrong = server.run("rules", "import", "--clinic", site_key, str(file))
    assert wrong.returncode == 1
    assert "out_of_aera" in wrong.stderr
    assert "did you mean 'out_of_area'?" in wrong.stderr
    assert server.facts("rules", "export", "--clinic", site_key)["version"] == 1


def test_destinations_from_the_command_line(server: Server) -> None:
    """A clinic in which nobody writes scripts adds its Slack channel and its webhook here, beside a running server."""
    site_key = server.clinic("Destinations")
    [first] = server.facts("destinations", "list", "--clinic", site_key)
    assert (first["coordinator"], first["fields"]) == (True, None)
    url = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrst"
    command = ["destinations", "add", "--clinic", site_key, "--channel", "slack", "-", "--fields", "reason"]
    added = server.run(*command, given=f"{url}\n")
    assert added.returncode == 0, added.stderr
    assert "https://hooks.slack.com/…qrst  reason" in added.stdout
    hook = server.facts(
        "destinations", "add", "--clinic", site_key, "--channel", "webhook", "https://systems.clinic.example/hook"
    )
    turned = server.facts("destinations", "rotate-secret", "--clinic", site_key, hook["id"])
    assert hook["secret"].startswith("whsec_")
    assert turned["secret"] not in ("", hook["secret"])
    assert turned["old_secret_until"]
    assert server.facts("destinations", "set", "--clinic", site_key, hook["id"], "--fields", "-")["fields"] == []
    tried = server.facts("destinations", "test", "--clinic", site_key, first["id"])
    assert tried["result"] == "written"
    assert any("No patient wrote" in path.read_text() for path in server.mails())
    wrong = server.run("destinations", "set", "--clinic", site_key, hook["id"], "--fields", "patient_nam")
    assert wrong.returncode == 1
    assert "'patient_nam' is not a field" in wrong.stderr
    removed = server.facts("destinations", "remove", "--clinic", site_key, hook["id"])
    assert removed == {"id": hook["id"], "suppressed": 0}
    shown = server.facts("destinations", "list", "--clinic", site_key)
    assert [one["channel"] for one in shown] == ["email", "slack"]
    assert "abcdefghij" not in json.dumps(shown) + server.log.read_text()


def test_the_model_is_switched_tried_and_looked_at_by_commands(server: Server, tmp_path: Path) -> None:
    """Whoever runs the server sets the model up over ssh, without a browser; and the switch is told with its price."""
    plain = server.clinic("Plain")
    refused = server.run("clinic", "set", "--clinic", plain, "--model", "on")
    assert (refused.returncode, "FRONTDESK_LLM_BASE_URL" in refused.stderr) == (1, True)
    assert server.facts("model", "status", "--clinic", plain)["state"] == "none"
    with (
        model_server(honest(lambda _: "Hello there.")) as model,
        serving(tmp_path, LLM_BASE_URL=model.base_url, LLM_MODEL="scripted", LLM_API_KEY="sk-never-shown") as own,
    ):
        site_key = own.clinic(model="off")
        told = own.run("clinic", "set", "--clinic", site_key, "--model", "on")
        assert "WARNING: nobody named an agreement" in told.stdout
        tried = own.facts("model", "try", "--clinic", site_key)
        assert (tried["ok"], tried["said"]) == (True, "Hello there.")
        found = own.facts("model", "status", "--clinic", site_key)
        assert (found["state"], found["today"]["calls"] >= 1) == ("well", True)  # its exam may run meanwhile
        listed = own.facts("model", "egress", "--clinic", site_key)["egress"]
        assert [one["id"] for one in listed if one["purpose"] == "trial"] == [tried["egress_id"]]
        whole = own.facts("model", "egress", "--clinic", site_key, "--id", tried["egress_id"])
        assert whole["body"].encode() in model.bodies
        assert "made-up words" in own.run("model", "egress", "--clinic", site_key, "--id", tried["egress_id"]).stdout
        assert own.run("model", "exam", "--clinic", site_key).returncode == 0
        model.script = lambda _: status(401)
        failed = own.run("model", "try", "--clinic", site_key)
        assert (failed.returncode, failed.stdout.startswith("FAIL The model's server")) == (1, True)
        printed = failed.stdout.split("what was sent: frontdesk ")[1].split()
        assert own.run(*printed).returncode == 0, "the printed command can be pasted as it is"
        verbs = {json.loads(line).get("verb") for line in own.run("audit", "export").stdout.splitlines()}
        assert {"model_on", "model_tried", "exam_asked", "egress_list_read", "egress_read"} <= verbs
        assert "sk-never-shown" not in own.log.read_text() + str(found) + str(own.facts("doctor")) + whole["body"]
