"""DECIDE: pure. Commands and a state go in, a new state and moves come out; no I/O, no framework, no model."""
