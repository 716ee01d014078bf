"""The ConfigMap and the service's settings, held together."""

from pathlib import Path

import pytest

from core.contracts.errors import ConfigError
from k8s_charts.configuration import load
from k8s_charts.environment import environment, fingerprint
from k8s_charts.settings import ServiceSettings
from service.settings import Settings
from tests.unit.k8s_charts.rendered import ACCOUNT, CERTIFICATE, container, of_environment, one, open_to_the_world

pytestmark = pytest.mark.xdist_group("charts")


def test_every_variable_is_one_the_service_reads_and_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment(load("prod").place(ACCOUNT), open_to_the_world().model_copy(update={"datasets": ("a", "b")}))
    assert set(told) <= set(Settings.variables())
    for name in Settings.variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    found = Settings.from_env()
    assert found.environment == "prod"
    assert found.lake_bucket == f"mlops-prod-lake-{ACCOUNT}"
    assert found.artifacts_bucket == f"mlops-prod-artifacts-{ACCOUNT}"
    assert found.datasets == ("a", "b")
    assert found.bind_port == container(of_environment("prod"))["ports"][0]["containerPort"]
    assert found.api_key_file == Path("/etc/forecast-keys/keys")


def test_other_variables_roll_the_pods_and_another_account_s_names_do_not() -> None:
    place = load("dev").place(ACCOUNT)
    settings = ServiceSettings()
    assert fingerprint(place, settings) == fingerprint(load("dev").place("210987654321"), settings)
    assert fingerprint(place, settings) != fingerprint(place, settings.model_copy(update={"poll_seconds": 9}))
    template = one(of_environment("dev"), "Deployment")["spec"]["template"]
    assert template["metadata"]["annotations"]["retail-forecast/environment"] == fingerprint(place, load("dev").service)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('ingress = {scheme = "internet-facing"}', "without ingress.certificate_arn and api_key_secret: anybody could"),
        (
            f'ingress = {{scheme = "internet-facing", certificate_arn = "{CERTIFICATE}"}}',
            "without api_key_secret: anybody could read every forecast; set it, or take scheme = 'internal'",
        ),
        ('ingress = {certificate_arn = "mine"}', "service.ingress.certificate_arn = 'mine': give the ARN"),
        ('ingress = {web_acl_arn = "mine"}', "service.ingress.web_acl_arn = 'mine': give the ARN"),
        ("max_pods = 2\nmin_pods = 3", "max_pods is 2, below min_pods = 3"),
        ("min_pods = 1", "service.min_pods"),
        ('api_key_secret = "No Such"', "give the name of a Kubernetes Secret"),
        ("pods = 3", "service.pods"),
        ('datasets = ["My Shop"]', "service.datasets.0 = 'My Shop': give a dataset's name"),
    ],
)
def test_a_service_that_must_not_be_is_a_sentence(tmp_path: Path, section: str, said: str) -> None:
    (tmp_path / "dev.toml").write_text(f'[images]\ninference_api = "1"\n[service]\n{section}\n')
    with pytest.raises(ConfigError) as caught:
        load("dev", tmp_path)
    assert said in str(caught.value)


def test_a_build_that_moves_is_a_sentence_and_no_chart(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text('[images]\ninference_api = "latest"\n')
    with pytest.raises(ConfigError, match=r"dev\.toml: images\.inference_api = 'latest': pin one build"):
        load("dev", tmp_path)
