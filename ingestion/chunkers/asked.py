"""Questions and answers that stand in a table or as the items of a list."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingestion.blocks import Block, Bullets, Heading, Paragraph, Table

PLAIN_QUESTION = 9
_ASKING = {"question", "questions", "pregunta", "preguntas", "faq", "q"}
_ANSWERING = {"answer", "answers", "respuesta", "respuestas", "a"}
_ITEM = re.compile(r"(?s)^(?P<question>[^?？]{3,250}[?？])[\"'”’)]*\s+(?P<answer>\S.*)$")
_LEAST = 2


def asked_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same paper with such tables and lists as headings, each with its answer."""
    for block in blocks:
        if isinstance(block, Table) and (columns := _columns(block)):
            yield from _from_table(block, *columns)
        elif isinstance(block, Bullets) and (pairs := _pairs(block)):
            for question, answer in pairs:
                yield Heading(PLAIN_QUESTION, question.replace("\n", " "), block.page, block.notes)
                yield Paragraph(answer, block.page, notes=block.notes)
            yield Heading(PLAIN_QUESTION, "", block.page)
        else:
            yield block


def _columns(table: Table) -> tuple[int, int] | None:
    """The columns of question and answer; None for a table of anything else."""
    names = [name.casefold().strip(" :.") for name in table.header]
    asking = next((at for at, name in enumerate(names) if name in _ASKING), None)
    answering = next((at for at, name in enumerate(names) if name in _ANSWERING), None)
    rows = [row for row in table.rows if len(row) > 1]
    if asking is not None and answering is not None:
        rest = [row[at] for row in rows for at in range(len(row)) if at not in {asking, answering}]
        return (asking, answering) if all(re.fullmatch(r"\W*\d*\W*", cell) for cell in rest) else None
    plain = len(names) == 2 and not any(names) and len(rows) >= _LEAST
    return (0, 1) if plain and all(row[0].endswith(("?", "？")) and row[1] for row in rows) else None


def _from_table(table: Table, asking: int, answering: int) -> Iterator[Block]:
    for row in table.rows:
        if len(row) == 1:
            yield Heading(PLAIN_QUESTION - 2, row[0], table.page, table.notes)
        elif row[asking]:
            yield Heading(PLAIN_QUESTION, row[asking], table.page, table.notes)
            if row[answering]:
                yield Paragraph(row[answering], table.page, notes=table.notes)
        elif row[answering]:
            yield Paragraph(row[answering], table.page, notes=table.notes)
    yield Heading(PLAIN_QUESTION, "", table.page)


def _pairs(block: Bullets) -> Sequence[tuple[str, str]]:
    """(question, answer) of each item; none unless every item is one."""
    found = [match for match in map(_ITEM.match, block.items) if match and not match["answer"].endswith("?")]
    if len(found) < max(_LEAST, len(block.items)) or len(set(block.indents)) > 1:
        return ()
    return [(match["question"], match["answer"]) for match in found]
