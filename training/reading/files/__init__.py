"""What a file is wrapped in and written in: archives and encodings."""
