"""Rules as the YAML file that a clinic edits."""

from collections.abc import Mapping
from typing import Any

import yaml

from app.errors import Invalid

LONGEST = 256 * 1024


class _Loader(yaml.SafeLoader):
    """Refuses aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise Invalid(f"line {event.start_mark.line + 1} uses the alias *{event.anchor}", "write it out in full")
        return super().compose_node(parent, index)


def rules_from(text: str) -> Any:
    """What the file says, not yet checked. Raises Invalid for text that is no YAML, naming the line."""
    if len(text) > LONGEST:
        raise Invalid(f"The file has {len(text)} characters; {LONGEST} fit.", "Shorten it.")
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise Invalid(f"The file is not YAML{line}: {getattr(error, 'problem', error)}", "Mend the line.") from None


def text_of(data: Mapping[str, Any]) -> str:
    """The file; reading it gives `data` again."""
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=110)
