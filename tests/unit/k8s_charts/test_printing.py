import pytest
import yaml

from k8s_charts.__main__ import main
from tests.unit.k8s_charts.rendered import ACCOUNT, of_environment

pytestmark = pytest.mark.xdist_group("charts")


def test_what_is_printed_is_plain_yaml_of_the_same_objects(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--env", "prod", "--account", ACCOUNT]) == 0
    told = capsys.readouterr()
    assert list(yaml.safe_load_all(told.out)) == of_environment("prod")
    assert told.err == ""


def test_an_account_nobody_gave_is_named_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr()
    assert "000000000000 stands for it" in told.err
    assert "mlops-dev-lake-000000000000" in told.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--env", "qa"], "choose dev, staging, prod"), (["--account", "mine"], "give its 12 digits")],
)
def test_what_cannot_be_printed_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
