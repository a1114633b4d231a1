"""The node parser that gives each document to the chunker of its kind, and the way back from nodes to chunks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ingestion.blocks import Block
from ingestion.chunkers.lists import list_nodes
from ingestion.chunkers.llama import UNHEARD, BaseNode, NodeParser, TextNode
from ingestion.chunkers.prose import prose_nodes
from ingestion.chunkers.questions import question_nodes
from ingestion.chunkers.rows import row_nodes
from ingestion.chunkers.sections import documents
from knowledge.marks import notes_for
from knowledge.types import Chunk, ChunkKind

_CHUNKERS: dict[ChunkKind, Callable[[BaseNode], Iterator[TextNode]]] = {
    ChunkKind.PROSE: prose_nodes,
    ChunkKind.LIST: list_nodes,
    ChunkKind.ROW: row_nodes,
    ChunkKind.QUESTION: question_nodes,
}


class PaperParser(NodeParser):
    """LlamaIndex node parser for the documents of `sections.documents`."""

    def _parse_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,  # noqa: ARG002 - LlamaIndex's signature
        **kwargs: Any,  # noqa: ARG002
    ) -> list[BaseNode]:
        return [node for document in nodes for node in _CHUNKERS[document.metadata["kind"]](document)]


def chunk(blocks: Iterable[Block]) -> tuple[Chunk, ...]:
    """The chunks of a paper in reading order, numbered from 0."""
    parser = PaperParser(include_metadata=False, include_prev_next_rel=False, callback_manager=UNHEARD)
    nodes = parser.get_nodes_from_documents(list(documents(blocks)))
    return tuple(_chunk(ordinal, node) for ordinal, node in enumerate(nodes))


def _chunk(ordinal: int, node: BaseNode) -> Chunk:
    meta, text = node.metadata, node.get_content()
    return Chunk(
        ordinal=ordinal,
        kind=meta["kind"],
        text=text,
        heading=tuple(meta["heading"]),
        page=meta["page"],
        lead=meta["lead"],
        cells=tuple((name, value) for name, value in meta.get("cells", ())),
        notes=notes_for(meta["notes"], _marked(text, meta)),
    )


def _marked(text: str, meta: dict[str, Any]) -> list[str]:
    """What may bear a footnote's mark: the text, what leads into it, its headings, and the names of its columns."""
    cells = [piece for cell in meta.get("cells", ()) for piece in cell]
    return [*text.split("\n"), meta["lead"], *meta["heading"], *cells]
