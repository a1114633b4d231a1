"""The figures about talks and emergencies count what happened: a miss must cost, and a file that holds must not."""

from pathlib import Path

import pytest

from app.bootstrap import Running
from scripts.evals import intake, triage
from tests.desk import desk_at_rest

HELD = """name: holds
turns:
  - patient: I need therapy for my neck
    slots: {reason: neck}
  - patient: I have crushing chest pain
    emergency: true
"""
MISSED = """name: misses
turns:
  - patient: I need therapy for my neck
    slots: {reason: toe, member_id: null}
    not_asking: [patient_name]
  - patient: what are your hours?
    emergency: true
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    with desk_at_rest(tmp_path_factory.mktemp("measuring")) as running:
        yield running


def test_a_talk_that_goes_wrong_costs(running: Running, tmp_path: Path) -> None:
    """A share that does not fall when a field is wrong measures nothing."""
    for name, text in (("one/holds", HELD), ("two/misses", MISSED)):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir()
        path.write_text(text, "utf-8")
    rows, lines = intake.measure(running, tmp_path)
    by_name = {row[0]: dict(zip(intake.COLUMNS, row, strict=True)) for row in rows}
    assert (by_name["one"]["held"], by_name["one"]["share"], by_name["one"]["met"]) == ("1", "1.000", "1")
    two = by_name["two"]
    assert (two["held"], two["right"], two["fields"], two["asked though given"]) == ("0", "1", "2", "1")
    assert (two["emergencies"], two["met"]) == ("1", "0")
    assert by_name["all"]["files"] == "2"
    assert len(lines) == 3
    assert all(line.startswith("two/misses turn") for line in lines)


def test_an_alarm_is_counted_where_it_was_raised(running: Running) -> None:
    """Recall and false alarms must not come out of the same pile."""
    messages = {"chest_pain": {"en": ["I have crushing chest pain", "what are your hours?"]}}
    rows, lines = triage.measure(running, messages, alarm=True)
    assert rows[-1] == ("all", "", "2", "1 (50.0 %)", "1 (50.0 %)", "1")
    assert lines == ["chest_pain (en): 'what are your hours?'"]
    assert triage.measure(running, messages, alarm=False)[1] == ["chest_pain (en): 'I have crushing chest pain'"]
