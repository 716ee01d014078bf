"""Building blocks with secure defaults."""
