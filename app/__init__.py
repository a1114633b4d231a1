"""The clinic's front desk: a message is understood, decided, answered, recorded and delivered."""

__version__ = "0.1.0"
