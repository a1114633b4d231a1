"""answer_payer_question: a question that names an insurer is looked up in the clinic's payer rows."""

from collections.abc import Callable, Sequence

from app.answering.base import Answer, AnswerKind
from app.answering.fixed import recognise
from app.answering.payer_questions import asked_of, asks_for_list, speaks_of
from app.answering.payers import Sentences, joined_answer, list_answer, payer_answer, untold
from app.clock import day_in
from app.desk import Desk
from app.qualification.aliases import Identity, covers
from app.qualification.lookup import lookup
from app.qualification.naming import Mention, find
from app.qualification.payers import PayerRow, PayerStatus, Verdict
from app.store.queries.clinics import ClinicFacts

MOST_NAMED = 3


def answer_payer_question(
    desk: Desk,
    clinic: ClinicFacts,
    question: str,
    language: str,
    from_text: Callable[[], Answer],
    *,
    again: bool = False,
) -> Answer | None:
    """The answer, or None when `question` is none about an insurer or no rows are published. Where no row names the
    insurer, or none says what is asked of it, the papers' text may: `from_text` answers the question from that.
    `again`: the patient was asked back once already."""
    today = day_in(clinic.timezone, desk.clock())
    rows = desk.rules.payer_rows(clinic, today)
    if not rows or recognise(question):
        return None
    named = find(question, rows)[:MOST_NAMED]
    say = Sentences(language, clinic.phone)
    if not named:
        return list_answer(rows, today, question, say) if asks_for_list(question) else None
    aspects = asked_of(question, named)
    if not aspects:
        return None
    verdicts = [lookup(one, rows, today) for one in named]
    if all(_unheard_of(verdict) for verdict in verdicts):
        quoted = _in_the_text(from_text, named, rows)
        if quoted:
            return quoted
    left = {aspect for verdict in verdicts for aspect in untold(verdict, aspects)}
    if left and not any(verdict.choices for verdict in verdicts):
        quoted = _in_the_text(from_text, named, rows)
        if quoted and speaks_of(" ".join(citation.quote for citation in quoted.citations), left):
            return quoted
    answers = [payer_answer(verdict, question, aspects, rows, say, again=again) for verdict in verdicts]
    return answers[0] if len(answers) == 1 else joined_answer(answers, question)


def _unheard_of(verdict: Verdict) -> bool:
    """Whether no row of any day names the payer; else the rows have the word, and the text must not overrule them."""
    return verdict.status is PayerStatus.NOT_LISTED and not (verdict.known or verdict.choices or verdict.coming)


def _in_the_text(
    from_text: Callable[[], Answer], named: tuple[Mention, ...], rows: Sequence[PayerRow]
) -> Answer | None:
    """What live text says of that very payer."""
    answer = from_text()
    if answer.kind is not AnswerKind.ANSWER:
        return None
    quotes = " \n".join(citation.quote for citation in answer.citations)
    said = {identity for mention in find(quotes, tuple(rows)) for identity in mention.identities}
    wanted = [identity for mention in named for identity in mention.identities]
    return answer if all(any(_is_of(one, asked) for one in said) for asked in wanted) else None


def _is_of(said: Identity, asked: Identity) -> bool:
    """Whether text about `said` is about `asked`; the Medicaid of one state is not that of another."""
    return covers(said, asked) and (asked.region is None or said.region == asked.region)
