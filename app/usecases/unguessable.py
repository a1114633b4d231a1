"""Whether somebody else could guess an id that a caller made: what opens something must not hang on such a one."""

import re

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_BASE64 = re.compile(r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[A-Za-z0-9_-]{22,}")
FEWEST_DIFFERENT = 10


def is_unguessable(client_id: str) -> bool:
    """True for what random generators make: a UUID of version 4 or 7, 32 hexadecimal digits, 22 letters and digits of
    base64."""
    varied = len(set(client_id.lower())) >= FEWEST_DIFFERENT
    return varied and any(shape.fullmatch(client_id) for shape in (_UUID, _HEX, _BASE64))
