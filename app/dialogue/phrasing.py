"""Puts each move into words. The caller puts answers where `Answer` moves stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.dialogue import moves as m
from app.dialogue.action import Action, Catalogue, Confirmation, SlotSpec
from app.dialogue.asking import applying
from app.dialogue.decide import missing
from app.dialogue.lanes import NOT_PATIENTS
from app.dialogue.reading_back import shown
from app.dialogue.slots.fold import fold
from app.dialogue.state import ActionStatus, Caller, SlotStatus, State
from app.dialogue.wording import Wording

_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)


@dataclass(frozen=True, slots=True)
class ClinicWords:
    """What the sentences say about the clinic; `phone` is written as patients dial it."""

    name: str
    phone: str


def phrase(
    move: m.Move, state: State, catalogue: Catalogue, wording: Wording, clinic: ClinicWords, reference: str = ""
) -> str:
    """The desk's words for one move; "" for `Answer`. `reference` is needed for `Complete` alone."""
    about = {"clinic": clinic.name, "phone": clinic.phone}
    match move:
        case m.Answer():
            return ""
        case m.Noted():
            return _noted(move, state, catalogue, wording)
        case m.Skipped():
            return wording.say("skipped")
        case m.Started(name):
            started = catalogue.action(name)
            return _own(started.started, wording) if started else ""
        case m.Why():
            return wording.say("why")
        case m.Reject():
            return _rejected(move, state, catalogue.spec(move.slot, state.action), wording, about)
        case m.StillNeeded():
            return wording.say("still_needed")
        case m.Ask(slot):
            return _ask(catalogue.spec(slot, state.action), wording)
        case m.AskChange():
            return wording.say("ask_change")
        case m.Confirm():
            return _confirm(state, catalogue, wording)
        case m.Complete(action):
            return _complete(action, state, catalogue, wording, about | {"reference": reference})
        case m.Cancelled(action):
            found = catalogue.action(action)
            key = "cancelled_told" if state.told else "cancelled"
            return wording.say(key, title=_in(found.title, wording) if found else action)
        case m.Lane(caller):
            return wording.say(f"lanes.{caller}", **about)
        case m.Restarted():
            return wording.say("restarted")
        case m.HandOff(asked):
            return wording.say("hand_off" if asked else "hand_off_unasked", **about)
        case m.Offer():
            return _offer(catalogue, wording)
        case m.PassedOn(words):
            return wording.say("added_later.words" if words else "added_later.field", **about)
        case m.Rephrase():
            return wording.say("unclear" if state.status in _OPEN else "rephrase", **about)
        case m.StillPaused():
            return wording.say("emergency.after")
        case m.Friendly(kind):
            return wording.say(f"friendly.{kind}")
        case m.Emergency(kind):
            return emergency(kind, wording)


def emergency(kind: str, wording: Wording) -> str:
    """The fixed text for "911", "988" or "urgent", and what happens to the chat."""
    return f"{wording.say(f'emergency.{kind}')}\n\n{wording.say('emergency.after')}"


def greeting(wording: Wording, clinic: ClinicWords, catalogue: Catalogue) -> str:
    """The first words of a conversation: what the desk can do for patients of this clinic."""
    opening = wording.say("greeting.opening", clinic=clinic.name)
    return " ".join(part for part in (opening, _can(catalogue, wording, "greeting")) if part)


def disclosure(wording: Wording, clinic: ClinicWords) -> str:
    """What stays visible: that it is a machine, what it does not do, and how to reach a person."""
    return wording.say("disclosure", clinic=clinic.name, phone=clinic.phone)


def disclosure_version(wording: Wording) -> str:
    """The version of those words; raised with every change of them."""
    return str(wording.at("disclosure_version"))


def consent(wording: Wording, clinic: ClinicWords) -> tuple[str, str]:
    """Version and text of what a patient agrees to with the first message."""
    return str(wording.at("consent.version")), wording.say("consent.text", clinic=clinic.name)


def suggestions(wording: Wording, catalogue: Catalogue) -> list[str]:
    """What a patient could say first, of what this clinic offers."""
    listed = wording.at("suggestions")
    return [str(one["say"]) for one in listed if "action" not in one or catalogue.action(one["action"])]


def refusal(wording: Wording, clinic: ClinicWords, *, listed: bool = True) -> str:
    """Said where no paper supports an answer; `listed` when the question is kept for the clinic."""
    said = wording.say("refusal", clinic=clinic.name, phone=clinic.phone)
    return f"{said} {wording.say('refusal_listed')}" if listed else said


def language_refusal(wording: Wording, clinic: ClinicWords) -> str:
    """Said to a question in a language that the clinic did not switch on."""
    return wording.say("language_refusal", clinic=clinic.name, phone=clinic.phone)


def refusals(wording: Wording, clinic: ClinicWords, questions: Sequence[str]) -> str:
    """Said once for several questions of one message that no paper answers; names each."""
    named = " ".join(f'"{question}"' for question in questions)
    said = wording.say("refusals", clinic=clinic.name, phone=clinic.phone, questions=named)
    return f"{said} {wording.say('refusals_listed')}"


def error(wording: Wording, clinic: ClinicWords) -> str:
    """Said when the desk itself failed."""
    return wording.say("error", clinic=clinic.name, phone=clinic.phone)


