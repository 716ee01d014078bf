"""Contracts between the rooms of the system: names, keys, schemas, verdicts.

Standard library and pydantic only, so that a small Lambda zip can carry it.
"""
