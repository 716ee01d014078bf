"""Moves the champion pointer, forward on an approved model and back on request."""
