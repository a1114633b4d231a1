"""Reads pages that are only pictures, with Tesseract where it is installed. It gets the picture on its standard input
and has no file of ours, the parser's limits, and little time."""

import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache

import pypdfium2  # type: ignore[import-untyped]

_DPI = 200
_LONGEST_SIDE = 3400  # pixels: a page of any size is drawn no larger
_PAGE_S = 20.0
_LANGUAGES = ("eng", "spa")


def read_scans(data: bytes, numbers: Sequence[int], until: float) -> Iterator[tuple[int, str]]:
    """(page number, text) of those pages that could be read before `until`, a moment of the monotonic clock; none
    without Tesseract."""
    languages = _languages()
    if not numbers or not languages:
        return
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in numbers:
            left = until - time.monotonic()
            if left <= 0:
                return
            text = _read(document, number, languages, min(left, _PAGE_S))
            if any(char.isalnum() for char in text):
                yield number, text
    finally:
        document.close()


@lru_cache(maxsize=1)
def _languages() -> str:
    """The languages to read in, as Tesseract wants them; empty when it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - found on the PATH of the install
            [program, "--list-langs"], capture_output=True, text=True, timeout=_PAGE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return "+".join(name for name in _LANGUAGES if name in done.stdout.split())


def _read(document: pypdfium2.PdfDocument, number: int, languages: str, seconds: float) -> str:
    program = shutil.which("tesseract") or "tesseract"
    try:
        picture = _picture(document, number)
        done = subprocess.run(  # noqa: S603 - found on the PATH of the install
            [program, "stdin", "stdout", "-l", languages, "--dpi", str(_DPI)],
            input=picture,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, ValueError, pypdfium2.PdfiumError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _picture(document: pypdfium2.PdfDocument, number: int) -> bytes:
    """The page as a grey picture in a form that needs no compression."""
    page = document[number - 1]
    try:
        scale = min(_DPI / 72, _LONGEST_SIDE / max(*page.get_size(), 1))
        out = io.BytesIO()
        page.render(scale=scale, grayscale=True).to_pil().convert("L").save(out, "PPM")
        return out.getvalue()
    finally:
        page.close()
