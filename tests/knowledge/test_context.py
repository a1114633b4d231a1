"""What was said before a question moves its passages, and only as far as the question goes on with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.context import Context, Found, in_context
from knowledge.fusion import WORDS_WEIGHT, fuse
from knowledge.index import Index
from knowledge.retriever import Retriever
from knowledge.words import Words
from tests.knowledge.papers import Papers

PAPERS = {"a1": "a", "a2": "a", "b1": "b", "b2": "b"}
ASKED = Found({"a1": 0.40, "a2": 0.30, "b1": 0.39, "b2": 0.2}, {})
TALK = Found({"a1": 0.1, "a2": 0.1, "b1": 0.2, "b2": 0.7}, {})


def _first(context: Context, nearness: float) -> str:
    return next(iter(in_context(ASKED, [TALK] * len(context.history), PAPERS, context, nearness)))


def test_a_question_that_goes_on_with_the_talk_is_looked_up_in_its_paper() -> None:
    """Of two passages that fit equally well, the one of the paper under discussion is meant."""
    assert _first(Context(("about b",)), nearness=0.5) == "b1"
    assert _first(Context(documents=("b",), leaning=1.0), nearness=0.0) == "b1"


def test_another_matter_is_looked_up_by_itself() -> None:
    """A new question must not be pulled back to what was asked before."""
    assert _first(Context(("about b",)), nearness=0.0) == "a1"


def test_a_question_that_says_nothing_finds_what_was_found_before() -> None:
    """ "How much is it?" names nothing that could be found."""
    assert _first(Context(("about b",), leaning=1.0), nearness=0.0) == "b2"


scores = st.dictionaries(st.sampled_from(sorted(PAPERS)), st.floats(0, 1), min_size=1)


@given(scores, scores, st.floats(0, 1))
def test_without_relation_the_order_is_that_of_the_question_alone(
    dense: dict[str, float], words: dict[str, float], covered: float
) -> None:
    """Otherwise every talk would cost the questions that need none."""
    found = Found(dense, words, covered)
    moved = in_context(found, [TALK], PAPERS, Context(("about b",)), nearness=0.0)
    alone = fuse(dense, words, WORDS_WEIGHT * covered)
    assert moved.keys() == alone.keys()
    assert [alone[key] for key in moved] == pytest.approx(sorted(alone.values(), reverse=True))


def test_the_retriever_uses_what_was_said(index: Index) -> None:
    """The first search knows nothing of the pool."""
    papers = Papers({"pool_1": "The warm pool is for arthritis.", "pool_2": "A swimsuit is needed.",
                     "gym_1": "The gym has weights.", "gym_2": "Shoes are needed."})  # fmt: skip
    index.add("clinic_a", list(papers.live.values()))
    retriever = Retriever(index, Words(), papers)
    context = Context(("do you have a warm pool?",), leaning=1.0)
    found = retriever.retrieve("clinic_a", "what is needed for it?", context=context)
    assert found[0].document_id == "doc_1"
    assert {one.chunk.id for one in found[:2]} == {"pool_1", "pool_2"}
    assert all(0 <= one.score <= 1 for one in found)
    assert retriever.retrieve("clinic_a", "how much is it?", context=context)[0].chunk.id == "pool_1"
