"""What is said about an insurer: a verdict of the look-up in words, with the rows that say so quoted."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.answering.base import Answer, AnswerKind, Citation, PayerFacts
from app.answering.payer_questions import Aspect
from app.answering.terms import data
from app.qualification.lookup import MOST_CAUTIOUS_FIRST
from app.qualification.payers import PayerRow, PayerStatus, Verdict

MOST_WORDS = 80
MOST_NAMED, MOST_QUOTED, LONGEST_QUOTE = 4, 6, 30
_NOTHING = re.compile(
    r"^\s*(?:no|none|not required|not needed|n/?a|not applicable|not? limit|unlimited|[-–—]*)\W*$", re.IGNORECASE
)
_YES_NO = re.compile(r"^\s*(yes|no)\b", re.IGNORECASE)
_DETAILS: tuple[tuple[Aspect, Callable[[PayerRow], str | None]], ...] = (
    (Aspect.REFERRAL, lambda row: row.referral),
    (Aspect.AUTHORIZATION, lambda row: row.prior_authorization),
    (Aspect.VISITS, lambda row: row.visit_limit),
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences about insurers in one language; `phone` is the clinic's."""

    language: str
    phone: str

    def say(self, key: str, **values: object) -> str:
        """The sentence under a dotted key, filled."""
        return str(self.at(key)).format(phone=self.phone, **values)

    def at(self, key: str) -> Any:
        """What stands under a dotted key."""
        found: Any = _wording(self.language)
        for part in key.split("."):
            found = found[part]
        return found

    def day(self, day: date) -> str:
        """A calendar day in words."""
        return self.say("date", day=day.day, month=self.at("months")[day.month - 1], year=day.year)


@lru_cache(maxsize=4)
def _wording(language: str) -> dict[str, Any]:
    found: dict[str, Any] = data(f"wording/payers_{language if language in ('en', 'es') else 'en'}.yaml")
    return found


def payer_answer(
    verdict: Verdict,
    question: str,
    aspects: Iterable[Aspect],
    rows: Sequence[PayerRow],
    say: Sentences,
    *,
    again: bool = False,
) -> Answer:
    """The answer for `verdict`. `rows` are all rows of the clinic, for the day of the list; `again` when a choice was
    asked back already: then it is not asked a second time."""
    if verdict.choices and not again:
        return Answer(AnswerKind.CLARIFY, question, _choice(verdict, say), _quoted(verdict.rows))
    deciding = None if verdict.choices else next(iter(verdict.rows), None)
    facts = PayerFacts(verdict.asked, verdict.plan, verdict.status, deciding.id if deciding else None)
    if verdict.choices:
        return Answer(AnswerKind.PAYER, question, say.say("unsure"), _quoted(verdict.rows), facts)
    if deciding is None:
        text, shown = _not_listed(verdict, rows, say)
        return Answer(AnswerKind.PAYER, question, text, _quoted(shown), facts)
    text = _listed(verdict, frozenset(aspects), say)
    return Answer(AnswerKind.PAYER, question, text, _quoted(verdict.rows), facts, disagreement=_disagree(verdict))


def untold(verdict: Verdict, aspects: Iterable[Aspect]) -> frozenset[Aspect]:
    """What is asked of a listed payer beside its status, and no row says."""
    asked = frozenset(aspects) if verdict.rows else frozenset()
    return frozenset(a for a, value_of in _DETAILS if a in asked and not any(value_of(row) for row in verdict.rows))


def list_answer(rows: Sequence[PayerRow], today: date, question: str, say: Sentences) -> Answer | None:
    """The insurers that are in network, by name, or None when no row says so of any."""
    held = [row for row in rows if not row.general and _holds(row, today)]
    taken = [row for row in held if row.status is PayerStatus.IN_NETWORK]
    names = list(dict.fromkeys(row.payer for row in taken))
    if not names:
        return None
    partly = {row.payer for row in held if row.status is not PayerStatus.IN_NETWORK or row.except_plans}
    marked = [f"{name}*" if name in partly else name for name in names]
    some = say.say("some") if partly & set(names) else ""
    for count in range(len(marked), 0, -1):
        left = len(marked) - count
        shown = [*marked[:count], *([say.say("more", count=left)] if left else [])]
        text = say.say("list", names=", ".join(shown), some=some)
        if len(text.split()) <= MOST_WORDS:
            break
    firsts = [next(row for row in taken if row.payer == name) for name in names[:count]]
    return Answer(AnswerKind.ANSWER, question, text, tuple(_citation(row) for row in firsts))


