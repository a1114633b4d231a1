"""One process owns the data folder: its lock, the socket over which commands reach the owner, and the commands."""
