"""SageMaker's API for one laptop: a registry that lasts and pipelines that really run."""
