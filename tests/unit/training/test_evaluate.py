"""A bundle that cannot be judged is refused with a sentence; a ruling is left with all that it rests on."""

import json
from pathlib import Path

import pytest

from core.contracts.errors import RejectedModelError
from core.contracts.models import Manifest
from core.forecasting import refit
from core.forecasting.metrics import scores
from tests.unit.forecasting import shops
from tests.unit.training.test_card import papers
from tests.unit.training.test_gate import backtest
from tests.unit.training.test_registration import evaluation
from training import card
from training.steps import evaluate
from training.steps.context import EVALUATION_FILE, MANIFEST_FILE
from training.steps.train import BACKTEST_FILE


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    sales = shops.sales()
    model = refit(sales, shops.SPEC, shops.QUICK)
    model.save(folder)
    told = papers(scores(model.backtest))
    (folder / card.CARD_JSON).write_text(json.dumps(card.card(told, model, sales)))
    (folder / MANIFEST_FILE).write_text(told.model_dump_json())
    return folder


def test_the_ruling_stands_in_the_card_in_both_of_its_forms(bundle: Path, tmp_path: Path) -> None:
    ruling = evaluation(backtest(error=1), None)
    evaluate.write(tmp_path, bundle, ruling)
    assert {file.name for file in tmp_path.iterdir()} == {
        EVALUATION_FILE, MANIFEST_FILE, BACKTEST_FILE, card.CARD_JSON, card.CARD_MARKDOWN,
    }  # fmt: skip
    assert f"Approved: {ruling.reason}." in (tmp_path / card.CARD_MARKDOWN).read_text()
    told = json.loads((tmp_path / card.CARD_JSON).read_text())
    assert told["gate"]["reason"] == ruling.reason
    assert told["gate"]["rule"]["wape"] == pytest.approx(0.1)


def test_a_bundle_of_an_older_train_step_is_refused_with_the_cure(tmp_path: Path) -> None:
    words = f"shop-1: its bundle has no card.json and no {BACKTEST_FILE}.*train again"
    with pytest.raises(RejectedModelError, match=words):
        evaluate.check_papers(tmp_path, "shop-1")


def test_an_archive_without_a_manifest_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RejectedModelError, match=r"model\.tar\.gz holds no manifest\.json"):
        evaluate.check_bundle(tmp_path)


def test_a_bundle_whose_file_differs_is_refused_by_name(bundle: Path, tmp_path: Path) -> None:
    manifest = Manifest.model_validate_json((bundle / MANIFEST_FILE).read_text())
    told = manifest.model_copy(update={"files": {"model.json": "0" * 64}})
    (tmp_path / MANIFEST_FILE).write_text(told.model_dump_json())
    with pytest.raises(RejectedModelError, match=r"model\.json is missing or is not what the manifest says"):
        evaluate.check_bundle(tmp_path)
