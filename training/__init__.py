"""The training image: one module a pipeline step, and the command line."""
