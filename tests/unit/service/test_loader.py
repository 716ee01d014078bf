import gc
import hashlib
import logging
import time
import weakref
from threading import Event, Thread
from threading import enumerate as threads
from typing import Any

import polars as pl
import pytest
from botocore.exceptions import EndpointConnectionError

from core.contracts import keys
from service.dataset_loader import LONGEST_WAIT
from tests.unit.service.shop import ARTIFACTS, LAKE, NAMES, World, forecasts, parquet


def test_a_champion_with_a_publication_serves(serving: World) -> None:
    assert serving.serving_model() == "shop-1"
    assert serving.board.ready
    state = serving.board.states["shop"]
    assert (state.pending, state.last_error) == (None, None)
    assert state.serving is not None
    assert state.serving.manifest is not None
    assert len(state.serving.store) == len(NAMES)


def test_nothing_is_sent_again_while_the_etags_are_the_same(serving: World) -> None:
    before, state = dict(serving.objects.sent), serving.board.states["shop"]
    for _ in range(5):
        serving.look()
    assert serving.objects.sent == before
    assert serving.board.states["shop"] is state


def test_a_new_champion_is_swapped_in(serving: World) -> None:
    serving.shop.publish("shop-2", level=50)
    serving.shop.promote("shop-2")
    serving.look()
    assert serving.serving_model() == "shop-2"
    assert serving.level() == 50


def test_what_serves_is_not_looked_at_by_the_collector_and_what_served_before_leaves_the_memory(
    serving: World,
) -> None:
    former = serving.board.states["shop"].serving
    assert former is not None
    assert not any(former is each for each in gc.get_objects()), "frozen"
    ring: list[object] = [former.store]
    ring.append(ring)
    gone = weakref.ref(former.store)
    del former, ring
    serving.shop.publish("shop-2", level=50)
    serving.shop.promote("shop-2")
    serving.look()
    assert gone() is None, "the ring that holds it is found"


def test_a_newer_publication_of_the_same_model_is_swapped_in(serving: World) -> None:
    serving.shop.publish("shop-1", run="r2", level=70)
    serving.look()
    assert serving.level() == 70


def test_a_rollback_serves_the_former_model_again(serving: World) -> None:
    serving.shop.publish("shop-2", level=50)
    serving.shop.promote("shop-2")
    serving.look()
    serving.shop.promote("shop-1")
    serving.look()
    assert serving.serving_model() == "shop-1"


def test_a_champion_without_a_publication_is_pending_and_the_last_good_one_serves_on(serving: World) -> None:
    serving.shop.promote("shop-2")
    serving.look()
    state = serving.board.states["shop"]
    assert serving.serving_model() == "shop-1"
    assert state.pending == "champion 'shop-2' has not published forecasts yet"
    assert state.pointer is not None
    assert state.pointer.current.model_id == "shop-2"
    serving.shop.publish("shop-2")
    serving.look(after=2)
    assert serving.serving_model() == "shop-2"
    assert serving.board.states["shop"].pending is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"sha256": "0" * 64}, "sha256"),
        ({"rows": 3}, "its publication says 3"),
        ({"series": 3}, "its publication says 3"),
        ({"uri": f"s3://{LAKE}/nowhere.parquet"}, "no such object"),
        ({"uri": "s3://elsewhere/forecasts.parquet"}, f"from s3://{LAKE} only"),
        ({"data_as_of": "2024-06-03"}, "a date is not after the data"),
    ],
)
def test_a_publication_that_is_not_what_it_says_keeps_the_old_one(
    serving: World, wrong: dict[str, Any], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    serving.shop.promote("shop-2")
    serving.shop.publish("shop-2", **wrong)
    with caplog.at_level(logging.ERROR):
        serving.look()
    error = serving.board.states["shop"].last_error
    assert serving.serving_model() == "shop-1"
    assert error is not None
    assert sentence in error.sentence
    assert [record.__dict__["sentence"] for record in caplog.records] == [error.sentence]
    serving.shop.publish("shop-2")
    serving.look()
    assert serving.serving_model() == "shop-2"
    assert serving.board.states["shop"].last_error is None


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (pl.col("mean").replace(11.0, None), "a value is missing"),
        (pl.col("p50").replace(11.0, float("nan")), "a number is not finite"),
        (pl.lit(1e9).alias("p10"), "quantiles cross"),
        (pl.lit("milk").alias("item_id"), "two forecasts have the same"),
        (pl.lit("many").alias("mean"), "cannot be read as forecasts"),
    ],
)
def test_forecasts_that_break_a_rule_are_not_served(serving: World, spoil: pl.Expr, sentence: str) -> None:
    body = parquet(forecasts().with_columns(spoil))
    _publish_body(serving, body)
    error = serving.board.states["shop"].last_error
    assert serving.serving_model() == "shop-1"
    assert error is not None
    assert sentence in error.sentence


def test_a_file_cut_short_is_not_served(serving: World) -> None:
    _publish_body(serving, parquet(forecasts())[:-40])
    assert serving.serving_model() == "shop-1"
    error = serving.board.states["shop"].last_error
    assert error is not None
    assert "cannot be read as forecasts" in error.sentence


def _publish_body(world: World, body: bytes) -> None:
    key = keys.forecasts("shop", "shop-2", "r1/forecasts.parquet")
    world.shop.promote("shop-2")
    world.shop.publish("shop-2", sha256=hashlib.sha256(body).hexdigest())
    world.shop.put(LAKE, key, body)
    world.look()


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"dataset": 7}', b"\xff\xfe"])
def test_a_pointer_that_cannot_be_read_keeps_the_old_one(serving: World, body: bytes) -> None:
    serving.shop.put(ARTIFACTS, keys.champion("shop"), body)
    serving.look()
    serving.look()
    error = serving.board.states["shop"].last_error
    assert serving.serving_model() == "shop-1"
    assert error is not None
    assert "champions/shop.json" in error.sentence


