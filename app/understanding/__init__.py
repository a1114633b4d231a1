"""UNDERSTAND: a patient's text and the state become commands."""
