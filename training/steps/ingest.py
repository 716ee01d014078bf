"""Ingest: every upload of the run gets its verdict, good rows reach the table, then: is a model due?"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl
from pydantic import BaseModel

from core.contracts import keys
from core.contracts.dataset import DatasetConfig
from core.contracts.errors import ConfigError, RejectedDataError
from core.contracts.models import Decision
from core.contracts.sales import DATE
from core.contracts.uploads import RunManifest, Upload
from core.contracts.verdict import Kind, Note, Reason, Verdict
from core.forecasting.frequency import infer_frequency, odd_periods
from training import table
from training.crossing import settle
from training.reading import Reading, read_file
from training.steps.context import DECISION_FILE, Context
from training.steps.due import Arrived, decide
from training.steps.horizon import horizon_of
from training.store import sha256_of
from training.withdrawal import is_withdrawn

_LOOKS_AT_ONCE: Final = 10


class _Ingested(BaseModel):
    """Which upload brought some content into the table."""

    key: str
    version_id: str


def run(context: Context) -> None:
    """Ingest all uploads of the run's manifest and write ``decision.json``.

    Repeating it after a crash ends in the same table and the same verdicts: merging is
    idempotent, and a verdict is written only after its rows are in the table.

    Raises:
        RejectedDataError: the run has no manifest.
    """
    manifest = context.lake.document(RunManifest, context.run_key("manifest.json"))
    if manifest is None:
        raise RejectedDataError(f"{context.lake.uri(context.run_key('manifest.json'))}: no such manifest")
    kinds: Counter[str] = Counter()
    uploads = sorted(manifest.uploads, key=lambda u: (u.uploaded_at, u.name))
    settled = _settled(context, uploads)
    for upload in uploads:
        kinds[(settled.get(upload.name) or _settle(context, upload)).kind] += 1
    decision = _decide(context, dict(kinds))
    (context.folders.processing_output("decision") / DECISION_FILE).write_text(decision.model_dump_json(indent=2))


def _settled(context: Context, uploads: list[Upload]) -> dict[str, Verdict]:
    """Verdicts that uploads of the run have already, by name.

    They are looked up side by side: one after the other, a run of many files that is killed now and
    then would spend the time until the next kill on what the last attempt has done.
    """
    with ThreadPoolExecutor(_LOOKS_AT_ONCE) as pool:
        found = zip(uploads, pool.map(partial(_known, context), uploads), strict=True)
        return {upload.name: verdict for upload, verdict in found if verdict is not None}


def _known(context: Context, upload: Upload) -> Verdict | None:
    return context.raw.document(Verdict, keys.verdict(upload.key, upload.version_id))


def _settle(context: Context, upload: Upload) -> Verdict:
    """The verdict on one upload: the one it was given meanwhile, or a new one."""
    key = keys.verdict(upload.key, upload.version_id)
    known = _known(context, upload)
    if known is not None:
        return known
    verdict = _judge(context, upload).model_copy(
        update={
            "upload": upload,
            "dataset": context.dataset,
            "run_id": context.settings.RUN_ID,
            "decided_at": datetime.now(UTC),
        }
    )
    context.raw.put_document(key, verdict)
    return verdict


class _OvertakenError(Exception):
    """The file was deleted or replaced before its rows were in the table."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict


def _judge(context: Context, upload: Upload) -> Verdict:
    """The verdict on a new upload; the note of a withdrawal counts whether it came before, while or after we merged."""
    if is_withdrawn(context.lake, upload):
        return _taken_back(context, upload)
    try:
        verdict = _read(context, upload)
    except _OvertakenError as overtaken:
        verdict = overtaken.verdict
    return _taken_back(context, upload) if is_withdrawn(context.lake, upload) else verdict


def _taken_back(context: Context, upload: Upload) -> Verdict:
    """A merge of it may have been killed half way: take its rows back, then say so."""
    for name in table.TABLES:
        table.withdraw(
            context.table_uri(name), upload.key, {upload.version_id}, reason="withdrawn while it was being read"
        )
    sentence = "The file was deleted and withdrawn while it was being read; nothing of it is in the table."
    return _final(Kind.IGNORED, Reason.DELETED, sentence)


def _look(context: Context, upload: Upload) -> None:
    """Is it still what a reader of the key gets? Times do not tell: two versions may be of one second."""
    newest = context.raw.newest_version(upload.key)
    if newest is None:
        sentence = "The file was deleted before it was judged."
        raise _OvertakenError(_final(Kind.IGNORED, Reason.DELETED, sentence))
    if newest != upload.version_id:
        sentence = "A newer version of this file was uploaded before this one was read; the newer one counts."
        raise _OvertakenError(_final(Kind.IGNORED, Reason.SUPERSEDED, sentence))


