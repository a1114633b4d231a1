"""Whatever somebody with the key does to the audit, verifying names the first entry that is wrong, and says how."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.bootstrap import Running
from app.control.commands import run
from app.store.anchor import anchor_of, anchor_path
from app.store.audit import COMMAND, DESK, record
from app.store.audit_chain import FIELDS, FIRST, entry_hash
from app.usecases.anchor_audit import anchor_audit, anchor_restore
from tests.desk import desk_at_rest

GUARDS = ("audit_entry_no_update", "audit_entry_no_delete", "audit_entry_in_order")
INSERT = (
    "INSERT INTO audit_entry (seq, at, actor_kind, verb, target_kind, target_id, prev_hash, hash) VALUES"
    " (:seq, '2026-11-23 12:00:00.000000', 'desk', 'forged', 'thing', 't', :prev_hash, :hash)"
)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A desk with nine entries, anchored at the fifth and, by `anchor_started`, the first of all."""
    with desk_at_rest(tmp_path) as made:
        anchor_audit(made.desk)
        note(made, 4)
        anchor_audit(made.desk)
        note(made, 4)
        yield made


def note(running: Running, times: int) -> None:
    for number in range(times):
        target = ("thing", f"t{number}")
        running.desk.database.write(lambda s, t=target: record(s, running.desk.clock(), DESK, "tried", t, None))


def verified(running: Running, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = run(running.desk, "audit_verify", arguments, lambda _: None)
    return found


def tamper(running: Running, *statements: str, **values: Any) -> None:
    """As somebody would who has the key: the guards go first, and come back."""
    with running.desk.database.engine.begin() as connection:
        bodies = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in GUARDS:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement), values)
        for body in bodies:
            connection.exec_driver_sql(body)


def rechain(running: Running) -> None:
    """Every hash made anew, as somebody would who read how."""

    with running.desk.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM audit_entry ORDER BY seq")).mappings().all()
    before = FIRST
    for row in rows:
        at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
        made = entry_hash(before, row["seq"], at, {name: row[name] for name in FIELDS})
        tamper(
            running,
            "UPDATE audit_entry SET prev_hash = :before, hash = :made WHERE seq = :seq",
            before=before,
            made=made,
            seq=row["seq"],
        )
        before = made


def test_what_was_not_touched_is_in_order(running: Running) -> None:
    """An alarm without cause would be switched off."""
    found = verified(running)
    assert found == {
        "ok": True,
        "entries": 9,
        "first_bad": None,
        "anchored": 5,
        "restores": 0,
        "anchors": 1,
        "missing_guards": (),
        "anchor": None,
    }


@pytest.mark.parametrize(
    ("statements", "seq", "problem"),
    [
        (["UPDATE audit_entry SET actor_id = 'staff_other' WHERE seq = 3"], 3, "edited"),
        (["UPDATE audit_entry SET at = '2026-11-22 12:00:00.000000' WHERE seq = 9"], 9, "edited"),
        (["UPDATE audit_entry SET hash = upper(hash) WHERE seq = 4"], 4, "edited"),
        (["DELETE FROM audit_entry WHERE seq = 1"], 1, "removed"),
        (["DELETE FROM audit_entry WHERE seq = 4"], 4, "removed"),
        (["DELETE FROM audit_entry WHERE seq IN (6, 7)"], 6, "removed"),
        (["DELETE FROM audit_entry WHERE seq > 4"], 5, "cut_short"),
        (["DELETE FROM audit_entry"], 1, "cut_short"),
        (
            [
                "UPDATE audit_entry SET seq = 100 WHERE seq = 3",
                "UPDATE audit_entry SET seq = 3 WHERE seq = 4",
                "UPDATE audit_entry SET seq = 4 WHERE seq = 100",
            ],
            3,
            "reordered",
        ),
        (["UPDATE audit_entry SET seq = 20 WHERE seq = 2"], 2, "removed"),
    ],
)
def test_the_first_bad_entry_is_named(running: Running, statements: list[str], seq: int, problem: str) -> None:
    """Somebody with the key could hide what they did, or an auditor would not know where to look."""
    tamper(running, *statements)
    found = verified(running)
    assert found["ok"] is False
    assert (found["first_bad"]["seq"], found["first_bad"]["problem"]) == (seq, problem), found["first_bad"]


@pytest.mark.parametrize("prev", ["last", "other"])
def test_an_entry_that_the_desk_did_not_write_is_named(running: Running, prev: str) -> None:
    """An act could be put on somebody who did not do it."""
    with running.desk.database.engine.connect() as connection:
        last = connection.execute(text("SELECT hash FROM audit_entry ORDER BY seq DESC LIMIT 1")).scalar_one()
    tamper(running, INSERT, seq=10, prev_hash=last if prev == "last" else "f" * 64, hash="e" * 64)
    found = verified(running)["first_bad"]
    assert (found["seq"], found["problem"]) == (10, "edited" if prev == "last" else "inserted")


