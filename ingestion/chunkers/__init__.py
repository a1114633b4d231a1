"""Blocks in, chunks out, on LlamaIndex's documents, node parsers and splitters; its types stop here."""
