"""The way back: an environment taken down in order, and proof by tag that nothing is left."""
