"""summarise: the facts of a lead in the order in which a coordinator needs them. The same lead, the same summary."""

import logging
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from app.delivery.summary import Line, Section, Summary, flat, say, section
from app.desk import Desk
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.reading_back import read_back, understood
from app.dialogue.slots import NO_INSURANCE
from app.dialogue.wording import Wording
from app.errors import describe
from app.qualification.outcomes import Reason
from app.store.queries.clinics import ClinicFacts
from app.store.queries.leads import HIDDEN, LeadDetail, SlotView, slot_of
from app.usecases.lead_draft import REACHES
from app.usecases.payer_of_lead import CARRIER, PayerWord

WHERE = {
    **dict.fromkeys(("person_name", *REACHES), "who"),
    **dict.fromkeys(("reason", "provider", "specialty"), "why"),
    **dict.fromkeys(("carrier", "member_id"), "insurance"),
    **dict.fromkeys(("preferred_times", "date"), "times"),
}
"""Type of a slot to the section that tells of it; all others are details."""
QUOTED = ("reason", "preferred_times", "date", "text", "carrier")
"""Types whose meaning may be lost when they are read: the patient's own words stand beside them."""
PLAIN = ("person_name", *REACHES, "reason", "carrier", "preferred_times")
"""Types that need no label where they are the only one of their kind: the section's title says what they are."""
NAMED = ("person_name", "provider", "carrier", "member_id", "zip", *REACHES)
"""Types whose values name somebody or something: a reason that repeats one tells of that field."""
log = logging.getLogger("frontdesk.leads")


def summary_of(desk: Desk, clinic: ClinicFacts, lead: LeadDetail) -> Summary:
    """With the names that the fields had when the lead was made."""
    return summarise(lead, clinic, catalogue_of(desk, clinic, lead), desk.wording("en"))


def catalogue_of(desk: Desk, clinic: ClinicFacts, lead: LeadDetail) -> Catalogue:
    """The clinic's actions, the lead's own in the version that it was made with; where those cannot be read, the
    shipped ones: a lead must stay readable."""
    try:
        return desk.catalogue.of_lead(clinic, lead.action, lead.action_version)
    except Exception as problem:
        log.error("the actions of %s cannot be read: %s", clinic.id, describe(problem))
        return desk.actions


def summarise(lead: LeadDetail, clinic: ClinicFacts, catalogue: Catalogue, wording: Wording) -> Summary:
    """`catalogue` names the fields; `wording` is English, the language of staff."""
    teller = _Teller(lead, catalogue, wording)
    sections: list[Section] = [
        *section("changes", teller.changes()),
        *section("who", teller.who()),
        *section("why", [*_emergency(lead), *teller.of("why")]),
        *section("insurance", [*teller.of("insurance"), *_payer(lead)]),
        *section("outcome", _outcome(lead, teller)),
        *section("missing", [Line(", ".join(teller.label(name) for name in lead.missing))] if lead.missing else []),
        *section("times", teller.of("times")),
        *section("details", teller.of("details")),
        *section("promised", _promised(lead, clinic)),
        *section("open", [Line(flat(question), fields=("question",)) for question in lead.open_questions]),
    ]
    return Summary(f"{_title(catalogue, lead)} · {say(f'status.{_status(lead)}')}", _alerts(lead), tuple(sections))


