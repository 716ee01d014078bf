"""Turns a dropped object into a claimed upload, and waiting uploads into one retrain run."""
