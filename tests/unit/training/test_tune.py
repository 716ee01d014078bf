"""Tuning begins with what the champion was trained by, and asks for nothing that its role denies."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.contracts import keys
from core.contracts.models import Champion, ChampionPointer
from core.forecasting import Recipe, TrainedModel
from core.forecasting.fitting import ALONE
from tests.unit.forecasting import shops
from tests.unit.stacks.synthesis import templates
from tests.unit.training.conftest import ContextHere, PlaceHere, context_of
from training.steps import tune

pytestmark = pytest.mark.xdist_group("synth")
BUNDLE = f"{keys.models('shop', 'r0')}/pipelines-abc-Train/output/model.tar.gz"


def serving(context: ContextHere) -> None:
    """A champion, and its bundle where SageMaker leaves what it has trained."""
    with io.BytesIO() as packed:
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            member = tarfile.TarInfo("manifest.json")
            member.size = 2
            tar.addfile(member, io.BytesIO(b"{}"))
        context.artifacts.put(BUNDLE, packed.getvalue(), "application/gzip")
    champion = Champion(
        model_id="shop-r0",
        model_package_arn="arn:aws:sagemaker:::model-package/demand/1",
        bundle_uri=f"s3://artifacts/{BUNDLE}",
        promoted_at=datetime(2024, 4, 1, tzinfo=UTC),
        reason="the first",
    )
    context.artifacts.put_document(keys.champion("shop"), ChampionPointer(dataset="shop", current=champion))


def test_the_train_role_may_read_what_tuning_reads_of_the_champion(
    place: PlaceHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(place, tmp_path / "ml", place.drop("shop/a.csv", "x"))
    serving(context)
    context = ContextHere(
        context.settings.model_copy(update={"TUNE_MINUTES": 1}),
        context.folders,
        context.raw,
        context.lake,
        context.artifacts,
        root=place.root,
    )
    best = Recipe(params={"max_depth": 4})
    monkeypatch.setattr(TrainedModel, "load", lambda _: SimpleNamespace(recipe=best))
    monkeypatch.setattr(tune, "tune", lambda _sales, _spec, known, **_: (known[0], ()))
    asked: set[tuple[str, str]] = set()
    place.lake.s3.meta.events.register(
        "before-parameter-build.s3",
        lambda params, model, **_: asked.add((model.name, f"{params['Bucket']}/{params['Key']}")),
    )
    assert tune.tuned(context, shops.sales(), shops.SPEC, ALONE) == (best, ())
    read = {where for action, where in asked if action in ("GetObject", "HeadObject")}
    assert read == {f"artifacts/{keys.champion('shop')}", f"artifacts/{BUNDLE}"}
    ml = templates("prod")["ml"]
    (role,) = [name for name in ml.of_type("AWS::IAM::Role") if name.startswith("TrainRole")]
    for where in read:
        bucket, _, key = where.partition("/")
        arn = f"arn:aws:s3:::mlops-prod-{bucket}-<AWS::AccountId>/{key}"
        assert ml.lets(role, "s3:GetObject", arn), f"the train step is denied {arn}"
