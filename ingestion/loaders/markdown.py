"""Markdown: rendered by markdown-it, then read like any web page, so that the two cannot differ."""

import re

from markdown_it import MarkdownIt

from ingestion.blocks import Loaded
from ingestion.loaders.html import load_markup
from ingestion.loaders.text import decode
from ingestion.types import ParseLimits

_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)


def load_markdown(data: bytes, _filename: str, _limits: ParseLimits) -> Loaded:
    """Blocks of a Markdown text; line breaks of the source are kept until `flow` decides on them."""
    parser = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])
    return load_markup(parser.render(_FRONT_MATTER.sub("", decode(data))))
