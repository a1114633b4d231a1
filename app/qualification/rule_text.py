"""Rules as the YAML file that a clinic edits."""

from collections.abc import Mapping
from typing import Any

import yaml

from app.errors import Invalid
from app.qualification.strict_yaml import yaml_in

LONGEST = 256 * 1024


def rules_from(text: str) -> Any:
    """What the file says, not yet checked. Raises Invalid for text that is no YAML, naming the line."""
    if len(text) > LONGEST:
        raise Invalid(f"The file has {len(text)} characters; {LONGEST} fit.", "Shorten it.")
    return yaml_in(text)


def text_of(data: Mapping[str, Any]) -> str:
    """The file; reading it gives `data` again."""
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=110)
