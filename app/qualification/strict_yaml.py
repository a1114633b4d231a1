"""YAML that a clinic wrote, read strictly: what other readers pass over in silence is an error here."""

from collections.abc import Hashable
from typing import Any

import yaml

from app.errors import Invalid


class _Strict(yaml.SafeLoader):
    """Refuses aliases, a few lines of which can stand for gigabytes, and keys that stand twice, of which the later one
    would win."""

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


def yaml_in(text: str) -> Any:
    """What the text says, not yet checked. Raises Invalid, naming the line."""
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as problem:
        where = " ".join(str(problem).split())[:300]
        raise Invalid(f"This is not YAML: {where}", "Look at the line that is named: blanks and colons.") from None
