"""What a paper says about payers, as typed rows that a manager may publish. Chunks in, drafts out; nothing is guessed:
what is in doubt becomes a conditional row or a warning, never an "in network"."""
