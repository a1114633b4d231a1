"""From facts to verdicts, by the clinic's own papers and rules. Pure: no input or output, no framework, no model."""
