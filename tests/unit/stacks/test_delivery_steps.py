"""Builds handed from one environment to the next, and back."""

import pytest

from core.contracts.errors import ConfigError
from stacks.delivery_steps.__main__ import main
from stacks.delivery_steps.check_sales import FIRST_END, sales
from stacks.delivery_steps.digests import Builds, keep, promote, published, roll_back

ONE, TWO = Builds("sha256:" + 64 * "1", "sha256:" + 64 * "a"), Builds("sha256:" + 64 * "2", "sha256:" + 64 * "b")


class Memory:
    """Parameters in a dictionary."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.held.get(name)

    def put(self, name: str, value: str) -> None:
        self.held[name] = value


def test_a_build_that_works_is_promoted_as_a_pair() -> None:
    parameters = Memory()
    ONE.write(parameters, "dev", "wanted")
    keep(parameters, "dev")
    TWO.write(parameters, "dev", "wanted")  # built, but not seen to work
    assert promote(parameters, "dev", "prod") == ONE
    assert published(parameters, "prod") == ONE


def test_a_failed_smoke_test_goes_back_to_what_worked_and_twice_is_once() -> None:
    parameters = Memory()
    ONE.write(parameters, "dev", "wanted")
    keep(parameters, "dev")
    TWO.write(parameters, "dev", "wanted")
    assert roll_back(parameters, "dev") == ONE
    assert roll_back(parameters, "dev") == ONE == published(parameters, "dev")


def test_what_is_not_there_is_a_sentence() -> None:
    parameters = Memory()
    with pytest.raises(ConfigError, match="run 'make image publish' first"):
        published(parameters, "dev")
    with pytest.raises(ConfigError, match="nothing to go back to"):
        roll_back(parameters, "dev")
    with pytest.raises(ConfigError, match="no build was seen to work in dev"):
        promote(parameters, "dev", "prod")
    parameters.put("/mlops/dev/delivery/wanted", "0.1.0")
    with pytest.raises(ConfigError, match=r"parameter /mlops/dev/delivery/wanted is '0\.1\.0': two digests"):
        published(parameters, "dev")


def test_a_tag_is_no_build() -> None:
    with pytest.raises(ConfigError, match=r"build of training is '0\.1\.0': builds are promoted by digest alone"):
        Builds("0.1.0", ONE.inference_api)


def test_the_context_is_what_the_application_reads() -> None:
    assert ONE.context == ["-c", f"training={ONE.training}", "-c", f"inference_api={ONE.inference_api}"]


@pytest.mark.parametrize("tag", ["", "0", "0.1.0-3-gabc-dirty"])
def test_a_tag_that_names_no_one_build_is_not_published(tag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--tag", tag]) == 1
    assert capsys.readouterr().err == f"publish: tag {tag!r} names no one build: commit first, or say VERSION=...\n"


def test_each_change_has_sales_of_its_own_and_the_same_twice() -> None:
    assert sales("a", FIRST_END) == sales("a", FIRST_END) != sales("b", FIRST_END)
    header, *rows = sales("a", FIRST_END).decode().splitlines()
    assert header == "date,store_id,item_id,units"
    assert len(rows) == 400
    assert rows[-1].startswith(f"{FIRST_END},02,milk,")
