"""Finds what tells who a patient is: names, numbers, addresses, dates of birth. Apart from redaction.py, which puts
tokens in their place, because finding errs on the side of hiding: what is no ordinary word is taken for a name."""

from app.llm.identifying.spans import Kind, Span

__all__ = ["Kind", "Span"]
