"""Fields as people type them: the share read right, in real typed turns and dialogues and in paraphrases of our own."""

import csv
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.decide import decide
from app.dialogue.private import mask
from app.dialogue.slots import PARSERS, ParseContext, Parsed, parse
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.understanding.rules import RulesUnderstanding
from scripts.evals.said_times import DAY_ZERO, day_meant, hour_meant

COLUMNS = ("what", "cases", "right", "share")
OWN = Path(__file__).with_suffix(".yaml")
TODAY = date(2026, 3, 2)
CHOICES = ("Morning clinic", "Evening clinic", "Home visit")
TYPED = {"name": "person_name", "phone_number": "phone", "email_address": "email", "policyid": "member_id"}
ASKED_FOR = ("person_name", "phone", "email", "member_id")
DIALLED = re.compile(r"[2-9]\d{9}")
Windows = list[tuple[str | None, str | None, list[str]]]


@dataclass
class Count:
    """How often something was tried and right, and what was not."""

    cases: int = 0
    right: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, fine: bool, told: str) -> None:
        self.cases += 1
        self.right += fine
        if not fine:
            self.misses.append(told)


class Counts(dict[str, Count]):
    """Counts by what they count, made when first named."""

    def __missing__(self, key: str) -> Count:
        self[key] = Count()
        return self[key]

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (name, str(one.cases), str(one.right), f"{one.right / one.cases:.3f}" if one.cases else "-")
            for name, one in self.items()
        ]

    def told(self) -> list[str]:
        return [f"{name}: {miss}" for name, one in self.items() for miss in one.misses]


class Desk:
    """The turn engine over one action with a slot of each given type, whose names are the types."""

    def __init__(self, kinds: Iterable[str], today: date) -> None:
        known = [kind for kind in kinds if kind in PARSERS]
        specs = tuple(
            SlotSpec(
                kind,
                kind,
                {"en": kind.replace("_", " ")},
                {"en": f"{kind}?"},
                choices=CHOICES if kind == "choice" else (),
            )
            for kind in known
        )
        self.catalogue, self.today = Catalogue([Action("visit", {"en": "visit"}, {"en": (), "es": ()}, specs)]), today
        self.understanding, self.longest = RulesUnderstanding(), 0.0

    def say(self, text: str, given: Mapping[str, SlotValue], asked: str | None) -> State:
        """The state after one message; without an `asked` slot the desk has just read everything back."""
        status = ActionStatus.COLLECTING if asked or not given else ActionStatus.CONFIRMING
        state = State(action="visit", status=status, slots=given, asking=asked)
        started = time.perf_counter()
        kept = mask(text)[0]
        after, _ = decide(state, self.understanding.understand(kept, state, self.catalogue), self.catalogue, self.today)
        self.longest = max(self.longest, time.perf_counter() - started)
        return after

    def given(self, said: Mapping[str, str]) -> dict[str, SlotValue]:
        """Slots filled with what these words mean; none when one of them means nothing."""
        slots = {}
        for kind, words in said.items():
            read = parse(kind, words, ParseContext(self.today, choices=CHOICES)) if kind in PARSERS else None
            if not isinstance(read, Parsed):
                return {}
            slots[kind] = SlotValue(SlotStatus.FILLED, read.value, words)
        return slots


def typed_turns(folder: Path) -> Counts:
    """Each typed turn as the reply to the question for the field it holds first."""
    desk, counts = Desk(ASKED_FOR, TODAY), Counts()
    for line in _lines(folder / "typed_fields.jsonl"):
        wanted = [(TYPED.get(slot["slot"], slot["slot"]), str(slot["value"])) for slot in line["slots"]]
        asked = next((kind for kind, _ in wanted if kind in ASKED_FOR), ASKED_FOR[0])
        filled = desk.say(line["text"], {}, asked).filled()
        for kind, value in wanted:
            told = f"{line['text']!r} -> {filled}"
            if kind == "ssn" and value.isdigit():
                counts["last four digits, not stored"].add(not _holds(filled, value), told)
            elif kind == "phone" and not DIALLED.fullmatch(re.sub(r"\D", "", value)):
                counts["phone that nobody can dial, not taken"].add(not filled.get("phone"), told)
            elif kind in ASKED_FOR:
                counts[kind].add(_same(kind, filled.get(kind), value), told)
    return counts


