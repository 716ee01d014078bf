"""From a table that is understood to canonical rows, each of them accounted for."""
