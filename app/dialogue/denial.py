"""Which words of a message are denied: "no chest pain, numbness or fever", "no me duele"; not "no insurance, my chest
hurts"."""

from dataclasses import dataclass

from app.dialogue.spotting import COMMA, SENTENCE, Span, Spans, Words

REACH = 4
"""Words between a denial and what it denies, and between the members of a list."""
FARTHEST = 40


@dataclass(frozen=True, slots=True)
class Speech:
    """The words that show how something is said; see emergency.yaml for what each list is for."""

    symptoms: frozenset[str]
    parts: frozenset[str]
    auxiliaries: frozenset[str]
    negatable: tuple[str, ...]
    stops: frozenset[str]
    starters: frozenset[str]
    subjects: frozenset[str]
    leads: frozenset[str]
    joins: frozenset[str]
    ors: frozenset[str]
    breaks: frozenset[str]
    noes: frozenset[str]
    bridges: frozenset[str]
    being: frozenset[str]
    fine: frozenset[str]


SILENT = Speech(
    symptoms=frozenset(),
    parts=frozenset(),
    auxiliaries=frozenset(),
    negatable=(),
    stops=frozenset(),
    starters=frozenset(),
    subjects=frozenset(),
    leads=frozenset(),
    joins=frozenset(),
    ors=frozenset(),
    breaks=frozenset(),
    noes=frozenset(),
    bridges=frozenset(),
    being=frozenset(),
    fine=frozenset(),
)
"""Where nothing is denied."""


def denied_places(words: Words, spans: Spans, speech: Speech) -> frozenset[int]:
    """Numbers of the words that a denial reaches. The "nor" of "cannot move the arm nor the leg" denies nothing."""
    denials = spans.get("negations", ())
    if not denials:
        return frozenset()
    covered = {at for name in speech.symptoms for start, end in spans.get(name, ()) for at in range(start, end)}
    longest = _longest(words, spans, speech)
    denied: set[int] = set()
    unable = -1
    for start, end in denials:
        if min(longest[start], longest[end - 1]) > end - start:
            unable = end
        elif words.said[start] in speech.ors and unable >= 0 and SENTENCE not in words.gaps[unable:start]:
            continue
        elif _denies(words, (start, end), covered, speech):
            denied |= _reached(words, end, covered, speech)
    return frozenset(denied)


def _longest(words: Words, spans: Spans, speech: Speech) -> list[int]:
    """For each word how long the longest sign is that it stands in: the "not" of "not breathing" denies nothing."""
    longest = [0] * len(words.said)
    for name in speech.symptoms:
        for start, end in spans.get(name, ()):
            for at in range(start, end):
                longest[at] = max(longest[at], end - start)
    return longest


def _denies(words: Words, span: Span, covered: set[int], speech: Speech) -> bool:
    """Not an answer ("no, my chest hurts"), nor a verb that has nothing to do with signs ("I didn't sleep")."""
    start, end = span
    if end >= len(words.said) or words.gaps[end]:
        return False
    following = words.said[end]
    if words.said[start] == "no" and following in speech.subjects:
        return False
    if words.said[start] in speech.auxiliaries or (words.said[end - 1] == "not" and end - start > 1):
        return end in covered or following.startswith(speech.negatable)
    return True


def _reached(words: Words, begin: int, covered: set[int], speech: Speech) -> set[int]:
    reached: set[int] = set()
    last, listed = begin, False
    for at in range(begin, min(begin + FARTHEST, len(words.said))):
        if at - last > REACH or _thought_ends(words, at, begin, listed, speech):
            break
        if at in covered:
            reached.add(at)
            last, listed = at + 1, True
    return reached


def _thought_ends(words: Words, at: int, begin: int, listed: bool, speech: Speech) -> bool:
    word, before = words.said[at], words.said[at - 1]
    if at == begin:
        return word in speech.stops
    if words.gaps[at] == SENTENCE or word in speech.stops or word in speech.breaks:
        return True
    if words.gaps[at] == COMMA or before in speech.joins:
        return not listed or word in speech.starters
    return word in speech.starters and before not in speech.leads
