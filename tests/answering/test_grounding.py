"""What a sentence may say that cites a paper: what the paper says, and no lie of any kind."""

import pytest

from app.answering.grounding import supported
from app.answering.sentences import sentences
from knowledge.types import ChunkKind, Passage
from tests.answering.grounding_corpus import cases
from tests.answering.grounding_mutations import lies
from tests.answering.papers import FAQS, RULES, prose

HELD_OUT = cases(held_out=True)
# Of statements that were written after the rules, measured: 37 of 51 kept, 2 of 128 lies shown, before what they showed
# was mended. Of two sets more, made to let lies pass: 142 of 176 kept, 26 of 644 lies shown, before. Three
# lies are left and known: "You test your therapist's strength", where who does what is turned, "one visit for
# each relative" for "a relative", and "$110 on the same day" for "if you pay on the same day".
KEPT_HELD_OUT, LIES_HELD_OUT = 0.7, 3
SEEN = cases(held_out=False)
# Of the right statements of the corpus, at least this share is kept; what is lost only costs nicer words.
KEPT = 0.9


@pytest.mark.parametrize("file", sorted({case.file for case in SEEN}))
def test_lies_are_dropped(file: str) -> None:
    told = [case for case in SEEN if case.file == file and case.kind != "right"]
    assert told
    assert [case.sentence for case in told if case.verdict().supported] == []


def test_what_a_good_model_would_write_is_mostly_kept() -> None:
    right = [case for case in SEEN if case.kind == "right"]
    kept = [case for case in right if case.verdict().supported]
    assert len(kept) >= KEPT * len(right)


def test_a_verdict_names_the_passage_that_supports() -> None:
    fees, parking = prose("A follow-up costs $95.", "Fees"), prose("Parking is free behind the building.", "Parking")
    verdict = supported("A follow-up is $95.", [parking, fees], "What is a follow-up?")
    assert verdict.passages == (fees,)


def test_acceptance_of_payers_is_never_a_models_to_say() -> None:
    paper = prose("We are in network with Cigna.", "Insurance")
    assert supported("We are in network with Cigna.", [paper], "Do you take Cigna?").why == "payer"


@pytest.mark.parametrize("sentence", ["", " ", "...", "Sure!", "Yes.", "No.", "$", "\x00", "¿?", "a" * 10_000])
def test_what_states_nothing_is_not_supported(sentence: str) -> None:
    assert not supported(sentence, [prose("Parking is free.", "Parking")], "Is parking free?").supported


def test_statements_written_after_the_rules() -> None:
    right = [case for case in HELD_OUT if case.kind == "right"]
    shown = [case for case in HELD_OUT if case.kind != "right" and case.verdict().supported]
    assert sum(case.verdict().supported for case in right) >= KEPT_HELD_OUT * len(right)
    assert len(shown) <= LIES_HELD_OUT, [case.sentence for case in shown]


def _true() -> list[tuple[str, list[Passage], str]]:
    """Right statements of the corpus, and sentences of papers word for word."""
    papers = [one for one in (*FAQS, *RULES) if one.chunk.kind in (ChunkKind.PROSE, ChunkKind.QUESTION)]
    said = [(text, [one], one.chunk.lead) for one in papers for text in sentences(one.chunk.text)]
    said = [one for one in said if len(one[0].split()) > 4 and not one[0].startswith(("Yes", "No"))]
    return said + [(c.sentence, list(c.cited), c.question) for c in SEEN if c.kind == "right"]


def test_sentences_of_papers_are_supported_word_for_word() -> None:
    passages = {passage.chunk.id: passage for case in SEEN for passage in case.cited}.values()
    for passage in passages:
        if passage.chunk.kind is ChunkKind.PROSE and passage.chunk.id not in ("injected", "staff"):
            for text in sentences(passage.chunk.text):
                verdict = supported(text, [passage], "")
                refers = text.split()[0] in ("It", "They", "This", "Both")
                assert verdict.supported or verdict.why == "payer" or refers, (text, verdict.why)


def test_one_thing_changed_makes_a_true_sentence_unsupported() -> None:
    made = 0
    for true, cited, question in _true():
        for kind, lie in lies(true):
            stands = any(lie.strip(". ") in passage.chunk.text for passage in cited)
            if not stands:
                made += 1
                assert not supported(lie, cited, question).supported, (kind, lie)
    assert made > 1000
