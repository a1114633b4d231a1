"""Finds the structure that authors show without markup: bold lines as headings, "Q:" and "A:", questions as plain
lines, a paragraph that runs over the page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingestion.blocks import Block, Bullets, Heading, Paragraph, Table
from ingestion.chunkers.asked import PLAIN_QUESTION, asked_blocks

BOLD_HEADING, BOLD_QUESTION = (
    7,
    8,
)  # and PLAIN_QUESTION is 9: real headings are levels 1 to 7 at most, so they close these
_QUESTION = re.compile(r"(?is)^(?:q|question|pregunta)\s*\d{0,3}\s*[:.)]\s*(.+)$")
_ANSWER = re.compile(r"(?is)^(?:a|answer|respuesta)\s*\d{0,3}\s*[:.)]\s*(.+)$")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])[.)]")
_HEADING_WORDS, _QUESTION_WORDS = 12, 35
_TITLE_LETTERS, _TITLE_WORDS = 4, 8


def outline(blocks: Iterable[Block]) -> list[Block]:
    """The same words, with every heading and question as a Heading and neighbouring list items in one list."""
    joined = list(_join(asked_blocks(blocks)))
    result: list[Block] = []
    for place, block in enumerate(joined):
        before = joined[place - 1] if place else None
        after = joined[place + 1] if place + 1 < len(joined) else None
        if isinstance(block, Paragraph):
            result += _raise(block, before, after, asked=_is_asked(result))
        elif isinstance(block, Bullets) and _asks_next(block, after):
            result.append(Heading(PLAIN_QUESTION, block.items[0].replace("\n", " "), block.page, block.notes))
        else:
            result.append(block)
    return result


def _asks_next(block: Bullets, after: Block | None) -> bool:
    """Whether a list is one numbered question whose answer follows: "3. Do I need a referral?"."""
    if len(block.items) != 1 or not _answers(after):
        return False
    item = block.items[0]
    return is_question(item) and len(item.split()) <= _QUESTION_WORDS and _asks_only(item)


def _answers(block: Block | None) -> bool:
    """Whether a block can be the answer to the question above it, not a question or a heading itself."""
    if isinstance(block, Paragraph):
        first = block.text.partition("\n")[0]
        return not (block.bold or is_question(first) or is_title(first) or _QUESTION.match(block.text))
    return isinstance(block, Table) or (isinstance(block, Bullets) and not is_question(block.items[0]))


def is_question(text: str) -> bool:
    """Whether a heading asks something."""
    return text.rstrip("\"'”’)*: ").endswith(("?", "？"))


def _join(blocks: Iterable[Block]) -> Iterator[Block]:
    """Paragraphs cut by a page end made whole, list items of one page put together."""
    last: Block | None = None
    for block in blocks:
        if isinstance(last, Bullets) and isinstance(block, Bullets) and _is_one_list(last, block):
            last = replace(last.with_entries(last.entries + block.entries), notes=last.notes + block.notes)
        elif isinstance(last, Paragraph) and isinstance(block, Paragraph) and _runs_over(last, block):
            last = replace(last, text=f"{last.text} {block.text}", notes=last.notes + block.notes)
        else:
            if last is not None:
                yield last
            last = block
    if last is not None:
        yield last


def _is_one_list(last: Bullets, block: Bullets) -> bool:
    """Whether two neighbouring lists are one; a numbered question and a bulleted answer are not."""
    asks = is_question(last.items[-1]) or is_question(block.items[0])
    kinds = {bool(_NUMBER.match(mark)) for mark in (last.entries[-1][2], block.entries[0][2]) if mark}
    return last.page == block.page and not (asks and len(kinds) == 2)


def _runs_over(last: Paragraph, block: Paragraph) -> bool:
    return last.page != block.page and block.text[:1].islower() and not re.search(r"[.!?:]\W*$", last.text)


def _is_asked(result: Sequence[Block]) -> bool:
    last = result[-1] if result else None
    return isinstance(last, Heading) and is_question(last.text)


def _raise(block: Paragraph, before: Block | None, after: Block | None, *, asked: bool) -> Iterator[Block]:
    """A paragraph as the headings and paragraphs that it really is."""
    if found := _QUESTION.match(block.text):
        question, _, answer = found[1].partition("\n")
        cut = re.match(r"(.*?[?？])\s+(?:a|answer|respuesta)\s*[:.)]\s*(.+)$", found[1], re.IGNORECASE | re.DOTALL)
        question, answer = (cut[1], cut[2]) if cut else (question, answer)
        yield Heading(PLAIN_QUESTION, question.replace("\n", " "), block.page, block.notes)
        if answer:
            yield replace(block, text=_unlabel(answer), bold=False)
    elif asked and _ANSWER.match(block.text):
        yield replace(block, text=_unlabel(block.text))
    elif level := _level(block, before, after):
        yield Heading(level, block.text.replace("\n", " "), block.page, block.notes)
    elif first := _leading_question(block):
        yield Heading(PLAIN_QUESTION, first, block.page, block.notes)
        yield replace(block, text=block.text[len(first) :].strip())
    elif first := _leading_title(block):
        yield Heading(BOLD_HEADING, first, block.page, block.notes)
        yield replace(block, text=block.text[len(first) :].strip())
    else:
        yield block


def _unlabel(text: str) -> str:
    found = _ANSWER.match(text)
    return found[1] if found else text


def _level(block: Paragraph, before: Block | None, after: Block | None) -> int | None:
    """The level of a heading that is only typed as a paragraph; None for ordinary text."""
    if after is None or isinstance(after, Heading) or "\n" in block.text:
        return None
    words = len(block.text.split())
    if is_question(block.text) and words <= _QUESTION_WORDS and _asks_only(block.text):
        if block.bold:
            return BOLD_QUESTION
        rhetorical = any(
            isinstance(near, Paragraph) and is_question(near.text) and not near.bold for near in (before, after)
        )
        return None if rhetorical or block.text[:1].islower() else PLAIN_QUESTION
    if block.bold and words <= _HEADING_WORDS and not re.search(r"[.,;:!]\W*$", block.text):
        return BOLD_HEADING
    return BOLD_HEADING if is_title(block.text) and not _is_titled(before) and not _is_titled(after) else None


def is_title(text: str) -> bool:
    """Whether a line is a heading by its capitals alone: "LATE ARRIVAL", "OFFICE HOURS:"."""
    words = re.findall(r"[^\W\d_]+", text)
    long = sum(len(word) for word in words) >= _TITLE_LETTERS and len(words) <= _TITLE_WORDS
    return long and text.upper() == text and not re.search(r"[.!,;]$|\d{3}|\|", text)


def _is_titled(block: Block | None) -> bool:
    """Whether a neighbour is in capitals too: then these are names one below the other, not headings."""
    return isinstance(block, Paragraph) and is_title(block.text)


def _leading_title(block: Paragraph) -> str | None:
    """A heading in capitals on the first line of a paragraph."""
    first, _, rest = block.text.partition("\n")
    return first if rest and is_title(first) and not is_title(rest.partition("\n")[0]) else None


def _asks_only(text: str) -> bool:
    """At most one sentence is no question: "I have Medicare. Do I need a referral?" asks, a longer story does not."""
    return len(re.findall(r"[.!]+(?=\s)", text)) <= 1 and "__" not in text


def _leading_question(block: Paragraph) -> str | None:
    """A question on the first line of a paragraph whose answer follows on the next line."""
    first, _, rest = block.text.partition("\n")
    if rest and is_question(first) and not is_question(rest) and len(first.split()) <= _QUESTION_WORDS:
        return first if (_asks_only(first) and first[:1].isupper()) or first[:1] in '¿"“' else None
    return None
