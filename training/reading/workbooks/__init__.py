"""Parquet and xlsx to raw tables."""
