"""model_status: how the language model stands for a clinic: whether it helps, where words go, what was used of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.desk import Desk
from app.llm.base import Failure
from app.llm.health import Health
from app.settings import Settings
from app.store.queries.clinics import ClinicFacts
from app.store.queries.models import DayUse, ExamResult, model_days, model_exam

DAYS = 30
LEAST_CALL_TOKENS = 600
"""About what the smallest call reserves of the day's tokens: with less left, none goes out."""
ModelState = Literal["none", "off", "used_up", "resting", "well"]
"""`none`: the install has no model; `off`: this clinic has it off; `used_up`: today's tokens are; `resting`: its server
failed several times and is left alone for a while; `well`: it is asked with the next message."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Since when the server is left alone, and what it failed with."""

    since: datetime
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Use:
    """Calls and tokens of some days; `usd` is None where the install names no prices."""

    calls: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None

    @property
    def tokens(self) -> int:
        """Sent and written."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """`on` is the clinic's switch. `host` and `model` are "" where the install has none. `baa` is what the settings
    name as the agreement in force, "" for nothing. `last_days` are 30 with today. `exam` None: not taken yet."""

    state: ModelState
    on: bool
    host: str
    model: str
    local: bool
    baa: str
    redacted: bool
    resting: Resting | None
    day: date
    today: Use
    last_days: Use
    tokens_per_day: int
    exam: ExamResult | None

    @property
    def unagreed(self) -> bool:
        """Patients' words would go to somebody with whom no agreement is named."""
        return bool(self.host) and not self.local and not self.baa


def model_status(desk: Desk, clinic: ClinicFacts) -> ModelStatus:
    """As it stands now; asks nobody outside."""
    settings = desk.settings
    day = desk.clock().astimezone(ZoneInfo(clinic.timezone)).date()
    days = model_days(desk.database, clinic.id, day - timedelta(days=DAYS - 1))
    host, resting = (desk.guests.host, _resting(desk.guests.health())) if desk.guests else ("", None)
    used = sum(one.tokens + one.reserved_tokens for one in days if one.day == day)
    return ModelStatus(
        state=_state(settings, clinic, used, resting),
        on=clinic.model_on,
        host=host,
        model=settings.llm_model,
        local=settings.llm_local,
        baa=settings.llm_baa.strip(),
        redacted=settings.llm_redaction == "on",
        resting=resting,
        day=day,
        today=_use(settings, [one for one in days if one.day == day]),
        last_days=_use(settings, days),
        tokens_per_day=settings.llm_tokens_per_day,
        exam=model_exam(desk.database, host, settings.llm_model) if host else None,
    )


def _state(settings: Settings, clinic: ClinicFacts, used: int, resting: Resting | None) -> ModelState:
    if not settings.llm_base_url:
        return "none"
    if not clinic.model_on:
        return "off"
    if used + LEAST_CALL_TOKENS > settings.llm_tokens_per_day:
        return "used_up"
    return "resting" if resting else "well"


def _use(settings: Settings, days: list[DayUse]) -> Use:
    sent, written = sum(one.prompt_tokens for one in days), sum(one.completion_tokens for one in days)
    prices = settings.llm_price_in_usd_per_mtok, settings.llm_price_out_usd_per_mtok
    usd = (sent * prices[0] + written * prices[1]) / 1_000_000 if any(prices) else None
    return Use(sum(one.calls for one in days), sum(one.failed for one in days), sent, written, usd)


def _resting(health: Health) -> Resting | None:
    return Resting(health.resting_since, health.last_failure_kind) if health.resting_since else None