def _holds(filled: Mapping[str, Any], digits: str) -> bool:
    return any(re.search(rf"(?<!\d){digits}(?!\d)", str(value)) for value in filled.values())


def _same(kind: str, got: Any, wanted: str) -> bool:
    if got is None:
        return False
    text = str(got).removeprefix("+1") if kind == "phone" else str(got)
    return re.sub(r"[\W_]", "", text).casefold() == re.sub(r"[\W_]", "", wanted).casefold()


def appointments(folder: Path) -> Counts:
    """Every dialogue from the first day or hour on: after each turn the day and hour must be those annotated so far."""
    counts = Counts()
    for line in _lines(folder / "appointments.jsonl"):
        desk, state, meant = Desk(("preferred_times",), DAY_ZERO), State(), dict[str, str]()
        for turn in line["turns"]:
            if turn["speaker"] != "user":
                continue
            told = {**turn["new"], **{name: change["to"] for name, change in turn["changed"].items()}}
            now = {name: value for name, value in told.items() if name.split(".")[1] in turn["spans"]}
            fresh = _meant(now)
            meant |= fresh
            if not fresh and not state.slots:
                continue  # what comes before is about finding somebody
            asked = "preferred_times" if not state.slots else None
            state = desk.say(turn["text"], state.slots, asked)
            _score(counts, state, fresh, meant, turn)
            if any(state.asking == name for name in state.slots):
                counts["asked twice"].add(False, turn["text"])
            state = state.with_(slots=_as_annotated(state, _meant(told), meant))
    return counts


def _meant(told: Mapping[str, list[str]]) -> dict[str, str]:
    """The last day and hour of an annotation, by "day" and "hour"."""
    found = {}
    for name, values in told.items():
        slot = name.split(".")[1]
        if slot in ("appointment_date", "visit_date"):
            found["day"] = day_meant(values[-1]).isoformat()
        elif slot == "appointment_time":
            found["hour"] = hour_meant(values[-1])
    return found


def _as_annotated(state: State, told: Mapping[str, str], meant: dict[str, str]) -> dict[str, SlotValue]:
    """What the other desk proposed and the patient took is given too; nobody said it in words."""
    if told.items() <= meant.items():
        return dict(state.slots)
    meant |= told
    window = {"said": "", "from": meant.get("hour"), "to": meant.get("hour")}
    days = [meant["day"]] if "day" in meant else []
    return {"preferred_times": SlotValue(SlotStatus.FILLED, [{**window, "days": days}], "")}


def _score(
    counts: Counts, state: State, fresh: Mapping[str, str], meant: Mapping[str, str], turn: Mapping[str, Any]
) -> None:
    windows = state.filled().get("preferred_times") or []
    days = [day for window in windows for day in window["days"]]
    got = {"day": days, "hour": [window["from"] for window in windows]}
    corrected = {name.split(".")[1] for name in turn["explicit_correction"]}
    for what, value in fresh.items():
        names = {"day": ("appointment_date", "visit_date"), "hour": ("appointment_time",)}[what]
        fine = got[what] == [value] or (what == "hour" and _bounded(turn["text"], windows, value))
        told = f"{turn['text']!r} wanted {dict(meant)}, got {[(w['from'], w['to'], w['days']) for w in windows]}"
        counts[f"{what} said"].add(fine, told)
        if corrected & set(names):
            counts[f"correction of the {what} applied"].add(fine, told)
    others = {what: value for what, value in meant.items() if what not in fresh}
    if fresh and others:
        kept = all(got[what] == [value] for what, value in others.items())
        counts["the other one kept"].add(kept, f"{turn['text']!r} lost {others}, got {got}")