class _Teller:
    """Tells the fields of one lead."""

    def __init__(self, lead: LeadDetail, catalogue: Catalogue, wording: Wording) -> None:
        self.lead, self.catalogue, self.wording = lead, catalogue, wording
        self.slots = {slot.name: slot for slot in lead.slots}
        self._specs: dict[str, SlotSpec | None] = {}

    def spec(self, name: str) -> SlotSpec | None:
        """How the field is described, by the lead's action first. Remembered: each section asks for each field."""
        if name not in self._specs:
            self._specs[name] = self.catalogue.spec(name, self.lead.action)
        return self._specs[name]

    def label(self, name: str) -> str:
        """What staff call the field."""
        spec = self.spec(name)
        plain = name.replace("_", " ")
        return spec.label.get("en") or plain if spec else plain[:1].upper() + plain[1:]

    def names(self, where: str) -> list[str]:
        """The fields of a section, the reason first, then in the action's order."""
        action = self.catalogue.action(self.lead.action)
        order = [spec.name for spec in action.slots] if action else []
        ranked = sorted(self.slots, key=lambda name: order.index(name) if name in order else len(order))
        mine = [name for name in ranked if WHERE.get(self.kind(name), "details") == where]
        return sorted(mine, key=lambda name: self.kind(name) != "reason")

    def kind(self, name: str) -> str:
        """The type of the field, "" where nobody knows it any more."""
        spec = self.spec(name)
        return spec.type if spec else ""

    def of(self, where: str) -> list[Line]:
        """The lines of a section."""
        return [self.line(name) for name in self.names(where)]

    def who(self) -> list[Line]:
        """Name, ways to reach them, who is asking and in which language."""
        lines = self.of("who")
        reached = any(self.kind(name) in REACHES and _given(slot) for name, slot in self.slots.items())
        if not any(self.kind(name) == "person_name" and _given(slot) for name, slot in self.slots.items()):
            lines = [line for line in lines if line.fields != ("patient_name",)]
            lines.insert(0, Line(say("who.no_name")))
        if not reached:
            lines.append(Line(say("who.no_contact")))
        if self.lead.caller != "patient":
            lines.append(Line(say(f"callers.{self.lead.caller}"), say("who.caller")))
        if self.lead.language != "en":
            lines.append(Line(say(f"languages.{self.lead.language}"), say("who.language")))
        return lines

    def line(self, name: str) -> Line:
        """One field with its label, and the patient's words where they say more."""
        slot = self.slots[name]
        if not _filled(slot):
            return Line(say(f"settled.{slot.status}"), self.label(name), fields=(name,))
        text, said = self.text(slot.value), flat(slot.said)
        quote = said if self.kind(name) in QUOTED and _bare(said) != _bare(text) else ""
        label = "" if self._says_itself(name) else self.label(name)
        href = reach(slot.value) if self.kind(name) in REACHES else None
        return Line(text or quote, label, quote if text else "", fields=(name,), href=href)

    def _says_itself(self, name: str) -> bool:
        """Whether the section's title is label enough: the only name, or the only number, under "Who"."""
        kind = self.kind(name)
        alike = REACHES if kind in REACHES else (kind,)
        return kind in PLAIN and sum(self.kind(other) in alike for other in self.slots) == 1

    def text(self, value: Any) -> str:
        """The value as staff read it; times without the words they were said in, which are quoted beside."""
        return flat(understood(value, self.wording) if isinstance(value, list) else read_back(value, self.wording))

    def changes(self) -> list[Line]:
        """What came after it was sent, in order."""
        return [self._change(change) for change in self.lead.changes]

    def _change(self, change: Mapping[str, Any]) -> Line:
        before, after, name = change["before"], change["after"], change["name"]
        if name is None:
            text = say("settled.hidden") if after["status"] == HIDDEN else ""
            return Line(text, say("changes.words"), flat(after["said"]), fields=("note",))
        old, new = (self._side(slot_of(name, slot)) if slot else "" for slot in (before, after))
        told = say("changes.changed", before=old, after=new) if old else say("changes.added", after=new)
        quote = flat(str(after.get("said") or ""))
        return Line(told, self.label(name), "" if _bare(quote) == _bare(new) else quote, fields=(name,))

    def _side(self, slot: SlotView) -> str:
        if not _filled(slot):
            return say(f"settled.{slot.status}")
        return self.text(slot.value) or flat(slot.said)


def _filled(slot: SlotView) -> bool:
    return slot.status == "filled"


def _given(slot: SlotView) -> bool:
    """What the reader may not see is not missing."""
    return slot.status in ("filled", HIDDEN)


