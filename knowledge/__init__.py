"""Chunks in, passages out. Knows no web framework, no database and no language model."""
