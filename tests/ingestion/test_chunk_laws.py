"""What must hold of the chunks of any paper, tried on made-up ones."""

import re
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.blocks import Block, Bullets, Heading, Loaded, Paragraph, Table, texts
from ingestion.chunkers.nodes import chunk
from ingestion.chunkers.sentences import sentences
from ingestion.clean import clean, clean_text
from ingestion.pipeline import ingest
from ingestion.types import Unreadable
from knowledge.types import ChunkKind

WORD = st.text("abcdefgh", min_size=1, max_size=9)
SENTENCE = st.builds(lambda words, end: " ".join(words).capitalize() + end, st.lists(WORD, min_size=1, max_size=25),
                     st.sampled_from([".", "?", "!", ":", ""]))  # fmt: skip
TEXT = st.lists(SENTENCE, min_size=1, max_size=20).map(" ".join)
PAGE = st.integers(1, 3)
BLOCK: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, st.integers(1, 6), SENTENCE, PAGE),
    st.builds(Paragraph, TEXT, PAGE, st.booleans()),
    st.builds(Bullets, st.lists(SENTENCE, min_size=1, max_size=30).map(tuple), PAGE),
    st.builds(
        lambda header, rows, page: Table(tuple(header), tuple(map(tuple, rows)), page),
        st.lists(WORD, min_size=3, max_size=3),
        st.lists(st.one_of(st.lists(WORD, min_size=3, max_size=3), st.lists(WORD, min_size=1, max_size=1)), min_size=1),
        PAGE,
    ),
)
PAPER = st.lists(BLOCK, max_size=12).map(lambda blocks: clean(Loaded(tuple(blocks))).blocks)
SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@SETTINGS
@given(PAPER)
def test_no_word_is_made_up_or_lost(blocks: tuple[Block, ...]) -> None:
    """Without it a quote could hold words that the paper does not, or a statement could vanish."""
    source = {word for block in blocks for text in texts(block) for word in words(text)}
    body = {
        word for block in blocks if not isinstance(block, Heading) for text in texts(block) for word in words(text)
    } - {word for block in blocks if isinstance(block, Table) for word in words(" ".join(block.header))}
    chunks = chunk(blocks)
    said = {
        word
        for piece in chunks
        for text in (piece.text, piece.lead, *piece.heading, *(name for name, _ in piece.cells))
        for word in words(text)
    }
    assert said <= source
    assert body <= said


@SETTINGS
@given(PAPER)
def test_shape_of_chunks(blocks: tuple[Block, ...]) -> None:
    """Without it chunks could be too long to quote, out of order, or on the wrong page."""
    chunks = chunk(blocks)
    pages = {block.page for block in blocks}
    assert [piece.ordinal for piece in chunks] == list(range(len(chunks)))
    for piece in chunks:
        assert piece.text.strip() == piece.text != ""
        assert piece.page in pages
        assert (piece.kind is ChunkKind.ROW) == bool(piece.cells)
        assert piece.kind is not ChunkKind.QUESTION or piece.lead
        if piece.kind is not ChunkKind.ROW:
            assert len(piece.text.split()) <= 220


@SETTINGS
@given(TEXT)
def test_long_text_is_cut_evenly_at_sentence_ends(text: str) -> None:
    """Without it a citation would end in mid-sentence, or a paragraph would leave a crumb of three words."""
    pieces = chunk([Paragraph(text, None)])
    assert " ".join(piece.text for piece in pieces) == text
    for before, after in pairwise(pieces):
        assert re.search(r"[.?!:]$", before.text) or len(max(sentences(text), key=len).split()) > 100
        assert len(before.text.split()) + len(after.text.split()) > 100


def test_no_crumbs() -> None:
    """Without it a paragraph a little too long would leave a chunk of one sentence without context."""
    sizes = [len(piece.text.split()) for piece in chunk([Paragraph("We will call you back soon. " * 27, None)])]
    assert len(sizes) == 2
    assert min(sizes) > 60


@given(st.text())
def test_sentences_are_the_text(text: str) -> None:
    """Without it the splitter would drop the space or the sign between two sentences."""
    assert "".join(sentences(text)) == text


def test_sentences_know_abbreviations() -> None:
    """Without it "Dr." would end a quote."""
    text = "Dr. Lee sees you at 9 a.m. on St. John Ave. today. La Dra. Ruiz llega el lunes. Call J. R. Poe! Ask no. 5."
    assert [part.strip() for part in sentences(text)] == [
        "Dr. Lee sees you at 9 a.m. on St. John Ave. today.",
        "La Dra. Ruiz llega el lunes.",
        "Call J. R. Poe!",
        "Ask no. 5.",
    ]


@given(st.text())
def test_clean_text_is_stable(text: str) -> None:
    """Without it cleaning twice would change a quote that is compared with its paper."""
    assert clean_text(clean_text(text)) == clean_text(text)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a.csv", "a.pdf", "a.docx", "a.xlsx", "a"]))
def test_any_bytes_end_in_chunks_or_a_refusal(data: bytes, name: str) -> None:
    """Without it some upload would be an error page."""
    for start in (b"", b"%PDF-1.4\n", b"<table><tr><td>", b"- a\n", b"a,b\n1,2\n"):
        try:
            said = ingest(start + data, name).chunks
        except Unreadable as refusal:
            said = (str(refusal),) if repr(name) in str(refusal) else ()
        assert said
