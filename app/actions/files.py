"""Actions as YAML text, the form in which clinics write, keep and exchange them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import yaml

from app.errors import Invalid, TooLarge

LARGEST = 512 * 1024
"""Bytes of a file; thirty actions of the largest size that patients could bear are smaller."""


class _Strict(yaml.SafeLoader):
    """Refuses what YAML would pass over in silence, and what could blow up a small file."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line: int = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
            raise Invalid(f"Line {line} refers to another place with `*`.", "Write out what stands there.")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twins := [key for key in keys if keys.count(key) > 1]:
            line = node.start_mark.line + 1
            raise Invalid(f"The key {twins[0]!r} stands twice in the block at line {line}.", "Leave one out.")
        return super().construct_mapping(node, deep=deep)


def documents_in(text: str) -> list[Any]:
    """The actions of a file: one action, or a list of them under `actions`. What they say is not checked yet. Raises
    Invalid and TooLarge."""
    if len(text.encode()) > LARGEST:
        raise TooLarge(f"The file has more than {LARGEST // 1024} KiB.", "Write fewer actions, or shorter words.")
    try:
        data = yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as problem:
        where = " ".join(str(problem).split())[:300]
        raise Invalid(f"This is not YAML: {where}", "Look at the line that is named: blanks and colons.") from None
    if isinstance(data, dict) and "actions" in data:
        if strange := [key for key in data if key != "actions"]:
            raise Invalid(f"The file has the key {strange[0]!r} beside `actions`.", "Move it into an action.")
        data = data["actions"]
    found = data if isinstance(data, list) else [data]
    if not found or not all(isinstance(one, dict) for one in found):
        raise Invalid("The file holds no action.", "Write one action, or a list of them under `actions:`.")
    return found


def text_of(documents: Sequence[Mapping[str, Any]]) -> str:
    """YAML that `documents_in` reads back to the same."""
    return yaml.safe_dump(
        {"actions": [dict(one) for one in documents]}, sort_keys=False, allow_unicode=True, width=110, indent=2
    )
