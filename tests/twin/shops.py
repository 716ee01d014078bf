"""Dates the twin tests' shops share."""

from datetime import date, timedelta

START = date(2024, 1, 1)
DAYS = 202
NEXT = START + timedelta(days=DAYS)
