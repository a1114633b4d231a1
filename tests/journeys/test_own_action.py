"""A clinic's own action, from its file to the mailbox, in two languages, beside a running server."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import yaml

from tests.mail import Mailbox, smtp_server
from tests.server import Server, Visitor, serving, wait_for
from tests.shape.tree import ROOT

EXAMPLE = ROOT / "docs/examples/records-request.yaml"
ENGLISH = ["Hi, I need a copy of my medical records", "Rosa Delgado", "212-555-0143", "by fax", "703-555-0122", "skip"]
SPANISH = ["Hola, necesito una copia de mi expediente", "Ana Ruiz Gómez", "ana@mail.example", "por correo", "no"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Mailbox, str]]:
    """A server with a mail server and a clinic whose action was imported from the command line."""
    folder = tmp_path_factory.mktemp("own")
    with smtp_server() as mailbox, serving(folder, SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}") as server:
        yield server, mailbox, server.clinic(languages="en,es")


def test_from_the_file_to_the_mailbox(desk: tuple[Server, Mailbox, str], tmp_path: Path) -> None:
    """What a clinic writes would be accepted and then not be asked, not be sent, or be sent to the wrong people."""
    server, mailbox, site_key = desk
    tried = server.facts("actions", "test", "--clinic", site_key, str(EXAMPLE), *_says([*ENGLISH, "yes"]))
    assert [turn["completed"] for turn in tried["turns"]] == [False] * 6 + [True]
    planned = server.facts("actions", "import", "--clinic", site_key, str(EXAMPLE), "--dry-run")
    assert (planned["published"], planned["actions"][0]["number"]) == (False, 1)
    begun = Visitor(server, site_key).say(ENGLISH[0])["action"]
    assert begun is None or begun["name"] != "records_request", "a dry run must not publish"
    server.facts("actions", "import", "--clinic", site_key, str(EXAMPLE))
    _talk(Visitor(server, site_key), [*ENGLISH, "yes"])
    _talk(Visitor(server, site_key), [*SPANISH, "sí"])
    wait_for("four mails", lambda: len(mailbox.mails) >= 4)
    mails = [message_from_bytes(mail, policy=policy.default) for mail in mailbox.mails]
    assert sorted(mail["To"] for mail in mails) == ["desk@willow.example"] * 2 + ["records@clinic.example"] * 2
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    english, spanish = ([text for text in texts if name in text] for name in ("Rosa Delgado", "Ana Ruiz"))
    assert len(english) == len(spanish) == 2
    for part in ("How to send it", "By fax", "Fax number", "703-555-0122", "212-555-0143"):
        assert part in english[0], english[0]
    for part in ("How to send it", "By mail", "ana@mail.example"):
        assert part in spanish[0], "staff read English"
    assert "Fax number" not in spanish[0]


def _says(texts: list[str]) -> list[str]:
    return [part for text in texts for part in ("--say", text)]


def _talk(visitor: Visitor, texts: list[str]) -> None:
    done = [visitor.say(text) for text in texts]
    assert done[-2]["action"]["status"] == "confirming", done[-2]
    assert done[-1]["action"]["status"] == "completed", done[-1]
    assert done[-1]["reference"] in done[-1]["reply"]


def test_export_and_import_are_exact_and_say_what_changes(desk: tuple[Server, Mailbox, str], tmp_path: Path) -> None:
    """A clinic would lose words by saving and loading, or publish a change that nobody looked at."""
    server, _, site_key = desk
    server.facts("actions", "import", "--clinic", site_key, str(EXAMPLE))
    file, again = tmp_path / "actions.yaml", tmp_path / "again.yaml"
    assert server.run("actions", "export", "--clinic", site_key, "-o", str(file)).returncode == 0
    same = server.facts("actions", "import", "--clinic", site_key, str(file))
    assert [one["changed"] for one in same["actions"]] == [False] * 4
    other = server.clinic("Other", languages="en,es")
    server.facts("actions", "import", "--clinic", other, str(file))
    server.run("actions", "export", "--clinic", other, "-o", str(again))
    assert again.read_bytes() == file.read_bytes()
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["actions"][0]["slots"][1]["ask"]["en"] = "Phone or e-mail?"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    shown = server.run("actions", "import", "--clinic", site_key, str(file)).stdout
    assert "referral: published as version 2" in shown
    assert "  slots[contact].ask.en: What is the best phone number" in shown
    assert "callback: unchanged, version 1" in shown
    listed = server.facts("actions", "list", "--clinic", site_key)
    assert [(one["name"], one["number"], one["origin"]) for one in listed][:2] == [
        ("referral", 2, "changed"),
        ("callback", 1, "shipped"),
    ]
    assert server.facts("actions", "reset", "--clinic", site_key, "referral")["origin"] == "shipped"
    assert server.facts("actions", "disable", "--clinic", site_key, "records_request")["enabled"] is False
    versions = server.facts("actions", "list", "--clinic", site_key, "--name", "referral")
    assert [one["number"] for one in versions] == [3, 2, 1]


def test_a_wrong_file_is_told_place_by_place(desk: tuple[Server, Mailbox, str], tmp_path: Path) -> None:
    """Whoever writes an action at night would not find the slip."""
    server, _, site_key = desk
    file = tmp_path / "wrong.yaml"
    wrong = EXAMPLE.read_text(encoding="utf-8").replace("type: date", "type: dat").replace("only_if", "only_iff")
    file.write_text(wrong, encoding="utf-8")
    done = server.run("actions", "import", "--clinic", site_key, str(file))
    assert done.returncode == 1
    assert "records_request.slots[3].only_iff is an unknown key: did you mean 'only_if'?" in done.stderr
    assert "records_request.slots[4].type is 'dat': did you mean 'date'?" in done.stderr
    assert "Traceback" not in done.stderr
