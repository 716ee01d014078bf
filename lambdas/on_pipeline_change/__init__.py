"""Closes a retrain run that has ended: uploads, flight, measures, and what follows from it."""