def test_a_pointer_of_another_dataset_is_refused(world: World) -> None:
    world.shop.publish("shop-1")
    world.shop.promote("shop-1")
    world.objects.held[ARTIFACTS, keys.champion("other")] = world.objects.held[ARTIFACTS, keys.champion("shop")]
    world.look()
    assert world.serving_model("shop") == "shop-1"
    error = world.board.states["other"].last_error
    assert error is not None
    assert "dataset 'shop'" in error.sentence


def test_a_deleted_pointer_leaves_the_last_good_one_serving(serving: World) -> None:
    del serving.objects.held[ARTIFACTS, keys.champion("shop")]
    serving.look()
    assert serving.serving_model() == "shop-1"
    assert serving.board.states["shop"].pending == "dataset 'shop' has no champion"


def test_a_bad_publication_is_tried_again_ever_more_seldom(serving: World) -> None:
    serving.shop.promote("shop-2")
    serving.shop.publish("shop-2", sha256="0" * 64)
    before = serving.objects.parquets_sent()
    for _ in range(60):
        serving.look(after=2)
    in_two_minutes = serving.objects.parquets_sent() - before
    assert 3 <= in_two_minutes <= 8
    serving.look(after=LONGEST_WAIT)
    assert serving.objects.parquets_sent() - before == in_two_minutes + 1
    assert serving.board.states["shop"].last_error is not None


def test_an_outage_of_s3_is_told_and_over_when_it_is_over(serving: World) -> None:
    serving.objects.broken = EndpointConnectionError(endpoint_url="http://s3")
    serving.look()
    assert serving.serving_model() == "shop-1"
    error = serving.board.states["shop"].last_error
    assert error is not None
    assert error.reason == "EndpointConnectionError"
    serving.objects.broken = None
    serving.look(after=2)
    assert serving.board.states["shop"].last_error is None


def test_one_dataset_in_trouble_does_not_hold_up_the_others(world: World) -> None:
    world.shop.promote("bad-1", "bad")
    world.shop.publish("bad-1", "bad", sha256="0" * 64)
    world.shop.promote("good-1", "good")
    world.shop.publish("good-1", "good")
    world.look()
    assert world.board.states["bad"].serving is None
    assert world.serving_model("good") == "good-1"
    assert world.board.ready


def test_datasets_appear_when_they_get_a_champion(serving: World) -> None:
    serving.shop.promote("new-1", "new")
    serving.shop.publish("new-1", "new")
    serving.look(after=1)
    assert "new" not in serving.board.states, "the bucket is not listed at every look"
    serving.look(after=20)
    assert serving.serving_model("new") == "new-1"


def test_only_the_datasets_named_are_served() -> None:
    world = World(datasets=("a",))
    for name in ("a", "b"):
        world.shop.promote(f"{name}-1", name)
        world.shop.publish(f"{name}-1", name)
    world.look()
    assert set(world.board.states) == {"a"}


def test_nothing_is_ready_before_the_first_look_or_without_any_champion(world: World) -> None:
    assert not world.board.ready
    world.objects.broken = EndpointConnectionError(endpoint_url="http://s3")
    world.look()
    assert not world.board.looked
    world.objects.broken = None
    world.look()
    assert world.board.looked
    assert not world.board.ready


def test_the_thread_looks_by_itself_and_ends_when_told() -> None:
    world = World(poll_seconds=0.01, discover_seconds=0.01)
    world.shop.promote("shop-1")
    world.shop.publish("shop-1")
    loaded, put = Event(), world.board.put

    def tell(state: Any) -> None:
        put(state)
        if state.serving:
            loaded.set()

    world.board.put = tell  # type: ignore[method-assign]
    world.loader.start()
    assert loaded.wait(20)
    world.loader.stop()
    assert not [thread for thread in threads() if thread.name == "champion-loader" and thread.is_alive()]


def test_a_look_that_crashes_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    world = World(poll_seconds=0.001)
    recovered = Event()
    crashes: list[int] = []

    def look() -> None:
        if len(crashes) < 2:
            crashes.append(1)
            raise MemoryError
        recovered.set()

    world.loader.look = look  # type: ignore[method-assign]
    world.loader.start()
    assert recovered.wait(20)
    world.loader.stop()
    assert "a look at the champions failed" in caplog.text


def test_refresh_looks_only_when_it_is_time(world: World) -> None:
    looks: list[float] = []
    world.loader.look = lambda: looks.append(world.clock.now)  # type: ignore[method-assign]
    for step in (0, 1, 1.5, 0.1, 3):
        world.clock.now += step
        world.loader.refresh()
    assert looks == [1000.0, 1002.5, 1005.6]


def test_a_hundred_swaps_under_load_lose_no_answer(serving: World) -> None:
    """Readers see one whole publication or the other, never a mixture and never nothing."""
    failures: list[object] = []
    done = Event()

    def read() -> None:
        while not done.is_set():
            time.sleep(0)  # lets the loader have its turn: five threads share one interpreter
            now = serving.board.states["shop"].serving
            assert now is not None
            position = now.store.find("2", "milk")
            if position is None:
                failures.append("lost")
                continue
            rows = now.store.forecasts(position, 14)
            level = float(now.publication.run_id)
            if [row["mean"] for row in rows] != [level + day for day in range(1, 15)]:
                failures.append(rows)

    serving.shop.publish("shop-1", run="10")
    serving.look()
    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(100):
        serving.shop.publish("shop-1", run=str(100 + number), level=100 + number)
        serving.look(after=2)
        assert serving.level() == 100 + number
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
