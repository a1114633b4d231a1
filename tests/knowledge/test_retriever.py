"""Retrieval as a patient meets it: the right passage, only live ones, and words alone when vectors fail."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.embedders import Embedder, Vectors
from knowledge.fusion import TRANSLATED_WEIGHT
from knowledge.index import Index
from knowledge.retriever import Retriever, Row
from knowledge.types import ChunkKind
from knowledge.vectors import VectorStore
from knowledge.words import Words
from tests.knowledge.papers import TEXTS, Papers, chunk


@pytest.fixture
def papers() -> Papers:
    return Papers()


@pytest.fixture
def retriever(index: Index, papers: Papers) -> Retriever:
    index.add("clinic_a", list(papers.live.values()))
    return Retriever(index, Words(), papers)


@pytest.mark.parametrize(
    ("question", "key"),
    [("where can I leave my car?", "parking"), ("QX-17", "payer"), ("penalty if I forget to come", "fee")],
)
def test_finds_by_meaning_and_by_code(retriever: Retriever, question: str, key: str) -> None:
    """Either side alone misses one of these."""
    found = retriever.retrieve("clinic_a", question)
    assert found[0].chunk.id == key
    assert (found[0].document_id, found[0].document) == ("doc_1", "faq.md")
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert not retriever.words_only


def test_scores_say_where_they_come_from(retriever: Retriever) -> None:
    """Refusing is decided by these figures: swapped, they would let nonsense through."""
    found = {one.chunk.id: one for one in retriever.retrieve("clinic_a", "parking")}
    assert found["parking"].dense > found["pool"].dense
    assert found["parking"].words > 0
    assert found["pool"].words == 0


def test_an_answer_is_compared_by_its_own_question_too(index: Index, papers: Papers) -> None:
    """A short question drowns in a long answer: whether it is the patient's would not be seen."""
    asked = replace(papers.live["parking"], kind=ChunkKind.QUESTION, lead="Where can I leave my car?")
    papers.live["parking"] = asked
    index.add("clinic_a", list(papers.live.values()))
    found = {p.chunk.id: p for p in Retriever(index, Words(), papers).retrieve("clinic_a", "Where do I park my car?")}
    assert found["parking"].lead > 0.6
    assert found["parking"].lead != found["parking"].dense
    assert found["pool"].lead == 0


def test_after_warming_a_question_embeds_nothing_but_itself(embedder: Embedder, tmp_path: Path, papers: Papers) -> None:
    """After a start the first patients would wait while the clinic's own questions are embedded, eight at a time."""
    counting = Counting(embedder)
    index = Index(counting, VectorStore(tmp_path / "vectors", counting))
    papers.live["parking"] = replace(papers.live["parking"], kind=ChunkKind.QUESTION, lead="Where can I leave my car?")
    index.warm()
    index.add("clinic_a", list(papers.live.values()))
    packed = index.packed({"parking": ["Where can I leave my car?"]})
    papers.packed["parking", index.compares_by] = packed["parking"]
    index.close()
    index = Index(counting, VectorStore(tmp_path / "vectors", counting))
    index.warm()
    retriever = Retriever(index, Words(), papers)
    retriever.warm("clinic_a")
    counting.seen.clear()
    loads = papers.loads
    assert retriever.retrieve("clinic_a", "Where do I park?")[0].lead > 0.5
    assert counting.seen == ["Where do I park?"]
    assert papers.loads == loads


def test_words_count_as_far_as_a_passage_says_the_question(index: Index) -> None:
    """One weight for all: too high, and one shared word drags a paraphrase to the wrong passage; too low, and a name
    said word for word is lost among passages of like meaning. No one weight finds both of these."""
    texts = {
        **TEXTS,
        "cars": "Car insurance claims need an accident date.",
        "rule_31": "Rule 31: towels, gowns, robes and pillows are counted by night staff before the laundry is sent.",
        "rule_13": "Rule 13 and rule 30 of the house: rule breakers leave.",
    }
    papers = Papers(texts)
    index.add("clinic_a", list(papers.live.values()))
    paraphrase, named = "somewhere to leave my car?", "rule 31"
    said = dict(Words().search("clinic_a", "1", lambda: papers.texts(""), paraphrase, 9))
    assert max(said, key=lambda key: said[key]) == "cars"
    assert next(iter(index.search("clinic_a", named, 9))) == "rule_13"
    found = Retriever(index, Words(), papers)
    assert found.retrieve("clinic_a", paraphrase)[0].chunk.id == "parking"
    assert found.retrieve("clinic_a", named)[0].chunk.id == "rule_31"


def test_an_answer_is_found_by_its_own_question(index: Index) -> None:
    """Its long text tells of many matters: as a whole it is less near than a passage that only touches the question."""
    said = "Wear shorts. " + "Our staff bill your plan, send notes to your doctor, and call you about visits. " * 6
    papers = Papers({"shoes": "Athletic clothes and shoes are sold in the front office shop.", "answer": said})
    papers.live["answer"] = replace(papers.live["answer"], kind=ChunkKind.QUESTION, lead="What should I wear?")
    index.add("clinic_a", list(papers.live.values()))
    asked = "which clothes do I come in"
    cosines = index.search("clinic_a", asked, 2)
    assert cosines["shoes"] > cosines["answer"]
    found = Retriever(index, Words(), papers).retrieve("clinic_a", asked)
    assert found[0].chunk.id == "answer"
    assert found[0].dense == pytest.approx(cosines["answer"], abs=1e-3)


