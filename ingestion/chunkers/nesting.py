"""Lists within lists: an item that others hang on leads them, as the sentence before a list leads the list."""

from ingestion.blocks import Bullets

_STEP = 7.0  # points; less is the unevenness of numbers that are set flush right
_COLUMN = 90.0  # points; more is the next column of the page
Above = list[tuple[float, str]]


def nested(block: Bullets, above: Above) -> list[tuple[tuple[str, ...], list[str]]]:
    """(the items above it, outermost first; its own items) of each list in `block`, in the order in which they begin.
    An item that others hang on stands only above them: what it says holds with what they say. `above` holds (indent,
    item) of those that are still open, from a list that goes on over the page; it is left as it is at the end."""
    groups: dict[tuple[str, ...], list[str]] = {}
    entries = block.entries
    for place, (item, indent, _) in enumerate(entries):
        while above and not _hangs(indent, above[-1][0]):
            above.pop()
        if place + 1 < len(entries) and _hangs(entries[place + 1][1], indent):
            above.append((indent, item))
            continue
        groups.setdefault(tuple(text for _, text in above), []).append(item)
        if place + 1 == len(entries):
            above.append((indent, item))
    return list(groups.items())


def _hangs(indent: float, upper: float) -> bool:
    return _STEP <= indent - upper <= _COLUMN
