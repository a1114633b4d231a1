"""model_status: how the language model stands for a clinic: whether it helps, where words go, what was used of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.clock import day_in
from app.desk import Desk
from app.llm.base import Failure
from app.llm.health import Health
from app.settings import Settings
from app.store.queries.clinics import ClinicFacts
from app.store.queries.models import DayUse, ExamResult, job_waits, model_days, model_exam
from app.understanding.exam import exam_version
from app.usecases.take_exam import KIND, right_by_rules

DAYS = 30
LEAST_CALL_TOKENS = 500
"""The smallest call about a patient's message reserves more of the day's tokens: with less left, none goes out."""
ModelState = Literal["none", "off", "used_up", "resting", "well"]
"""`none`: the install has no model; `off`: this clinic has it off; `used_up`: today's tokens are, or what is left of
them did not suffice for a call; `resting`: its server failed several times and is left alone for a while; `well`: it is
asked with the next message."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Since when the server is left alone, or has given nothing of use, and what it failed with last."""

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
    name as the agreement in force, "" for nothing. `trouble`: the last call of any clinic gave nothing of use, though
    the server is not left alone. `last_days` are 30 with today. `exam` is of this release's practice messages, None:
    not taken yet; `exam_by_rules` what the rules alone tell right in it; `exam_waits`: it is about to be taken, or
    being taken."""

    state: ModelState
    on: bool
    host: str
    model: str
    local: bool
    baa: str
    redacted: bool
    resting: Resting | None
    trouble: Resting | None
    day: date
    today: Use
    last_days: Use
    tokens_per_day: int
    exam: ExamResult | None
    exam_by_rules: int | None
    exam_waits: bool

    @property
    def unagreed(self) -> bool:
        """Patients' words would go to somebody with whom no agreement is named."""
        return bool(self.host) and not self.local and not self.baa


def model_status(desk: Desk, clinic: ClinicFacts) -> ModelStatus:
    """As it stands now; asks nobody outside."""
    settings = desk.settings
    day = day_in(clinic.timezone, desk.clock())
    days = model_days(desk.database, clinic.id, day - timedelta(days=DAYS - 1))
    health = desk.guests.health() if desk.guests else None
    exam = model_exam(desk.database, health.host, settings.llm_model, exam_version()) if health else None
    host, resting, trouble = (health.host, _resting(health), _trouble(health)) if health else ("", None, None)
    return ModelStatus(
        state=_state(settings, clinic, resting, spent=_spent(desk, clinic, days, day)),
        on=clinic.model_on,
        host=host,
        model=settings.llm_model,
        local=settings.llm_local,
        baa=settings.llm_baa.strip(),
        redacted=settings.llm_redaction == "on",
        resting=resting,
        trouble=trouble,
        day=day,
        today=_use(settings, [one for one in days if one.day == day]),
        last_days=_use(settings, days),
        tokens_per_day=settings.llm_tokens_per_day,
        exam=exam,
        exam_by_rules=right_by_rules(desk) if exam else None,
        exam_waits=bool(host) and job_waits(desk.database, KIND),
    )


def _spent(desk: Desk, clinic: ClinicFacts, days: list[DayUse], day: date) -> bool:
    """Whether a call was kept back today for want of tokens, or every call would be."""
    used = sum(one.tokens + one.reserved_tokens for one in days if one.day == day)
    kept_back = desk.guests is not None and desk.guests.spent(clinic.id, day)
    return kept_back or used + LEAST_CALL_TOKENS > desk.settings.llm_tokens_per_day


def _state(settings: Settings, clinic: ClinicFacts, resting: Resting | None, *, spent: bool) -> ModelState:
    if not settings.llm_base_url:
        return "none"
    if not clinic.model_on:
        return "off"
    if spent:
        return "used_up"
    return "resting" if resting else "well"


def _use(settings: Settings, days: list[DayUse]) -> Use:
    sent, written = sum(one.prompt_tokens for one in days), sum(one.completion_tokens for one in days)
    prices = settings.llm_price_in_usd_per_mtok, settings.llm_price_out_usd_per_mtok
    usd = (sent * prices[0] + written * prices[1]) / 1_000_000 if any(prices) else None
    return Use(sum(one.calls for one in days), sum(one.failed for one in days), sent, written, usd)


def _resting(health: Health) -> Resting | None:
    return Resting(health.resting_since, health.last_failure_kind) if health.resting_since else None


def _trouble(health: Health) -> Resting | None:
    if health.resting_since or health.last_failure is None:
        return None
    worked_since = health.last_success is not None and health.last_success > health.last_failure
    return None if worked_since else Resting(health.last_failure, health.last_failure_kind)
