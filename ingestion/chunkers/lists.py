"""A list in groups of items, each with the sentence that leads into the list."""

from collections.abc import Iterator

from ingestion.chunkers.llama import BaseNode, TextNode
from ingestion.chunkers.prose import cut

_GROUP = 110


def list_nodes(document: BaseNode) -> Iterator[TextNode]:
    """One node per group of items, one item a line; an item longer than a group is cut like prose."""
    own = {key: value for key, value in document.metadata.items() if key != "items"}
    group: list[str] = []
    size = 0
    for item in document.metadata["items"]:
        for piece in cut(item.replace("\n", " "), _GROUP):
            words = len(piece.split())
            if group and size + words > _GROUP:
                yield TextNode(text="\n".join(group), metadata=own)
                group, size = [], 0
            group.append(piece)
            size += words
    yield TextNode(text="\n".join(group), metadata=own)
