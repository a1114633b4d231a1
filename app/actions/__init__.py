"""The actions that every clinic starts with, as data."""
