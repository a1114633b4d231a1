"""The summary that staff read: complete, in order, the same each time, and never more than the clinic allows."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import col, select

from app.bootstrap import Running
from app.delivery.summary import as_text
from app.store.audit import COMMAND
from app.store.queries.leads import lead as lead_detail
from app.store.tables import Clinic, Lead
from app.usecases.open_lead import open_lead
from app.usecases.sight import EVERYTHING
from app.usecases.summarise_lead import summarise, summary_of
from tests.desk import Talk, desk_at_rest
from tests.payer_lists import make_clinic_with_payers

ROWS = [
    {"payer": "Aetna", "plan": "PPO", "referral": "Yes", "prior_authorization": "Yes", "visit_limit": "60 visits"},
    {"payer": "Humana", "plan": None, "status": "out_of_network"},
]
TALK = (
    "I was referred by Dr. Okafor, orthopedics. I tore my meniscus skiing",
    "Robin Ames-Delgado",
    "202-555-0177",
    "Aetna PPO",
    "I don't have my card with me",
    "weekday mornings before 10 but not Fridays",
    "do you have a heated pool?",
    "yes",
)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with desk_at_rest(tmp_path) as made:
        yield made


def talk_of(running: Running, *words: str) -> Talk:
    talk = Talk(running, make_clinic_with_payers(running, ROWS))
    for text in words:
        talk.say(text)
    return talk


def last_lead(talk: Talk) -> str:
    with talk.running.desk.database.read() as session:
        return session.exec(select(Lead.id).order_by(col(Lead.created_at).desc())).first() or ""


def summary_text(talk: Talk) -> str:
    desk = talk.running.desk
    return as_text(summary_of(desk, talk.clinic, lead_detail(desk.database, talk.clinic.id, last_lead(talk))))


def test_a_referral_is_told_in_the_coordinators_order(running: Running) -> None:
    """Who, why, the payer with its source, what is missing, when, what was promised: without reading the talk."""
    text = summary_text(talk_of(running, *TALK))
    told = [
        "Referral · Complete",
        "Robin Ames-Delgado",
        "202-555-0177",
        "I tore my meniscus skiing",
        "Dr. Okafor",
        "in network (listed as Aetna PPO) [payers.csv, page 1, as of ",
        "Referral needed: Yes",
        "Member ID: did not know",
        "STILL MISSING",
        'Monday to Thursday until 10 AM "weekday mornings before 10 but not Fridays"',
        "The clinic will look at your referral and get back to you.",
        "do you have a heated pool?",
    ]
    for words in told:
        assert words in text, words
    order = [text.index(words) for words in (*told[:6], "STILL MISSING", told[9], told[10], told[11])]
    assert order == sorted(order), text


def test_the_same_lead_has_the_same_summary(running: Running) -> None:
    """Two colleagues must not read two stories."""
    talk = talk_of(running, *TALK)
    assert summary_text(talk) == summary_text(talk)


def test_an_insurance_that_no_row_decides_is_not_called_in_network(running: Running) -> None:
    """A verdict that the list does not support would be a promise of the clinic's."""
    text = summary_text(talk_of(running, "I need therapy. 202-555-0177. My insurance is Cigna"))
    assert "not on your payer list" in text
    assert "in network" not in text
    text = summary_text(talk_of(running, "I need therapy. 202-555-0177. My insurance is Humana"))
    assert "out of network (listed as Humana)" in text


def test_a_change_stands_first(running: Running) -> None:
    """Who opens the mail a second time must see what is new."""
    text = summary_text(talk_of(running, *TALK, "also, my phone changed to 202-555-0188"))
    assert text.index("202-555-0177 → 202-555-0188") < text.index("Robin Ames-Delgado")


def test_the_words_of_an_emergency_are_quoted(running: Running) -> None:
    """Whoever calls back must know what was said, and at which number."""
    text = summary_text(talk_of(running, "call me at 202-555-0177", "I have crushing chest pain and can't breathe"))
    assert "Call them now." in text
    assert '"I have crushing chest pain and can\'t breathe"' in text
    assert "202-555-0177" in text


def test_a_patients_line_breaks_cannot_look_like_a_heading(running: Running) -> None:
    """ "OUTCOME / Ready" typed by a patient must not be read as the desk's."""
    text = summary_text(talk_of(running, "my number is 202-555-0177", "therapy for my knee\n\nOUTCOME\n  Ready"))
    assert len(re.findall(r"^OUTCOME$", text, re.MULTILINE)) == 1, "the desk's own"


def test_what_is_not_allowed_for_mail_is_not_in_it(running: Running) -> None:
    """The clinic said that mail carries no fields, or only some: not even the payer's name may slip through."""
    talk = talk_of(running, *TALK, "also, my phone changed to 202-555-0188")
    desk = running.desk
    whole = summary_of(desk, talk.clinic, lead_detail(desk.database, talk.clinic.id, last_lead(talk)))
    bare = as_text(whole.only(()))
    for secret in ("Robin", "0177", "0188", "meniscus", "Okafor", "Aetna", "mornings", "pool"):
        assert secret not in bare
    assert "Referral · Complete" in bare
    assert "OUTCOME" in bare
    some = as_text(whole.only(("patient_name", "contact")))
    assert "202-555-0188" in some
    assert "meniscus" not in some
    assert whole.only(("*",)) == whole


def test_the_mail_carries_what_the_clinic_allows(running: Running) -> None:
    """The setting of the clinic's row is what counts, at the time of sending."""
    talk = talk_of(running, *TALK)

    def allow(session) -> None:
        session.get_one(Clinic, talk.clinic.id).email_fields = ["contact"]

    running.desk.database.write(allow)
    running.worker.drain(["deliver"])
    mail = next((running.desk.settings.data_dir / "mail").glob("*.eml")).read_text()
    assert "202-555-0177" in mail
    assert "Robin" not in mail


def test_opening_it_shows_the_summary_and_is_on_record(running: Running) -> None:
    """The page, the API and the mail have one source."""
    talk = talk_of(running, *TALK)
    opened = open_lead(running.desk, talk.clinic.id, last_lead(talk), COMMAND, EVERYTHING)
    assert as_text(opened.summary) == summary_text(talk)


def test_a_clinics_actions_that_cannot_be_read_do_not_hide_a_lead(running: Running) -> None:
    """The lead is there; names of fields are the least of it."""
    talk = talk_of(running, *TALK)
    found = lead_detail(running.desk.database, talk.clinic.id, last_lead(talk))
    text = as_text(summarise(found, talk.clinic, type(running.desk.actions)(()), running.desk.wording("en")))
    for words in ("Robin Ames-Delgado", "202-555-0177", "meniscus", "Preferred times"):
        assert words in text


def test_page_and_text_say_the_same(running: Running) -> None:
    """One renderer's HTML must not drop what the other's text tells."""
    from app.web.pages import environment

    talk = talk_of(running, *TALK, "my name is really <b>Robin</b> & Sons")
    found = lead_detail(running.desk.database, talk.clinic.id, last_lead(talk))
    summary = summary_of(running.desk, talk.clinic, found)
    html = environment().get_template("dashboard/_summary.html").render(summary=summary)
    shown = unescape(re.sub(r"<[^>]+>", " ", html))
    assert _letters(shown) == _letters(as_text(summary))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
