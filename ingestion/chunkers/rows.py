"""Each row of a table by itself, every value with the name of its column."""

from collections.abc import Iterator

from ingestion.chunkers.llama import BaseNode, TextNode


def row_nodes(document: BaseNode) -> Iterator[TextNode]:
    """One node per row; a row that is only a label over the rows below becomes the innermost heading of those."""
    meta = document.metadata
    header: list[str] = meta["header"]
    label: list[str] = []
    unused = False
    for row in [*meta["rows"], None]:
        if row is None or (len(row) == 1 and len(header) > 1):
            if unused:
                yield _node([("", label[0])], meta, [])
            label, unused = (row or []), True
            continue
        unused = False
        cells = [(name, value) for name, value in zip(header, row, strict=True) if value]
        if cells:
            yield _node(cells, meta, label)


def _node(cells: list[tuple[str, str]], meta: dict[str, object], label: list[str]) -> TextNode:
    heading = [*meta["heading"], *label]  # type: ignore[misc]
    own = {"kind": meta["kind"], "heading": heading, "page": meta["page"], "cells": cells}
    own |= {"lead": meta["lead"], "notes": meta["notes"]}
    return TextNode(text=" | ".join(value for _, value in cells), metadata=own)
