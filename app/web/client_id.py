"""The id that a caller gives a creating request, checked in one place."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.errors import Invalid

PATTERN = r"^[A-Za-z0-9_-]{8,128}$"
SHOWN = 40


def _checked(value: object) -> object:
    """Raises Invalid, which names the value and what would do; the framework's own error would only name the field."""
    if isinstance(value, str) and re.fullmatch(PATTERN[1:-1], value):
        return value
    shown = repr(value if not isinstance(value, str) or len(value) <= SHOWN else f"{value[:SHOWN]}...")[: SHOWN + 10]
    raise Invalid(
        f"The client_id {shown} cannot be used.",
        "Give 8 to 128 letters, digits, - or _, made at random for each request and kept for repeats of it.",
    )


ClientId = Annotated[str, Field(pattern=PATTERN), BeforeValidator(_checked)]