def test_an_entry_that_was_replaced_with_all_its_hash_is_named(running: Running) -> None:
    """Without looking at the next entry, one that was made anew with care would pass."""
    before = {row["seq"]: row for row in run(running.desk, "audit_export", {"after": 0}, lambda _: None)["entries"]}
    tamper(running, "UPDATE audit_entry SET verb = 'other' WHERE seq = 7")
    rechain_one = verified(running)["first_bad"]
    assert (rechain_one["seq"], rechain_one["problem"]) == (7, "edited")

    facts = {**{name: before[7][name] for name in FIELDS}, "verb": "other"}
    made = entry_hash(before[6]["hash"], 7, datetime.fromisoformat(before[7]["at"]), facts)
    tamper(running, "UPDATE audit_entry SET hash = :made WHERE seq = 7", made=made)
    found = verified(running)["first_bad"]
    assert (found["seq"], found["problem"]) == (7, "edited")


def test_a_chain_that_was_made_anew_is_seen_by_the_anchor(running: Running) -> None:
    """The chain fits itself then: without the anchor nothing would be left to show it."""
    tamper(running, "UPDATE audit_entry SET actor_id = 'staff_other' WHERE seq = 3")
    rechain(running)
    found = verified(running)["first_bad"]
    assert (found["seq"], found["problem"]) == (5, "rewritten")


def test_an_end_that_was_cut_off_and_grown_over_is_seen(running: Running) -> None:
    """Enough new entries would hide that others were taken away."""
    tamper(running, "DELETE FROM audit_entry WHERE seq > 3")
    assert anchor_audit(running.desk) is False
    note(running, 6)
    anchor_audit(running.desk)
    found = verified(running)["first_bad"]
    assert (found["seq"], found["problem"]) == (5, "rewritten")


def test_guards_that_are_gone_are_named(running: Running) -> None:
    """The database would let the next change pass."""
    with running.desk.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
    found = verified(running)
    assert (found["ok"], found["missing_guards"]) == (False, ("audit_entry_no_delete",))


def edited(lines: list[str]) -> list[str]:
    fields = json.loads(lines[1])
    return [lines[0], json.dumps(fields | {"hash": "0" * 64}), *lines[2:]]


@pytest.mark.parametrize(
    "change", [edited, lambda lines: lines[1:], lambda lines: [lines[0], *lines[2:]], lambda lines: lines[::-1]]
)
def test_an_anchor_that_was_changed_is_refused(running: Running, change) -> None:
    """The anchor would be made to say what the chain was made to say."""
    anchor_audit(running.desk)
    path = anchor_path(running.desk.settings)
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    found = verified(running)
    assert found["ok"] is False
    assert "was changed" in found["anchor"]


def test_a_line_that_a_crash_tore_harms_nothing(running: Running) -> None:
    """A power cut in the middle of a line would make every later check fail."""
    path = anchor_path(running.desk.settings)
    with path.open("ab") as file:
        file.write(b'{"number":3,"event":"kept","at":"2026-')
    assert verified(running)["ok"]
    assert anchor_audit(running.desk)
    assert len(anchor_of(running.desk.settings, running.desk.keys).lines()) == 3
    assert verified(running)["anchored"] == 9


def test_an_anchor_that_is_gone_is_told_and_a_copy_of_it_still_counts(running: Running, tmp_path: Path) -> None:
    """Whoever cuts the end off would take the anchor away, too; a copy elsewhere shows it."""
    path, copy = anchor_path(running.desk.settings), tmp_path / "copy.jsonl"
    copy.write_bytes(path.read_bytes())
    path.unlink()
    found = verified(running)
    assert (found["ok"], found["anchor"]) == (False, "There is no anchor: only the chain itself was checked.")
    assert verified(running, anchor=str(copy))["ok"]
    tamper(running, "DELETE FROM audit_entry WHERE seq > 3")
    anchor_audit(running.desk)
    assert verified(running)["anchors"] == 2, "what is left shows that an anchor was begun before"
    assert verified(running, anchor=str(copy))["first_bad"]["problem"] in ("cut_short", "rewritten")


def test_a_restore_is_told_from_an_end_that_was_cut_off(running: Running) -> None:
    """After every restore of a backup the check would cry, or never again."""
    anchor_audit(running.desk)
    tamper(running, "DELETE FROM audit_entry WHERE seq > 3")  # as the backup's database was
    assert verified(running)["first_bad"]["problem"] == "cut_short"
    anchor_restore(running.desk, "backup_1", COMMAND)
    note(running, 8)
    anchor_audit(running.desk)
    found = verified(running)
    assert (found["ok"], found["restores"], found["anchored"]) == (True, 1, 12)
    tamper(running, "DELETE FROM audit_entry WHERE seq = 4")
    assert verified(running)["first_bad"] == {
        "seq": 4,
        "problem": "removed",
        "message": "Between the entries 3 and 5 at least one was taken out.",
    }


def test_an_export_can_be_checked_without_a_key(running: Running) -> None:
    """An auditor would have to believe what they are given."""

    given = run(running.desk, "audit_export", {"after": 0}, lambda _: None)
    before = FIRST
    for entry in given["entries"]:
        assert entry["prev_hash"] == before
        at = datetime.fromisoformat(entry["at"])
        assert entry["hash"] == entry_hash(before, entry["seq"], at, {name: entry[name] for name in FIELDS})
        before = entry["hash"]
    assert given["entries"][-1]["verb"] == "audit_export"
    assert given["anchor"]["seq"] == 5
