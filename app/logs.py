"""What the log looks like. Callers log ids, kinds and places, never what a patient typed."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

from app.settings import Settings

_UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text with line breaks, terminal controls and turned directions spelled out: a file name or an address of
    somebody's choosing must not write a line of its own."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class TextFormatter(logging.Formatter):
    """One line for each message; only a traceback has more."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class named it
        """As the base class, made one line."""
        return one_line(super().formatMessage(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """{at, level, logger, message}."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = one_line(record.getMessage())
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": said}
        return json.dumps(line, ensure_ascii=False)


def configure_logging(settings: Settings) -> None:
    """Standard error, from INFO for Frontdesk and WARNING for libraries."""
    handler = logging.StreamHandler(sys.stderr)
    text = TextFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else text)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("frontdesk").setLevel(logging.INFO)
