"""The chat page's own words, by language, and the sentence for whoever asks for too much."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.errors import TooMany
from app.store.queries.clinics import ClinicFacts
from app.web.rate import LONG_WAIT_S

WORDING = Path(__file__).parent / "wording"


@cache
def strings(language: str) -> dict[str, Any]:
    """Everything in `chat_<language>.yaml`."""
    words: dict[str, Any] = yaml.safe_load((WORDING / f"chat_{language}.yaml").read_text(encoding="utf-8"))
    return words


def too_many(error: TooMany, clinic: ClinicFacts, language: str) -> TooMany:
    """`error`, whose message names a limit, as a patient of the clinic can read it."""
    words = strings(language)["limits"]
    long = error.retry_after_s > LONG_WAIT_S
    wait = words["minutes"].format(count=-(-error.retry_after_s // 60)) if long else words["seconds"]
    said = words[error.message].format(wait=wait, clinic=clinic.name)
    return TooMany(said, error.retry_after_s, words["call"].format(clinic=clinic.name, phone=clinic.phone))
