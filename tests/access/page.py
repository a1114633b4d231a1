"""The tables of docs/access.md, made from app/web/policy.py. To write them there:

python -m tests.access.page
"""

from collections.abc import Iterator

from app.dialogue.slots import PARSERS
from app.web.policy import OPERATIONS, SIGHT, Act, Door, allowed, sight_of
from tests.shape.tree import ROOT

PAGE = ROOT / "docs/access.md"
BEGIN, END = "<!-- {name}: made by tests/access/page.py -->", "<!-- end of {name} -->"
ROLES = ("viewer", "coordinator", "manager", "owner")
WORDS = {
    Door.ANYONE: "anyone",
    Door.VISITOR: "the visitor with the conversation's token",
    Door.SIGNED_IN: "anyone signed in",
    Door.HALF_SIGNED_IN: "whoever gave the right password and owes the code",
}


def tables() -> dict[str, str]:
    """Name to text."""
    return {"fields": "\n".join(_fields()), "addresses": "\n".join(_addresses())}


def written(page: str) -> str:
    """The page with the tables as they are now."""
    for name, table in tables().items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        before, _, rest = page.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"docs/access.md has no place for {name}: write {begin} and {end}")
        page = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    return page


def _fields() -> Iterator[str]:
    yield from _head("type of field")
    for kind in sorted(PARSERS):
        yield _row(f"`{kind}`", [sight_of(role).shows(kind) for role in ROLES])
    yield _row("a type that is not known", [sight_of(role).shows("") for role in ROLES])
    yield _row("the conversation, and whatever repeats it", [sight_of(role).words for role in ROLES])


def _addresses() -> Iterator[str]:
    yield from _head("request")
    for name, door in OPERATIONS.items():
        if isinstance(door, Act):
            yield _row(f"`{name}`", [allowed(role, door) for role in ROLES])
        else:
            yield f"| `{name}` | {WORDS[door]} | | | |"


def _head(first: str) -> list[str]:
    assert set(SIGHT) == set(ROLES)
    return [f"| {first} | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 1) + "|"]


def _row(first: str, cells: list[bool]) -> str:
    return f"| {first} | {' | '.join('yes' if cell else '' for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
