"""From lines of text to raw tables: headers, cells, and lines that are neither."""
