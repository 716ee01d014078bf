"""Several hosts train one model: who they are, how they find and watch each other, what each does."""

from training.distributed.hosts import Hosts
from training.distributed.together import together

__all__ = ["Hosts", "together"]
