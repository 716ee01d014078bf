"""How days and numbers are written: one way for a whole file, proven by its rows."""
