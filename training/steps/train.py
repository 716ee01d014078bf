"""Train: fit the engine on one version of the table and leave a bundle."""

import json

import polars as pl

from core.contracts.dataset import DatasetConfig
from core.contracts.errors import RejectedDataError
from core.contracts.models import Manifest
from core.contracts.sales import DATE
from core.forecasting import ForecastSpec, Recipe, TrainedModel, metrics, train
from core.forecasting.frequency import odd_periods
from core.forecasting.infer import known_covariates, static_attributes
from core.forecasting.leave_out import scored
from core.forecasting.tuning import Trial, as_json
from training import card
from training.checkpoints import Checkpoints, identity
from training.distributed import Hosts, together
from training.interruption import Interruption
from training.steps.context import MANIFEST_FILE, Context, git_commit, libraries
from training.steps.horizon import horizon_of
from training.steps.ingest import arrived
from training.steps.tune import tuned
from training.store import sha256_of

BACKTEST_FILE = "backtest.parquet"


def run(context: Context) -> None:
    """Train on the version the ingest step decided on; the bundle goes to ``/opt/ml/model``."""
    version = context.decision().dataset_version
    assert version is not None  # noqa: S101 - decision() promises it
    sales = context.complete_sales(version)
    spec = spec_of(sales, context.plan(), context.config)
    interruption, hosts = Interruption(), Hosts.of(context.folders.root)
    checkpoints = Checkpoints(context.folders.checkpoints, training_of(context, spec, version, hosts))
    with interruption.noted():
        with together(hosts, checkpoints, interruption, context.folders.lost) as run:
            settings, tried = tuned(context, sales, spec, run)
            model = train(sales, spec, on_stage=_tell, run=run, settings=settings, leave_out=True)
        if hosts.rank == 0:
            save(context, model, sales, version, tried)


def training_of(context: Context, spec: ForecastSpec, version: int, hosts: Hosts) -> str:
    """What a checkpoint must belong to, to be gone on from."""
    return identity(
        model=context.settings.model_id,
        table_version=version,
        spec=spec.to_json(),
        recipe=Recipe().to_json(),
        libraries=libraries(),
        git_commit=git_commit(),
        hosts=hosts.names,
    )


def _tell(stage: str) -> None:
    print(f"train: {stage}", flush=True)  # noqa: T201


def spec_of(sales: pl.DataFrame, plan: pl.DataFrame | None, config: DatasetConfig) -> ForecastSpec:
    """What to train: the dataset's configuration, filled up from its data.

    Raises:
        RejectedDataError: the sales are of periods that are not forecast.
    """
    if not config.frequency and (odd := odd_periods(sales)):
        raise RejectedDataError(odd)
    here = arrived(sales, config)
    known = config.model.known if config.model.known is not None else known_covariates(sales, plan)
    return ForecastSpec(
        horizon=horizon_of(config, here),
        frequency=here.frequency,
        known=known,
        static=config.model.static or tuple(name for name in static_attributes(sales) if name not in known),
        quantiles=config.model.quantiles,
        backtest_windows=config.model.backtest_windows,
        seed=config.model.seed,
        country=config.model.country,
    )


def save(
    context: Context, model: TrainedModel, sales: pl.DataFrame, version: int, tried: tuple[Trial, ...] = ()
) -> None:
    """Write the bundle: boosters, backtest and the manifest with every file's hash."""
    folder = context.folders.model
    model.save(folder)
    model.backtest.write_parquet(folder / BACKTEST_FILE)
    papers = manifest_of(context, model, sales, version)
    values = card.card(papers, model, sales)
    (folder / card.CARD_JSON).write_text(json.dumps(values, indent=1))
    (folder / card.CARD_MARKDOWN).write_text(card.markdown(values))
    files = {
        file.relative_to(folder).as_posix(): sha256_of(file) for file in sorted(folder.rglob("*")) if file.is_file()
    }
    manifest = papers.model_copy(update={"files": files, "tuning": tuple(as_json(tried))})
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2))


def manifest_of(context: Context, model: TrainedModel, sales: pl.DataFrame, version: int) -> Manifest:
    """The bundle's papers, but for the hashes of its files."""
    spec = model.spec
    naive = model.backtest.with_columns(mean="naive").select(pl.exclude("p10", "p50", "p90"))
    return Manifest.model_validate(
        {
            "model_id": context.settings.model_id,
            "dataset": context.dataset,
            "dataset_version": version,
            "data_as_of": sales[DATE].max(),
            "frequency": spec.frequency,
            "horizon": spec.horizon,
            "quantiles": spec.quantiles,
            "known": spec.known,
            "static": spec.static,
            "features": tuple(model.features),
            "history_periods": model.history_periods,
            "series": sales.select("store_id", "item_id").n_unique(),
            "rows": sales.height,
            "seed": spec.seed,
            "backtest": metrics.scores(model.backtest, history=sales),
            "naive": metrics.scores(naive, history=sales),
            "cold_start": {} if model.left_out.intervals is None else scored(model.left_out.frame),
            "libraries": libraries(),
            "git_commit": git_commit(),
        }
    )
