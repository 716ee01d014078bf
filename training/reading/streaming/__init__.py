"""Long text files block by block: the same rules and the same answer, in less memory."""
