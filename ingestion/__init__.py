"""Bytes in, chunks out. Knows no web framework, no database and no language model."""
