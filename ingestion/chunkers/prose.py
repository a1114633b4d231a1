"""Running text, cut at sentence ends into even pieces that a citation can show."""

import re
from collections.abc import Iterator
from functools import lru_cache
from math import ceil

from ingestion.chunkers.llama import UNHEARD, BaseNode, SentenceSplitter, TextNode
from ingestion.chunkers.sentences import sentences

LONGEST = 150
_USUAL = 125


def prose_nodes(document: BaseNode) -> Iterator[TextNode]:
    """One node per piece of a prose document."""
    for piece in cut(document.get_content()):
        yield TextNode(text=piece, metadata=document.metadata)


def cut(text: str, longest: int = LONGEST) -> list[str]:
    """A text in pieces of at most `longest` words, about equally long; verbatim but for white space at the cuts."""
    count = len(_words(text))
    if count <= longest:
        return [text]
    even = ceil(count / ceil(count / min(_USUAL, longest)))
    return _splitter(min(longest, even + 20)).split_text(text)


@lru_cache(maxsize=256)
def _splitter(size: int) -> SentenceSplitter:
    return SentenceSplitter(
        chunk_size=size,
        chunk_overlap=0,
        paragraph_separator="\n",
        tokenizer=_words,
        chunking_tokenizer_fn=sentences,
        include_metadata=False,
        include_prev_next_rel=False,
        callback_manager=UNHEARD,
    )


def _words(text: str) -> list[str]:
    """Words; one of more than 24 letters counts as several, so that text without spaces is cut too."""
    return re.findall(r"\S{1,24}", text)