def joined_answer(answers: Sequence[Answer], question: str) -> Answer:
    """One answer for a question that names several insurers; a choice that is asked back wins the kind."""
    kinds = {answer.kind for answer in answers}
    kind = AnswerKind.CLARIFY if AnswerKind.CLARIFY in kinds else AnswerKind.PAYER
    citations = dict.fromkeys(citation for answer in answers for citation in answer.citations)
    decided = sorted((answer.payer for answer in answers if answer.payer), key=lambda facts: _caution(facts.status))
    text = "\n".join(dict.fromkeys(answer.text for answer in answers))
    facts = decided[0] if decided and kind is AnswerKind.PAYER else None
    disagreement = any(answer.disagreement for answer in answers)
    return Answer(kind, question, text, tuple(citations), facts, disagreement=disagreement)


def _caution(status: PayerStatus) -> int:
    order = (PayerStatus.NOT_LISTED, *MOST_CAUTIOUS_FIRST)
    return order.index(status)


def _holds(row: PayerRow, today: date) -> bool:
    return (row.effective_from or today) <= today <= (row.effective_to or today)


def _listed(verdict: Verdict, aspects: frozenset[Aspect], say: Sentences) -> str:
    """Status, conditions, what comes, and as of when."""
    row = verdict.rows[0]
    holding = [one for one in verdict.rows if one.status is verdict.status]
    parts = [_partly(holding, say) if verdict.partly else say.say(f"status.{verdict.status}", payer=_name(holding))]
    if _disagree(verdict):
        quotes = " / ".join(f'"{_cut(one.quote)}" ({one.document})' for one in _one_each(verdict.rows))
        parts.insert(0, say.say("conflict", quotes=quotes))
    if row.note and len(holding) == 1:
        parts.append(say.say("note", note=_cut(row.note)))
    taken_out = list(dict.fromkeys(_plain(plan) for one in holding for plan in one.except_plans))
    if taken_out:
        parts.append(say.say("excepted", plans="; ".join(taken_out[:MOST_NAMED])))
    parts += _details(holding, aspects, say)
    parts += _coming(verdict.coming, say)
    parts.append(say.say("source", date=say.day(row.as_of)) if row.as_of else say.say("source_undated"))
    return " ".join(parts)


def _partly(rows: Sequence[PayerRow], say: Sentences) -> str:
    """The plans that are listed, where the patient named none: a yes for one of them would pass for every plan."""
    plans = list(dict.fromkeys(_plain(row.plan) for row in rows if row.plan))
    left = [say.say("more", count=len(plans) - MOST_NAMED)] if len(plans) > MOST_NAMED else []
    payer = " / ".join(dict.fromkeys(row.payer for row in rows))
    status = say.at(f"word.{rows[0].status}")
    return say.say("partly", payer=payer, plans="; ".join([*plans[:MOST_NAMED], *left]), status=status)


def _disagree(verdict: Verdict) -> bool:
    return verdict.conflict and len({one.status for one in verdict.rows}) > 1


def _one_each(rows: Sequence[PayerRow]) -> list[PayerRow]:
    firsts: dict[PayerStatus, PayerRow] = {}
    for row in rows:
        firsts.setdefault(row.status, row)
    return list(firsts.values())


def _details(rows: Sequence[PayerRow], aspects: frozenset[Aspect], say: Sentences) -> list[str]:
    """Referral, authorization and visit limit: those asked for, else those that ask something of the patient."""
    found: list[str] = []
    for aspect, value_of in _DETAILS:
        values = {row.plan or row.payer: value for row in rows if (value := value_of(row))}
        told = list(dict.fromkeys(values.values()))
        asked = aspect in aspects
        if asked and not told:
            found.append(say.say(f"unsaid.{aspect}"))
        elif len(told) == 1 and (asked or not _NOTHING.match(told[0])):
            found.append(say.say(aspect, value=_value(told[0], say)))
        elif asked and told:
            each = "; ".join(
                f"{_plain(plan)}: {_value(value, say)}" for plan, value in list(values.items())[:MOST_NAMED]
            )
            found.append(say.say(f"differs.{aspect}", values=each))
    return found