def test_a_translation_counts_the_same_however_much_of_it_a_passage_says(index: Index, papers: Papers) -> None:
    """Words that the glossary missed say nothing of the passage; they must not silence those that it knew."""
    index.add("clinic_a", list(papers.live.values()))
    found = Retriever(index, Words(), papers, multilingual=index)
    said = found.retrieve_foreign("clinic_a", "where can I leave my car?", "donde leave my QX-17 cochecito")
    assert {one.chunk.id: one.score for one in said}["payer"] >= TRANSLATED_WEIGHT
    assert not any(one.dense for one in said)


class Counting:
    """Remembers what it was asked to embed."""

    def __init__(self, real: Embedder) -> None:
        self.real, self.name, self.dimension, self.seen = real, real.name, real.dimension, []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen.extend(texts)
        return self.real.encode(texts)


def test_withdrawn_paper_is_silent_at_once(retriever: Retriever, papers: Papers) -> None:
    """Its vectors may be there for a while yet; its row is not live, so it must not be said."""
    del papers.live["parking"]
    for question in ("parking behind the building", "where can I leave my car?"):
        assert "parking" not in {one.chunk.id for one in retriever.retrieve("clinic_a", question)}


def test_text_comes_from_the_rows(retriever: Retriever, papers: Papers) -> None:
    """The index is a copy that may be old; what is quoted is what the row says."""
    papers.live["parking"] = chunk("parking", "Parking is in the garage.")
    assert retriever.retrieve("clinic_a", "parking")[0].chunk.text == "Parking is in the garage."


def test_dead_vectors_do_not_crowd_out_live_ones(index: Index, papers: Papers) -> None:
    """Many chunks of a replaced paper lie nearer than the one that is live now."""
    dead = [chunk(f"dead_{n}", f"Parking is free behind the building, row {n}.") for n in range(60)]
    index.add("clinic_a", dead + list(papers.live.values()))
    found = Retriever(index, Words(), papers).retrieve("clinic_a", "where is free parking?")
    assert found[0].chunk.id == "parking"


def test_same_words_count_once(index: Index) -> None:
    """A clinic uploads its FAQ as PDF and as web page: five passages must not be one sentence five times."""
    papers = Papers({**TEXTS, "copy": "We are OPEN Monday to Friday, from 7 am to 6 pm and closed on weekends"})
    papers.live["other"] = chunk("other", TEXTS["hours"], "Riverside office")
    index.add("clinic_a", list(papers.live.values()))
    ids = [one.chunk.id for one in Retriever(index, Words(), papers).retrieve("clinic_a", "are you open on Monday")]
    assert len({"hours", "copy"} & set(ids)) == 1
    assert "other" in ids


def test_limit_and_empty_question(retriever: Retriever) -> None:
    """An empty question would be embedded to something and answered with anything."""
    assert len(retriever.retrieve("clinic_a", "open", limit=2)) == 2
    assert retriever.retrieve("clinic_a", "  ") == []


def test_clinic_without_papers(index: Index) -> None:
    """The first question may come before the first paper."""
    assert Retriever(index, Words(), Papers({})).retrieve("clinic_new", "hours") == []


def test_words_alone_until_the_index_is_ready(embedder: Embedder, store: VectorStore, papers: Papers) -> None:
    """The server answers from the first second; the embedder may still be loading."""
    index = Index(embedder, store)
    index.add("clinic_a", list(papers.live.values()))
    retriever = Retriever(index, Words(), papers)
    found = retriever.retrieve("clinic_a", "form QX-17")
    assert [one.chunk.id for one in found] == ["payer"]
    assert (found[0].dense, found[0].score) == (0.0, 1.0)
    assert retriever.words_only
    index.warm()
    assert retriever.retrieve("clinic_a", "form QX-17")[0].dense > 0
    assert not retriever.words_only


def test_words_alone_when_the_store_is_broken(
    retriever: Retriever, index: Index, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Damaged vectors must not silence the desk, and the log must say it once, with the remedy."""
    index.close()
    (tmp_path / "vectors" / "clinic_a" / "chroma.sqlite3").write_bytes(b"broken" * 999)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert retriever.retrieve("clinic_a", "parking")[0].chunk.id == "parking"
    assert retriever.words_only
    assert [record.message.count("doctor --rebuild") for record in caplog.records] == [1]


class Failing:
    """An embedder that works until it is told not to, then quotes its input in the error."""

    def __init__(self, real: Embedder) -> None:
        self.real, self.name, self.dimension, self.broken = real, real.name, real.dimension, False

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise RuntimeError(f"cannot embed {texts!r}")
        return self.real.encode(texts)


def test_words_alone_when_the_embedder_fails(
    embedder: Embedder, tmp_path: Path, papers: Papers, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing embedder must neither silence the desk nor write a patient's words to the log."""
    failing = Failing(embedder)
    index = Index(failing, VectorStore(tmp_path / "vectors", failing))
    index.warm()
    index.add("clinic_a", list(papers.live.values()))
    failing.broken = True
    with caplog.at_level(logging.WARNING):
        found = Retriever(index, Words(), papers).retrieve("clinic_a", "parking for Ana Castillo")
    assert found[0].chunk.id == "parking"
    assert "RuntimeError" in caplog.text
    assert "Castillo" not in caplog.text


def test_a_question_reads_each_row_once(index: Index, papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weighing answers by their own questions and quoting look at the same rows, and rows are decrypted."""
    index.add("clinic_a", list(papers.live.values()))
    read: list[str] = []
    give = papers.passages

    def noted(clinic_id: str, ids: Iterable[str]) -> Mapping[str, Row]:
        wanted = list(ids)
        read.extend(wanted)
        return give(clinic_id, wanted)

    monkeypatch.setattr(papers, "passages", noted)
    assert Retriever(index, Words(), papers).retrieve("clinic_a", "where can I park my car?")
    assert read
    assert len(read) == len(set(read))
