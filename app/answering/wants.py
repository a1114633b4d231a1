"""What form a question has: whether it asks if a certain thing is done, sold, taken or there."""

import re

_OFFERED = re.compile(
    r"\b(?:do|does|can|could|will|would|are|is) (?:you|u|y'?all|they|it|there|any(?:one|body)?|some(?:one|body)|your?|"
    r"the|this)\b|\b(?:which|who|what) (?:of )?your\b|\b(?:got|any|looking for|sell|rent|hiring)\b|"
    r"^(?:hay|tienen|hacen|ofrecen|aceptan)\b",
    re.IGNORECASE,
)


def offered(question: str) -> bool:
    """Whether `question` asks if a certain thing is done, sold, taken or there."""
    return bool(_OFFERED.search(question))
