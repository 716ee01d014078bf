"""What a package says of its gate is what the registry takes, whole and readable."""

import boto3
import polars as pl
import pytest
from botocore.validate import validate_parameters
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.dataset import Gate
from core.contracts.models import Evaluation, Scores
from core.forecasting import metrics
from tests.unit.training.test_gate import backtest
from training.gate import rule
from training.registration import LONGEST, NOTHING, PROPERTIES, properties, property_text

_ASKED = boto3.client("sagemaker", region_name="us-east-1").meta.service_model.operation_model("CreateModelPackage")
assert _ASKED.input_shape is not None
SHAPE = _ASKED.input_shape.members["CustomerMetadataProperties"]


def evaluation(challenger: pl.DataFrame, champion: pl.DataFrame | None) -> Evaluation:
    ruling = rule(challenger, champion, Gate(), seed=7)
    scores = Scores(rows=challenger.height, wape=metrics.scores(challenger).wape)
    return Evaluation(
        approved=ruling.approved, reason=ruling.reason, dataset="shop", model_id="shop-2",
        champion_model_id=None if champion is None else "shop-1", challenger=scores, champion=None, naive=scores,
        windows=({"origin": "2024-05-01"}, {"origin": "2024-05-15"}), rule=ruling.numbers,
    )  # fmt: skip


def test_every_number_of_the_gate_and_its_reason_are_told_within_the_registry_s_limits() -> None:
    told = properties(evaluation(backtest(error=2), backtest(error=1)))
    assert tuple(told) == PROPERTIES
    validate_parameters(told, SHAPE)
    assert len(told) + 3 <= SHAPE.metadata["max"]
    assert told["gate"] == "rejected"
    assert told["gate_reason"] == (
        "WAPE 0.2000 loses to the champion s 0.1000 beyond noise - ratio 2.000 to 2.000 at 90 percent confidence "
        "at most 1"
    )
    assert (told["gate_wape"], told["gate_champion_wape"], told["gate_naive_wape"]) == ("0.2", "0.1", "0.4")
    assert told["gate_windows"] == "2024-05-01 2024-05-15"
    assert told["gate_max_champion_ratio"] == f"{Gate().max_champion_ratio:g}"


def test_what_there_is_not_is_called_none_so_that_each_name_is_always_there() -> None:
    told = properties(evaluation(backtest(error=1), None))
    assert tuple(told) == PROPERTIES
    assert (told["gate"], told["champion_model_id"], told["gate_champion_wape"]) == ("approved", NOTHING, NOTHING)


def test_windows_without_sales_are_told_as_well() -> None:
    assert properties(evaluation(backtest(error=1, sales=0), None))["gate_reason"].startswith("nothing was sold")


@given(st.one_of(st.text(), st.floats(), st.none(), st.integers()))
def test_any_value_becomes_a_text_the_registry_takes(value: object) -> None:
    text = property_text(value)
    assert 1 <= len(text) <= LONGEST
    assert not set(text) & set("'\"(),;%<>\n\t{}")


@pytest.mark.parametrize(
    ("value", "text"), [(0.123456789, "0.123457"), (1e-9, "1e-09"), ("a" * 300, "a" * 253 + "...")]
)
def test_numbers_have_six_digits_and_long_texts_end(value: object, text: str) -> None:
    assert property_text(value) == text
