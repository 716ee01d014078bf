"""Model packages as SageMaker's registry describes them."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from core.contracts.errors import RejectedModelError
from lambdas.promote.logic import Package
from lambdas.shared.clients import code

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


class Registry:
    """The model registry, limited to one group."""

    def __init__(self, client: "SageMakerClient", group: str) -> None:
        self._client = client
        self._group = group

    def approved(self, arn: str) -> Package:
        """A package that is approved now, whatever the event said then.

        Raises:
            RejectedModelError: it is gone, not approved, of another group, or lacks its papers.
        """
        try:
            found = self._client.describe_model_package(ModelPackageName=arn)
        except ClientError as error:
            if code(error) in ("ResourceNotFound", "ValidationException"):
                raise RejectedModelError(f"{arn}: there is no such model package: {error}") from error
            raise
        group = found.get("ModelPackageGroupName", "")
        if group.rsplit("/", 1)[-1] != self._group:
            raise RejectedModelError(f"{arn} is of group {group!r}, not of {self._group!r}; check the rule")
        status = found.get("ModelApprovalStatus")
        if status != "Approved":
            raise RejectedModelError(f"{arn} is {status}, not Approved; it will not serve")
        papers = found.get("CustomerMetadataProperties", {})
        containers = found.get("InferenceSpecification", {}).get("Containers", [])
        bundle = containers[0].get("ModelDataUrl", "") if containers else ""
        missing = sorted({"dataset", "run_id", "model_id"} - papers.keys()) + ([] if bundle else ["ModelDataUrl"])
        if missing:
            raise RejectedModelError(f"{arn} lacks {', '.join(missing)}; register it by the retrain pipeline")
        return Package(
            arn=found["ModelPackageArn"],
            created_at=found["CreationTime"],
            dataset=papers["dataset"],
            run_id=papers["run_id"],
            model_id=papers["model_id"],
            bundle_uri=bundle,
        )