def _bare(text: str) -> str:
    """Letters and digits: other case, dots or dashes are no other words."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _title(catalogue: Catalogue, lead: LeadDetail) -> str:
    action = catalogue.action(lead.action)
    title = (action.title.get("en") if action else None) or lead.action.replace("_", " ")
    return title[:1].upper() + title[1:]


def _status(lead: LeadDetail) -> str:
    return "sent_incomplete" if lead.status == "incomplete" and lead.submitted_at else lead.status


def _alerts(lead: LeadDetail) -> tuple[str, ...]:
    on = {
        "urgent": lead.urgent_at is not None,
        "cancelled": lead.status == "cancelled",
        "changed": bool(lead.changes),
        "disputed": lead.disputed,
        "deletion": lead.deletion_asked_at is not None,
    }
    return (*(say(f"alerts.{key}") for key, holds in on.items() if holds), *_sent_again(lead))


def _sent_again(lead: LeadDetail) -> list[str]:
    if lead.repeat_of is not None:
        return [say("alerts.repeat", reference=lead.repeat_of.reference)]
    return [say("alerts.repeated", count=1 + len(lead.repeats))] if lead.repeats else []


def reach(value: Any) -> str | None:
    """A tel: or mailto: address for a way to reach somebody in normal form; None for anything else."""
    if not isinstance(value, str):
        return None
    if value.startswith("+") and value[1:].isdigit():
        return f"tel:{value}"
    plain = value.isascii() and value.isprintable() and not set(value) & set("?&%\"'<> ")
    return f"mailto:{value}" if plain and "@" in value else None


def _emergency(lead: LeadDetail) -> list[Line]:
    """The very words that were taken for an emergency: whoever calls back must know them."""
    said = [line.text for line in lead.transcript if line.alarming]
    return [Line("", quote=flat(text), fields=("reason",)) for text in said]


def _payer(lead: LeadDetail) -> list[Line]:
    carrier = next((slot for slot in lead.slots if slot.name == CARRIER), None)
    if not lead.payer or carrier is None or carrier.value == NO_INSURANCE:
        return []
    word = PayerWord.from_json(lead.payer)
    verdict = say(f"payer.{word.status}")
    listed = flat(f"{word.payer or word.asked} {word.plan or ''}")
    text = say("payer.listed", listed=listed, verdict=verdict) if word.row_id else verdict
    lines = [Line(text, say("payer.checked"), source=_source(word), fields=(CARRIER,))]
    return [*lines, *(Line(flat(said), say(f"payer.{name}"), fields=(CARRIER,)) for name, said in word.conditions)]


def _source(word: PayerWord) -> str:
    if word.document is None:
        return ""
    given = {"document": word.document, "page": word.page, "day": _day(word.effective)}
    if word.page is None:
        return say("payer.source_no_page" if word.effective else "payer.source_bare", **given)
    return say("payer.source" if word.effective else "payer.source_no_day", **given)


def _outcome(lead: LeadDetail, teller: "_Teller") -> list[Line]:
    """The outcome, and each reason with who says so and since when."""
    if lead.decision is None:
        return []
    gives_away = _gives_away(lead, teller)
    reasons = [_reason(reason, gives_away) for reason in lead.decision.reasons]
    return [Line(say(f"outcomes.{lead.decision.outcome}")), *reasons]


def _reason(reason: Reason, gives_away: Mapping[str, Collection[str]]) -> Line:
    """A sentence tells of each field whose value, or what a paper says about that value, it repeats."""
    dated = reason.dated.isoformat() if reason.dated else None
    key = "reason_dated" if dated else "reason"
    source = say(key, source=reason.source, day=_day(dated)) if reason.source else ""
    text = flat(reason.staff_text)
    fields = tuple(name for name, told in gives_away.items() if any(one in text.casefold() for one in told))
    return Line(text, source=flat(source), fields=fields)


def _gives_away(lead: LeadDetail, teller: "_Teller") -> dict[str, set[str]]:
    """Field to the texts by which a sentence would give it away."""
    told = {slot.name: _texts(slot.value, slot.said) for slot in lead.slots if teller.kind(slot.name) in NAMED}
    if lead.payer and CARRIER in told:
        word = PayerWord.from_json(lead.payer)
        told[CARRIER] |= _texts(word.payer, word.asked, word.quote)
    return told


def _texts(*values: Any) -> set[str]:
    return {flat(value).casefold() for value in values if isinstance(value, str) and len(flat(value)) > 2}


def _promised(lead: LeadDetail, clinic: ClinicFacts) -> list[Line]:
    """The desk's own sentences; nothing of the patient's stands in them."""
    heard = lead.decision.patient_text.get("en", "") if lead.decision and lead.submitted_at else ""
    heard = heard.replace("{clinic}", clinic.name).replace("{phone}", clinic.phone)
    lines = [Line("", quote=flat(one["text"]), source=_language(one)) for one in lead.promised]
    return [*lines, Line("", quote=flat(heard))] if heard else lines


def _language(promised: Mapping[str, Any]) -> str:
    return say("promised.spanish") if promised["said"] != promised["text"] else ""


def _day(iso: str | None) -> str:
    """`Jan 4, 2026`."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return f"{day:%b} {day.day}, {day.year}"