def _value(value: str, say: Sentences) -> str:
    """The paper's words; a yes or no in the reader's language."""
    return _YES_NO.sub(lambda match: str(say.at(match[1].lower())), value.strip().rstrip("."))


def _not_listed(verdict: Verdict, rows: Sequence[PayerRow], say: Sentences) -> tuple[str, list[PayerRow]]:
    days = [row.as_of for row in rows if row.as_of]
    key, values = ("not_listed", {"date": say.day(max(days))}) if days else ("not_listed_undated", {})
    parts = [say.say(key, asked=verdict.asked.strip(" .?!,"), **values)]
    shown = list(verdict.coming)
    parts += _coming(verdict.coming, say)
    if verdict.related and not verdict.coming:
        named = dict.fromkeys(_name([row]) for row in verdict.related)
        parts.append(say.say("related", names="; ".join(list(named)[:MOST_NAMED])))
        shown += verdict.related[:MOST_NAMED]
    elif verdict.general and len(verdict.general[0].quote.split()) <= LONGEST_QUOTE and not verdict.coming:
        parts.append(say.say("general", quote=verdict.general[0].quote.strip(" .")))
        shown.append(verdict.general[0])
    return " ".join(parts), shown


def _coming(rows: Sequence[PayerRow], say: Sentences) -> list[str]:
    return [
        say.say("coming", date=say.day(row.effective_from), payer=_name([row]), status=say.at(f"word.{row.status}"))
        for row in rows[:2]
        if row.effective_from
    ]


def _choice(verdict: Verdict, say: Sentences) -> str:
    """What the list says of each choice, and the question which it is; the question alone when that is long."""
    plans = {(row.payer, row.plan) for row in verdict.rows}
    kind = "location" if len(plans) == 1 else "plan"
    by_status: dict[PayerStatus, list[str]] = {}
    for row in verdict.rows:
        label = row.location if kind == "location" else _label(row, verdict.rows)
        by_status.setdefault(row.status, []).append(_plain(label or row.payer))
    groups = "; ".join(
        f"{say.at(f'word.{status}')}: {', '.join(dict.fromkeys(names))}" for status, names in by_status.items()
    )
    payers = " / ".join(dict.fromkeys(row.payer for row in verdict.rows))
    text = say.say(f"depends.{kind}", payer=payers, groups=groups)
    if len(text.split()) <= MOST_WORDS:
        return text
    return _first_words(say.say("depends.short", choices=", ".join(_plain(one) for one in verdict.choices)))


def _label(row: PayerRow, rows: Sequence[PayerRow]) -> str:
    several = len({one.payer for one in rows}) > 1
    name = f"{row.payer} {row.plan or ''}".strip() if several else row.plan or row.payer
    places = {one.location for one in rows if (one.payer, one.plan) == (row.payer, row.plan)}
    return f"{name}, {row.location}" if row.location and len(places) > 1 else name


def _first_words(text: str) -> str:
    words = text.split()
    return text if len(words) <= MOST_WORDS else " ".join(words[:MOST_WORDS]).rstrip(",") + " ...?"


def _name(rows: Sequence[PayerRow]) -> str:
    """Payer and plans as the papers write them."""
    by_payer: dict[str, list[str]] = {}
    for row in rows:
        plans = by_payer.setdefault(row.payer, [])
        plans += [_plain(row.plan)] if row.plan and _plain(row.plan) not in plans else []
    return ", ".join(f"{payer} ({'; '.join(plans)})" if plans else payer for payer, plans in by_payer.items())


def _plain(text: str) -> str:
    """Without brackets, which would stand inside others."""
    return " ".join(re.sub(r"\s*\(([^)]*)\)", r" - \1", text).split())


def _cut(text: str) -> str:
    words = text.split()
    return " ".join(words[:LONGEST_QUOTE]) + (" ..." if len(words) > LONGEST_QUOTE else "")


def _quoted(rows: Sequence[PayerRow]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(_citation(row) for row in rows[:MOST_QUOTED]))


def _citation(row: PayerRow) -> Citation:
    return Citation(row.document, row.page, " > ".join(row.heading) or None, row.quote, row.as_of or row.effective_from)
