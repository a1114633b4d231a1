"""ask, and the two steps of chat: the same turn engine as the widget's, in the terminal."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.clock import new_id
from app.desk import Desk
from app.dialogue.phrasing import ClinicWords, consent
from app.errors import Invalid
from app.store.queries.clinics import clinic_of_site
from app.usecases.answer_question import decide_answer
from app.usecases.open_conversation import open_conversation
from app.usecases.receive_message import Words, receive_message
from app.usecases.record_turn import answer_facts
from app.usecases.screening import screened
from app.usecases.word_answer import in_words

Report = Callable[[dict[str, Any]], None]


def ask(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """One question's answer as in a reply's `answers`. Nothing is stored: staff try out their papers with it."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    if not arguments["question"].strip():
        raise Invalid("The question is empty.")
    if not desk.index.ready:
        desk.index.warm()  # better slow than answered from words alone
    language = desk.language_of(arguments["question"])
    screen = screened(arguments["question"])
    calm = screen.hit is None and not screen.failed  # an emergency's words go to no model
    guest = desk.guests.for_turn(clinic, conversation_id=None) if desk.guests and calm else None
    decided = decide_answer(desk, clinic, arguments["question"], language, listed=False)
    return answer_facts(in_words(guest, decided, language))


def chat_open(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """A conversation; whoever types in this terminal consents by typing."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    version, _ = consent(desk.wording(clinic.languages[0]), ClinicWords(clinic.name, clinic.phone))
    return asdict(open_conversation(desk, clinic, new_id("cli"), version, None))


def chat_say(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """The `done` object of one message."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    words = Words(arguments["conversation_id"], new_id("cli"), arguments["text"])
    return receive_message(desk, clinic, words, lambda kind, _: report({"kind": kind}))
