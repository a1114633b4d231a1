"""Pages that are pictures of text, read with Tesseract in the parser process under its limits."""

import io
import shutil
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader

from ingestion.parser_process import ParserProcess
from ingestion.types import ParseLimits, Unreadable
from tests.ingestion.papers import drawn_pdf

NEEDS_TESSERACT = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")


def picture(*lines: str) -> ImageReader:
    """A page as a scanner gives it."""
    image = Image.new("L", (1700, 2200), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(48)
    for place, line in enumerate(lines):
        draw.text((200, 200 + 90 * place), line, fill=0, font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return ImageReader(out)


def scan(*lines: str) -> Any:
    return lambda canvas: canvas.drawImage(picture(*lines), 0, 0, 612, 792)


@pytest.fixture
def parser():
    process = ParserProcess()
    yield process
    process.close()


@NEEDS_TESSERACT
def test_a_scanned_page_is_read_and_marked(parser: ParserProcess) -> None:
    """Without it half of a faxed policy would be missing, or quoted without anybody having checked it."""
    typed = lambda canvas: canvas.drawString(72, 700, "We open at eight every day.")  # noqa: E731
    parsed = parser.parse(drawn_pdf(typed, scan("A missed visit costs $40.", "Please call a day before.")), "a.pdf")
    assert parsed.warnings == ("Page 2 is a picture; its text was read by OCR: please check.",)
    [found] = [chunk for chunk in parsed.chunks if chunk.page == 2]
    assert "A missed visit costs $40." in found.text


@NEEDS_TESSERACT
def test_a_scan_alone_is_a_paper_and_an_empty_one_is_not(parser: ParserProcess) -> None:
    """Without it a clinic whose papers are all scans could upload none; with more, a blank page would be a paper."""
    assert parser.parse(drawn_pdf(scan("We take Meadow plans.")), "a.pdf").chunks[0].text == "We take Meadow plans."
    with pytest.raises(Unreadable, match="it looks like a scan"):
        parser.parse(drawn_pdf(lambda canvas: canvas.rect(50, 50, 99, 99)), "a.pdf")


@NEEDS_TESSERACT
def test_many_scans_end_within_the_time_for_one_paper() -> None:
    """Without it a thick scan would be refused as a whole, or hold up all papers after it."""
    parser = ParserProcess(ParseLimits(seconds=16))
    try:
        parser.parse(b"Warm", "a.txt")
        words = [
            scan(*[f"Line {line} of page {page} about plans and visits." for line in range(20)]) for page in range(30)
        ]
        parsed = parser.parse(drawn_pdf(*words), "a.pdf")
    finally:
        parser.close()
    assert any("read by OCR" in warning for warning in parsed.warnings)
    assert any("has no text" in warning for warning in parsed.warnings)


def test_without_tesseract_a_scan_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it an install without Tesseract would crash on a fax, or accept it empty."""
    monkeypatch.setenv("PATH", "/nowhere")
    parser = ParserProcess()
    try:
        with pytest.raises(Unreadable, match="it looks like a scan"):
            parser.parse(drawn_pdf(scan("We take Meadow plans.")), "a.pdf")
    finally:
        parser.close()
