"""SageMaker pipeline definitions as typed code: what the ml stack deploys and the laptop's runner executes.

Standard library and the contracts only, so that a synth needs nothing of the image's libraries.
"""

from training.pipeline.forecast import forecast
from training.pipeline.maintain import maintain
from training.pipeline.retrain import retrain
from training.pipeline.world import Instance, Network, Roles, Spot, World

__all__ = ["Instance", "Network", "Roles", "Spot", "World", "forecast", "maintain", "retrain"]
