"""Pipeline ``maintain``: every dataset's tables compacted, and rid of files that no version needs."""

from training.pipeline.jobs import processing
from training.pipeline.steps import definition
from training.pipeline.values import Json, get
from training.pipeline.world import World
from training.settings import EVERY_DATASET


def maintain(world: World) -> Json:
    """The definition: one step, for all datasets; it takes no parameters, so that a schedule can start it."""
    step = processing(
        world,
        "Maintain",
        role=world.roles.maintain,
        given={"DATASET": EVERY_DATASET, "RUN_ID": get("Execution.PipelineExecutionId")},
    )
    return definition(parameters=(), steps=(step,))
