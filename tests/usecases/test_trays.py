"""Who is no patient is kept apart from the queue, and never thrown away."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from app.store.queries.leads import Tray, lead, leads
from app.store.tables import Notice
from app.usecases.close_abandoned import close_abandoned
from tests.desk import Talk, desk_at_rest, make_clinic


def callers(talk: Talk, tray: Tray) -> list[str]:
    database = talk.running.desk.database
    found = leads(database, talk.clinic.id, tray=tray).leads
    return sorted(lead(database, talk.clinic.id, line.id).caller for line in found)


def test_vendors_and_wrong_numbers_have_a_tray(tmp_path: Path) -> None:
    """Among patients they would hold up the queue; thrown away, somebody who was misread would be lost."""
    with desk_at_rest(tmp_path) as running:
        clinic = make_clinic(running)
        talk = Talk(running, clinic)
        talk.say("please call me about my knee, I'm Noor Haddad, 703-555-0171")
        Talk(running, clinic).say("Our company sells treatment tables to clinics. Ilse Brandt, ilse@tables.example")
        Talk(running, clinic).say("oh sorry, wrong number")
        desk = running.desk
        later = desk.clock() + timedelta(seconds=desk.settings.abandon_after_s + 60)
        close_abandoned(replace(desk, clock=lambda: later))

        assert callers(talk, "patients") == ["patient"]
        assert callers(talk, "others") == ["vendor", "wrong_number"]
        assert callers(talk, "all") == ["patient", "vendor", "wrong_number"]
        with desk.database.read() as session:
            assert len(session.exec(select(Notice)).all()) == 2, "nobody is told of a wrong number"
