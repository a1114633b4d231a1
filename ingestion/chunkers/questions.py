"""An answer with its question: whole when it can be shown whole, else in pieces that each carry the question."""

from collections.abc import Iterator

from ingestion.chunkers.llama import BaseNode, TextNode
from ingestion.chunkers.prose import cut

_WHOLE = 220


def question_nodes(document: BaseNode) -> Iterator[TextNode]:
    """One node per answer of up to 220 words."""
    text = document.get_content()
    pieces = [text] if len(text.split()) <= _WHOLE and len(text) < _WHOLE * 24 else cut(text)
    for piece in pieces:
        yield TextNode(text=piece, metadata=document.metadata)