def _read(context: Context, upload: Upload) -> Verdict:
    _look(context, upload)
    with TemporaryDirectory() as folder:
        file = context.raw.download(upload.key, Path(folder) / Path(upload.key).name, upload.version_id)
        verdict, changed = _read_and_merge(context, upload, file)
        sha256 = verdict.sha256 or sha256_of(file)  # a file refused unread has none
        earlier = context.lake.document(_Ingested, keys.ingested(context.dataset, sha256))
        if earlier is not None and not changed and _still_stands(context, earlier, upload):
            # merged all the same: these rows stay when the earlier file is corrected or withdrawn
            sentence = f"The same content is already in the table, from {earlier.key!r}."
            return _final(Kind.IGNORED, Reason.ALREADY_INGESTED, sentence).model_copy(update={"sha256": sha256})
    if verdict.kind.merged:
        note = _Ingested(key=upload.key, version_id=upload.version_id)
        context.lake.put_document(keys.ingested(context.dataset, sha256), note)
    return verdict.model_copy(update={"sha256": sha256})


def _still_stands(context: Context, earlier: _Ingested, upload: Upload) -> bool:
    if (earlier.key, earlier.version_id) == (upload.key, upload.version_id):
        return False  # killed after the merge, before the verdict: merge again, which changes nothing
    return context.raw.newest_version(earlier.key) == earlier.version_id


def _read_and_merge(context: Context, upload: Upload, file: Path) -> tuple[Verdict, bool]:
    """The verdict on a file, and whether the table says something else than before."""
    try:
        config = context.config
    except ConfigError as error:
        return _final(Kind.REJECTED, Reason.CONFIG_INVALID, str(error)), False
    reading = read_file(file, config=config, name=upload.key)
    if reading.quarantine is not None:
        context.raw.put(keys.quarantine(upload.key, upload.version_id), reading.quarantine, "text/csv")
    if reading.rows is None or not reading.verdict.kind.merged:
        return reading.verdict, False
    name = "plan" if reading.is_plan else "sales"
    look = partial(_look, context, upload)
    merged = table.upsert(context.table_uri(name), reading.rows, source=upload, look=look)
    crossed = settle(name, upload, context.table_uri, is_newest=partial(_is_newest, context, upload))
    proposed = _propose(context, reading, config) if name == "sales" else None
    told = {"dataset_version": merged.version, "proposed_config": proposed}
    return reading.verdict.model_copy(update=told), bool(merged.effect) or crossed > 0


def _is_newest(context: Context, upload: Upload) -> bool:
    return context.raw.newest_version(upload.key) == upload.version_id


def _propose(context: Context, reading: Reading, config: DatasetConfig) -> str | None:
    """Write back what was inferred, so that a person can adopt it as the configuration."""
    if context.config_text is not None or reading.rows is None:
        return None
    from training.reading.propose import proposed_config  # noqa: PLC0415

    key = keys.config(context.dataset, proposed=True)
    context.lake.put(key, proposed_config(reading, config), "application/toml")
    return key


def _decide(context: Context, kinds: dict[str, int]) -> Decision:
    from training.steps import monitor  # noqa: PLC0415 - numpy is loaded after the verdicts, which people wait for

    pointer = context.champion()
    champion_id = pointer.current.model_id if pointer else None
    champion = context.manifest_of(champion_id) if champion_id else None
    version = table.version(context.table_uri("sales"))
    base = {
        "dataset": context.dataset,
        "run_id": context.settings.RUN_ID,
        "dataset_version": version,
        "champion_model_id": champion_id,
        "verdicts": kinds,
        "table_changed": any(Kind(kind).merged for kind in kinds),
    }
    sales = None if version is None else context.complete_sales(version)
    if sales is None or sales.is_empty():
        why = "the table has no rows yet" if sales is None else "the table has no rows any more"
        return Decision(due=False, reason=why, data_as_of=None, new_periods=0, **base)
    here = arrived(sales, context.config)
    odd = None if context.config.frequency else odd_periods(sales)
    due, reason, new = (
        (False, odd, 0)
        if odd
        else decide(
            here,
            horizon=horizon_of(context.config, here),
            champion=champion,
            live=monitor.measure(context, sales),
            config=context.config,
        )
    )
    return Decision(due=due, reason=reason, data_as_of=here.last, new_periods=new, **base)


def arrived(sales: pl.DataFrame, config: DatasetConfig) -> Arrived:
    """Frequency and range of what is in the table."""
    first, last = sales[DATE].min(), sales[DATE].max()
    return Arrived(config.frequency or infer_frequency(sales), first, last)  # type: ignore[arg-type]


def _final(kind: Kind, reason: Reason, sentence: str) -> Verdict:
    return Verdict(kind=kind, sentence=sentence, notes=(Note(reason=reason, sentence=sentence),))