def next_step(action: Action | None, caller: Caller, wording: Wording) -> str:
    """What the desk says will happen after `action` was sent: a promise that staff have to keep. None is made to who
    is no patient."""
    if caller in NOT_PATIENTS:
        return wording.say("office_has_it")
    return (_in(action.completed, wording) if action and action.completed else "") or wording.say("completed_default")


def unscreened(wording: Wording, clinic: ClinicWords) -> str:
    """Said where messages cannot be screened for emergencies."""
    return wording.say("unscreened", clinic=clinic.name, phone=clinic.phone)


def offer_after_refusal(wording: Wording) -> str:
    """Said after an answer that the papers do not hold, where no form is open."""
    return wording.say("offer_call")


def _in(words: Mapping[str, str], wording: Wording) -> str:
    return words.get(wording.language) or words["en"]


def _own(words: Mapping[str, str], wording: Wording) -> str:
    """The clinic's own words, "" where it wrote none."""
    return words.get(wording.language) or words.get("en", "")


def _offer(catalogue: Catalogue, wording: Wording) -> str:
    """What the clinic's actions do, as one question."""
    return _can(catalogue, wording, "offer") or wording.say("friendly.fine")


def _can(catalogue: Catalogue, wording: Wording, key: str) -> str:
    """What the clinic's actions do, in the sentence under `key`; "" when there are none."""
    can = [
        _own(action.offer, wording) or wording.say("offer.start", title=_in(action.title, wording))
        for action in catalogue.actions
    ]
    if len(can) < 2:
        return wording.say(f"{key}.one", what=can[0]) if can else ""
    return wording.say(f"{key}.several", first=", ".join(can[:-1]), last=can[-1])


def _rejected(move: m.Reject, state: State, spec: SlotSpec | None, wording: Wording, about: dict[str, str]) -> str:
    """Why a value could not be taken, once, and a way on; what was refused on purpose says so each time."""
    kept, tries = state.slots.get(move.slot), state.tried.get(move.slot, 0)
    why = wording.say(f"rejected.{move.reason}")
    if move.reason.endswith("_not_kept"):
        return why
    if kept is not None:
        filled = kept.status is SlotStatus.FILLED
        return f"{why} {wording.say('rejected_way_on.kept')}" if filled else wording.say("rejected_way_on.left_open")
    call = "" if spec is None or spec.declinable else "_call"
    if tries > 1:
        return wording.say(f"rejected_way_on.again{call}", **about)
    return f"{why} {wording.say('rejected_way_on.call' if call else 'rejected_way_on.skip', **about)}"


def _ask(spec: SlotSpec | None, wording: Wording) -> str:
    if spec is None:
        return ""
    question = _in(spec.ask, wording)
    return f"{question} ({', '.join(spec.options(wording.language))})" if spec.choices else question


def _noted(noted: m.Noted, state: State, catalogue: Catalogue, wording: Wording) -> str:
    """One value stands alone; several have their labels. What was asked for and kept as typed is not repeated."""
    items = []
    for name in noted.slots:
        spec, slot = catalogue.spec(name, state.action), state.slots.get(name)
        if spec and slot and slot.status is SlotStatus.FILLED:
            items.append((spec, slot, shown(spec, slot.value, wording)))
    if not items:
        return ""
    if len(items) > 1:
        listed = [wording.say("said", label=_in(spec.label, wording), value=value) for spec, _, value in items]
        return wording.say("noted.many", items="; ".join(listed))
    spec, slot, value = items[0]
    if spec.name in noted.changed:
        return wording.say("noted.changed", item=value)
    if spec.name == noted.asked and _as_typed(spec, slot.said, value):
        plain = wording.at("noted.plain")
        return str(plain[len(state.slots) % len(plain)])
    return wording.say("noted.one", item=value)


def _as_typed(spec: SlotSpec, said: str, value: str) -> bool:
    """True when repeating the value would tell the patient nothing; numbers to call are always repeated."""
    if spec.type in ("contact", "phone", "preferred_times", "date"):
        return False
    return re.sub(r"[\W_]", "", fold(value)) in re.sub(r"[\W_]", "", fold(said))


def _confirm(state: State, catalogue: Catalogue, wording: Wording) -> str:
    action = catalogue.action(state.action)
    own = action.confirmation if action else Confirmation()
    lines = [_own(own.opening, wording) or wording.say("confirm.opening")]
    asked = applying(action, state.slots, state.caller) if action else frozenset()
    for spec in action.slots if action else ():
        slot = state.slots.get(spec.name)
        if slot is None or (slot.value is None and spec.name not in asked):
            continue
        value = (
            shown(spec, slot.value, wording) if slot.status is SlotStatus.FILLED else wording.say("confirm.declined")
        )
        lines.append(wording.say("confirm.line", label=_in(spec.label, wording), value=value))
    return "\n".join([*lines, _own(own.question, wording) or wording.say("confirm.question")])


def _complete(name: str, state: State, catalogue: Catalogue, wording: Wording, about: dict[str, str]) -> str:
    action = catalogue.action(name)
    step = next_step(action, state.caller, wording)
    unreachable = action is not None and any(
        spec.name in missing(state, action) for spec in action.slots if not spec.declinable
    )
    return wording.say("incomplete" if unreachable else "completed", next_step=step, **about)
