"""Laws of the reply: every question gets exactly one item, whatever becomes of it, and nothing is told twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.base import Answer, AnswerKind
from app.dialogue.phrasing import ClinicWords, refusal
from app.dialogue.wording import wording
from app.usecases.paragraphs import Paragraphs
from app.usecases.reply_stream import ReplyStream

CLINIC = ClinicWords("Maple Street Physical Therapy", "703-555-0100")
WORDS = wording("en")
KINDS = [AnswerKind.ANSWER, AnswerKind.REFUSAL, AnswerKind.FIXED, AnswerKind.PAYER]


def _answer(kind: AnswerKind, number: int) -> Answer:
    said = refusal(WORDS, CLINIC) if kind is AnswerKind.REFUSAL else f"{kind} {number % 3}."
    return Answer(kind, f"question {number}?", said)


@given(st.lists(st.sampled_from(KINDS), max_size=8))
@settings(deadline=None)
def test_every_question_gets_one_item_and_is_told_of(kinds: list[AnswerKind]) -> None:
    """A part without an item is silently dropped; one without a word in the reply is so for the patient."""
    sent: list[str] = []
    stream = ReplyStream(lambda kind, data: sent.append(data["text"]) if kind == "delta" else None)
    reply = Paragraphs(stream, WORDS, CLINIC)
    asked = [_answer(kind, number) for number, kind in enumerate(kinds)]
    for answer in asked:
        reply.answer(answer)
    reply.defer()
    assert reply.answers == asked
    assert "".join(sent) == "\n\n".join(reply.parts)
    assert len(set(reply.parts)) == len(reply.parts)
    told = "\n".join(reply.parts)
    deferred = [answer for answer in asked if answer.kind is AnswerKind.REFUSAL]
    assert told.count("do not want to guess") == bool(deferred)
    for answer in asked:
        named = answer.kind is AnswerKind.REFUSAL and len(deferred) > 1
        assert (answer.question if named else answer.text) in told