def _bounded(text: str, windows: list[dict[str, Any]], value: str) -> bool:
    """ "Anytime before four" is annotated as four."""
    return bool(re.search(r"\b(?:before|after|by|until)\b", text)) and any(window["to"] == value for window in windows)


def expressions(folder: Path) -> Counts:
    """Days and hours alone, each as often as it counts once, and addresses by whether mail could be sent there."""
    counts = Counts()
    with (folder / "datetime_expressions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said, is_day = row["expression"], row["slot"] == "appointment_date"
            try:
                wanted = day_meant(said) if is_day else hour_meant(said)
            except (ValueError, KeyError):
                continue  # a torn line of the file
            windows = _windows(said, DAY_ZERO)
            expected: Windows = [(None, None, [str(wanted)])] if is_day else [(str(wanted), str(wanted), [])]
            counts["day alone" if is_day else "hour alone"].add(windows == expected, f"{said!r} -> {windows}")
    for line in _lines(folder / "email_addresses.jsonl"):
        read = parse("email", line["address"], ParseContext(TODAY))
        got = read.value if isinstance(read, Parsed) else None
        if line["category"] in ("ISEMAIL_ERR", "ISEMAIL_RFC5322"):
            counts["address that is none, not taken as it is"].add(got != line["address"], f"{line['address']!r} {got}")
        elif line["category"] == "ISEMAIL_VALID_CATEGORY":
            counts["address that is valid, taken"].add(got == line["address"], f"{line['address']!r} {got}")
    return counts


def _windows(said: str, today: date) -> Windows:
    read = parse("preferred_times", said, ParseContext(today))
    return _shape(read.value) if isinstance(read, Parsed) else []


def _shape(windows: Any) -> Windows:
    return [(window["from"], window["to"], window["days"]) for window in windows or []]


def paraphrases() -> Counts:
    """The set of our own."""
    data, counts = yaml.safe_load(OWN.read_text("utf-8")), Counts()
    for kind, cases in data["values"].items():
        for said, wanted in cases.items():
            read = parse(kind, said, ParseContext(TODAY, choices=CHOICES)) if kind in PARSERS else None
            got = read.value if isinstance(read, Parsed) else f"!{read.reason}" if read else None
            fine = str(got).startswith("!") if wanted == "!" else got == wanted.replace("*", "@")
            counts[f"value: {kind}"].add(fine, f"{said!r} wanted {wanted!r}, got {got!r}")
    for said, wanted in data["times"].items():
        got_windows = _windows(said, TODAY)
        fine = got_windows == [tuple(window) for window in wanted]
        counts["value: preferred_times"].add(fine, f"{said!r} wanted {wanted}, got {got_windows}")
    desk = Desk((kind for kind in PARSERS if kind != "contact"), TODAY)  # which would take phone and e-mail first
    for case in data["messages"]:
        filled = desk.say(case["said"], {}, case["asked"]).filled()
        fine = _matches(filled, case["slots"]) and not _holds(filled, case.get("not", "\0"))
        counts["message"].add(fine, f"{case['said']!r} -> {filled}")
    for case in data["corrections"]:
        given = desk.given(case["given"])
        filled = desk.say(case["said"], given, None).filled() if given else {}
        counts["correction"].add(_matches(filled, case["slots"]), f"{case['said']!r} -> {filled}")
    return counts


def _matches(filled: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(
        (_shape(filled.get(name)) == [tuple(window) for window in value])
        if isinstance(value, list)
        else filled.get(name) == value.replace("*", "@")
        for name, value in wanted.items()
    )


def measure(folder: Path) -> Iterator[tuple[str, Counts]]:
    """A title and its counts for each part; the shared parts only where `folder` is there."""
    yield "Fields, paraphrases of our own", paraphrases()
    if folder.is_dir():
        yield "Fields in typed turns", typed_turns(folder)
        yield "Days and hours in dialogues", appointments(folder)
        yield "Expressions and addresses alone", expressions(folder)


def _lines(path: Path) -> Iterator[Any]:
    return map(json.loads, path.read_text("utf-8").splitlines())
