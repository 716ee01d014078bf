"""Evaluate: challenger, champion and seasonal naive on the same windows, then the gate."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from core.contracts.errors import RejectedModelError
from core.contracts.models import Champion, Evaluation, Manifest, Scores
from core.contracts.sales import KEY, UNITS
from core.forecasting import TrainedModel, metrics
from core.forecasting.backtest import backtest as rolling_backtest
from core.forecasting.segments import by_segment
from training.card import CARD_JSON, CARD_MARKDOWN, markdown
from training.container import extract_bundle
from training.gate import rule
from training.registration import properties
from training.steps.context import EVALUATION_FILE, MANIFEST_FILE, Context
from training.steps.train import BACKTEST_FILE
from training.store import key_of, sha256_of


def run(context: Context) -> None:
    """Judge the model that the train step left and write ``evaluation.json``."""
    with TemporaryDirectory() as scratch:
        archive = context.folders.processing_input("model") / "model.tar.gz"
        folder = extract_bundle(archive, Path(scratch) / "challenger")
        manifest = check_bundle(folder)
        check_papers(folder, manifest.model_id)
        challenger = TrainedModel.load(folder)
        backtest = pl.read_parquet(folder / BACKTEST_FILE)
        sales = context.complete_sales(context.decision().dataset_version or 0)
        pointer = context.champion()
        champion = None
        if pointer is not None:
            champion = _champion_backtest(
                context,
                serving=pointer.current,
                challenger=challenger,
                backtest=backtest,
                sales=sales,
                scratch=Path(scratch),
            )
        evaluation = evaluate(
            context,
            manifest=manifest,
            backtest=backtest,
            champion=champion,
            sales=sales,
            serving=pointer.current if pointer else None,
        )
        write(context.folders.processing_output("evaluation"), folder, evaluation)


def write(output: Path, folder: Path, evaluation: Evaluation) -> None:
    """Leave the ruling, the card with the ruling in it, and the bundle's papers it rests on."""
    (output / EVALUATION_FILE).write_text(evaluation.model_dump_json(indent=2))
    values = json.loads((folder / CARD_JSON).read_text())
    (output / CARD_MARKDOWN).write_text(markdown(values, evaluation))
    (output / CARD_JSON).write_text(json.dumps(values | {"gate": evaluation.model_dump(mode="json")}, indent=1))
    for name in (MANIFEST_FILE, BACKTEST_FILE):
        shutil.copy(folder / name, output / name)


def check_bundle(folder: Path) -> Manifest:
    """Read a bundle's manifest and compare the hash of every file it names.

    Raises:
        RejectedModelError: a file is missing or differs, or it has no manifest.
    """
    if not (folder / MANIFEST_FILE).is_file():
        raise RejectedModelError(f"model.tar.gz holds no {MANIFEST_FILE} at its root, so nothing says what it is")
    manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_text())
    for name, sha256 in manifest.files.items():
        file = folder / name
        if not file.is_file() or sha256_of(file) != sha256:
            raise RejectedModelError(f"{manifest.model_id}: {name} is missing or is not what the manifest says")
    return manifest


def check_papers(folder: Path, model_id: str) -> None:
    """See that a challenger's bundle has what is judged and passed on.

    Raises:
        RejectedModelError: naming what is missing.
    """
    missing = [name for name in (CARD_JSON, BACKTEST_FILE) if not (folder / name).is_file()]
    if missing:
        raise RejectedModelError(
            f"{model_id}: its bundle has no {' and no '.join(missing)}; the train step of this version writes both: "
            f"train again with it"
        )


def evaluate(
    context: Context,
    *,
    manifest: Manifest,
    backtest: pl.DataFrame,
    champion: pl.DataFrame | None,
    sales: pl.DataFrame,
    serving: Champion | None,
) -> Evaluation:
    """Put the ruling and all scores into one document."""
    ruling = rule(backtest, champion, context.config.gate, seed=manifest.seed)
    told = Evaluation(
        approved=ruling.approved,
        reason=ruling.reason,
        dataset=context.dataset,
        model_id=manifest.model_id,
        champion_model_id=serving.model_id if serving else None,
        challenger=metrics.scores(backtest, history=sales),
        champion=None if champion is None else metrics.scores(champion, history=sales),
        naive=_naive_scores(backtest, sales),
        windows=tuple(_window(origin, frame, sales) for (origin,), frame in _by_window(backtest)),
        segments={
            name: {who: score.model_dump() for who, score in both.items()}
            for name, both in _segments(backtest, champion, sales).items()
        },
        cold_start=manifest.cold_start,
        rule=ruling.numbers,
    )
    return told.model_copy(update={"package": properties(told)})


def _champion_backtest(
    context: Context,
    *,
    serving: Champion,
    challenger: TrainedModel,
    backtest: pl.DataFrame,
    sales: pl.DataFrame,
    scratch: Path,
) -> pl.DataFrame:
    """Forecasts of the champion for the very rows of the challenger's backtest.

    The serving boosters have seen days that lie in the windows, which would flatter them. So the
    champion's recipe goes through the same backtest as the challenger's; the same recipe gives the
    same forecasts.
    """
    archive = context.artifacts.download(key_of(serving.bundle_uri), scratch / "champion.tar.gz")
    folder = extract_bundle(archive, scratch / "champion")
    check_bundle(folder)
    champion = TrainedModel.load(folder)
    if champion.recipe == challenger.recipe:
        return backtest
    frame, _ = rolling_backtest(sales, challenger.spec, champion.recipe).blended(champion.recipe, challenger.spec)
    return frame


def _segments(
    backtest: pl.DataFrame, champion: pl.DataFrame | None, sales: pl.DataFrame
) -> dict[str, dict[str, Scores]]:
    """Scores by segment of all that were compared."""
    naive = backtest.select(*KEY, UNITS, mean="naive")
    frames = {"challenger": backtest, "naive": naive} | ({} if champion is None else {"champion": champion})
    told = {who: by_segment(frame, sales) for who, frame in frames.items()}
    return {name: {who: scores[name] for who, scores in told.items()} for name in told["challenger"]}


def _by_window(backtest: pl.DataFrame) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return list(backtest.sort("window").group_by("window", maintain_order=True))


def _naive_scores(frame: pl.DataFrame, sales: pl.DataFrame) -> Scores:
    return metrics.scores(frame.select(*KEY, UNITS, mean="naive"), history=sales)


def _window(origin: object, frame: pl.DataFrame, sales: pl.DataFrame) -> dict[str, object]:
    scores = {"challenger": metrics.scores(frame, history=sales), "naive": _naive_scores(frame, sales)}
    return {"origin": str(origin)} | {name: score.model_dump() for name, score in scores.items()}
