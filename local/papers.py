"""The papers a world writes into its buckets, read: verdicts, decisions, champions, accuracy."""

from botocore.exceptions import ClientError

from core.contracts import keys
from core.contracts.errors import RetailForecastError
from core.contracts.models import Champion, ChampionPointer, Decision, Evaluation, LiveAccuracy, Publication
from core.contracts.verdict import Verdict
from local.cloud import Cloud
from local.info import WorldInfo


class Papers:
    """Reads; changes nothing."""

    def __init__(self, cloud: Cloud, info: WorldInfo) -> None:
        self.cloud, self.info = cloud, info

    def verdict(self, key: str, version_id: str | None = None) -> Verdict | None:
        """The verdict on a version of a file, the newest by default; None while there is none.

        Raises:
            RetailForecastError: there is no such file.
        """
        if version_id is None:
            prefix = {"Bucket": self.info.buckets.raw, "Prefix": key}
            versions = self.cloud.s3.list_object_versions(**prefix).get("Versions", [])  # type: ignore[arg-type]
            found = [v["VersionId"] for v in versions if v["Key"] == key and v["IsLatest"]]
            if not found:
                raise RetailForecastError(f"{key}: no such file in {self.info.buckets.raw}")
            version_id = found[0]
        text = self._read(self.info.buckets.raw, keys.verdict(key, version_id))
        return None if text is None else Verdict.model_validate_json(text)

    def pointer(self, dataset: str) -> ChampionPointer | None:
        """The champion pointer of a dataset."""
        text = self._read(self.info.buckets.artifacts, keys.champion(dataset))
        return None if text is None else ChampionPointer.model_validate_json(text)

    def champions(self, dataset: str) -> list[Champion]:
        """The champion and those before it, newest first."""
        pointer = self.pointer(dataset)
        return [pointer.current, *pointer.history] if pointer else []

    def publication(self, dataset: str, model_id: str) -> Publication | None:
        """The newest forecasts of a model."""
        text = self._read(self.info.buckets.lake, keys.publication(dataset, model_id))
        return None if text is None else Publication.model_validate_json(text)

    def decisions(self, dataset: str) -> list[Decision]:
        """What the runs decided after their ingest, oldest first."""
        return [Decision.model_validate_json(text) for text in self._of_runs(dataset, "ingest/decision.json")]

    def evaluations(self, dataset: str) -> list[Evaluation]:
        """How the gate ruled on each model trained, oldest first."""
        return [Evaluation.model_validate_json(text) for text in self._of_runs(dataset, "evaluation/evaluation.json")]

    def live_accuracy(self, dataset: str) -> list[LiveAccuracy]:
        """Measurements of forecasts already given, oldest first; of each publication the newest one."""
        texts = [self._read(self.info.buckets.lake, key) or b"" for key, _ in self._listed(keys.accuracy(dataset))]
        measured = sorted(map(LiveAccuracy.model_validate_json, texts), key=lambda each: each.measured_at)
        newest = {(each.model_id, each.origin): each for each in measured}
        return sorted(newest.values(), key=lambda each: each.measured_at)

    def _of_runs(self, dataset: str, name: str) -> list[bytes]:
        found = [pair for pair in self._listed(f"runs/{dataset}/") if pair[0].endswith(f"/{name}")]
        return [self._read(self.info.buckets.lake, key) or b"" for key, _ in sorted(found, key=lambda pair: pair[1])]

    def _listed(self, prefix: str) -> list[tuple[str, float]]:
        pages = self.cloud.s3.get_paginator("list_objects_v2").paginate(Bucket=self.info.buckets.lake, Prefix=prefix)
        return [(item["Key"], item["LastModified"].timestamp()) for page in pages for item in page.get("Contents", [])]

    def _read(self, bucket: str, key: str) -> bytes | None:
        try:
            return self.cloud.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
