"""Settings refuse what cannot be right."""

from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.settings import load_settings


def test_defaults_are_for_trying() -> None:
    """`scripts/serve` sets nothing."""
    settings = load_settings({"PATH": "/bin"})
    assert (settings.env, settings.port, settings.url) == ("local", 8000, "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"FRONTDESK_PROT": "1"}, "FRONTDESK_PROT"),
        ({"FRONTDESK_PORT": "99999"}, "99999"),
        ({"FRONTDESK_PORT": "http"}, "'http'"),
        ({"FRONTDESK_OUTBOX_RETRY_BASE_S": "-1"}, "OUTBOX_RETRY_BASE_S"),
        ({"FRONTDESK_CLOCK_OFFSET_S": "5"}, "ENV=test"),
        ({"FRONTDESK_RATE_LIMITS": "off"}, "ENV=test"),
        ({"FRONTDESK_ENV": "production"}, "https"),
        ({"FRONTDESK_ENV": "production", "FRONTDESK_PUBLIC_URL": "https://desk.example"}, "MASTER_KEY"),
        ({"FRONTDESK_PUBLIC_URL": "desk.example/path"}, "PUBLIC_URL"),
        ({"FRONTDESK_MASTER_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
    ],
)
def test_wrong_settings_are_named(environ: dict[str, str], says: str) -> None:
    """A typo that is ignored is found in production."""
    with pytest.raises(Misconfigured, match=says.replace("/", ".")):
        load_settings(environ)


def test_a_secret_can_come_from_a_file_but_not_twice(tmp_path: Path) -> None:
    """Container secrets are files; two sources would hide which one counts."""
    path = tmp_path / "key"
    path.write_text("k" * 40 + "\n")
    settings = load_settings({"FRONTDESK_MASTER_KEY_FILE": str(path)})
    assert settings.master_key is not None
    assert settings.master_key.get_secret_value() == "k" * 40
    with pytest.raises(Misconfigured, match="twice"):
        load_settings({"FRONTDESK_MASTER_KEY_FILE": str(path), "FRONTDESK_MASTER_KEY": "x"})


def test_secrets_do_not_show(tmp_path: Path) -> None:
    """Settings end up in logs and error reports."""
    settings = load_settings(
        {"FRONTDESK_MASTER_KEY": "hunter2" * 8, "FRONTDESK_SMTP_URL": "smtp://u:hunter2@m.example"}
    )
    assert "hunter2" not in repr(settings)
    with pytest.raises(Misconfigured) as caught:
        load_settings({"FRONTDESK_MASTER_KEY": "hunter2", "FRONTDESK_PORT": "x"})
    assert "hunter2" not in caught.value.message


MODEL = {"FRONTDESK_LLM_BASE_URL": "https://models.example/v1", "FRONTDESK_LLM_MODEL": "small"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"FRONTDESK_LLM_MODEL": ""}, "belong together"),
        ({"FRONTDESK_LLM_BASE_URL": "http://models.example/v1"}, "must be https"),
        ({"FRONTDESK_LLM_BASE_URL": "http://localhost.evil.example/v1"}, "must be https"),
        ({"FRONTDESK_LLM_BASE_URL": "http://127.0.0.1:80@evil.example/v1"}, "must look like"),
        ({"FRONTDESK_LLM_BASE_URL": "https://models.example/v1?key=1"}, "must look like"),
        ({"FRONTDESK_LLM_BASE_URL": "https://models.example/v1#key"}, "must look like"),
        ({"FRONTDESK_LLM_BASE_URL": "https://me:X-Extra@models.example/v1"}, "must look like"),
        ({"FRONTDESK_LLM_BASE_URL": "https://me:X@X-Extra@models.example/v1"}, "must look like"),
        ({"FRONTDESK_LLM_BASE_URL": "https://models.example/v1?key=X-Extra"}, "must look like"),
        ({"FRONTDESK_LLM_BASE_URL": "https://models.example:99999/v1"}, "port 99999"),
        ({"FRONTDESK_LLM_BASE_URL": "https://models.example:0/v1"}, "port 0"),
        ({"FRONTDESK_LLM_LOCAL": "true"}, "LLM_LOCAL"),
        ({"FRONTDESK_LLM_REDACTION": "off"}, "LLM_BAA"),
        ({"FRONTDESK_LLM_REDACTION": "off", "FRONTDESK_LLM_BAA": " "}, "LLM_BAA"),
        ({"FRONTDESK_LLM_TURN_S": "46"}, "LLM_TURN_S"),
        ({"FRONTDESK_LLM_TURN_S": "nan"}, "LLM_TURN_S"),
        ({"FRONTDESK_LLM_API_KEY": "sk\nX-Extra: 1"}, "LLM_API_KEY"),
        ({"FRONTDESK_LLM_API": "x"}, "not a setting"),
    ],
)
def test_a_model_that_would_get_words_in_the_open_is_refused(changed: dict[str, str], says: str) -> None:
    """Patients' words leave by these settings: each wrong one must stop the start."""
    with pytest.raises(Misconfigured, match=says) as refused:
        load_settings(MODEL | changed)
    assert "X-Extra" not in refused.value.message


def test_a_model_is_named_by_the_environment_and_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-1\n")
    settings = load_settings(MODEL | {"FRONTDESK_LLM_API_KEY_FILE": str(tmp_path / "key")})
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == "sk-1"
    local = {"FRONTDESK_LLM_BASE_URL": "http://127.0.0.1:8080/v1", "FRONTDESK_LLM_LOCAL": "true"}
    assert load_settings(MODEL | local).llm_local
    agreed = {"FRONTDESK_LLM_REDACTION": "off", "FRONTDESK_LLM_BAA": "An agreement of 2026"}
    assert load_settings(MODEL | agreed).llm_redaction == "off"
