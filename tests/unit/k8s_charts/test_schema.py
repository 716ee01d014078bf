import pytest

from tests.unit.k8s_charts.rendered import of_environment, public

pytestmark = pytest.mark.xdist_group("charts")


def test_kubernetes_own_schemas_accept_every_object_strictly() -> None:
    validate = pytest.importorskip(
        "kubernetes_validate",
        reason="the schemas are 108 MB and no requirement: pip install kubernetes-validate==1.37.0 to use them",
    )
    for each in (*of_environment("prod"), *public()):
        validate.validate(each, "1.36", strict=True)
