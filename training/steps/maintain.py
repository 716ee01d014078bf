"""Maintain: compact the tables and delete files that only old versions need, but none a model was trained on."""

from core.contracts import keys
from training import table
from training.addresses import options_for
from training.maintenance import maintain, trained_versions
from training.settings import EVERY_DATASET
from training.steps.context import Context


def run(context: Context) -> None:
    """Maintain the tables of one dataset, or of every one; one line each says what was done."""
    for dataset in _datasets(context):
        for name in table.TABLES:
            uri = context.lake.uri(keys.table(dataset, name))
            keep = trained_versions(context.lake, dataset) if name == "sales" else frozenset[int]()
            done = maintain(uri, keep=keep, storage_options=options_for(uri))
            if done is not None:
                print(f"maintain: {uri}: {done.model_dump_json()}", flush=True)  # noqa: T201


def _datasets(context: Context) -> list[str]:
    if context.dataset != EVERY_DATASET:
        return [context.dataset]
    return context.lake.folders(keys.TABLES)
