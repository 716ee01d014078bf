"""The pipeline's steps, one module each; ``python -m training step NAME`` runs one."""
