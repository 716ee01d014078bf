"""One emulator and one SageMaker endpoint a session, in a temporary folder on free ports."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.emulator import Emulator
from local.cloud import Cloud
from local.info import WorldInfo
from local.process import Child
from local.settings import REGION, REPOSITORY, Layout, aws_environment, free_ports


class Parts:
    """The emulator and SageMaker without anything deployed."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root)
        self.layout.make()
        self.ports = free_ports()
        self.info = WorldInfo.of(0, self.ports)
        self.cloud = Cloud(self.info)
        self.emulator = Emulator(self.layout, self.ports)
        command = [sys.executable, "-m", "local.sagemaker", "--port", str(self.ports.sagemaker), "--root", str(root)]
        self.sagemaker = Child(
            "SageMaker",
            command,
            env=aws_environment(self.ports),
            log=self.layout.logs / "sagemaker.log",
            cwd=REPOSITORY,
        )

    def start(self) -> None:
        self.emulator.start()
        self.start_sagemaker()

    def start_sagemaker(self) -> None:
        self.sagemaker.launch()
        self.sagemaker.await_answer(self.info.endpoints.sagemaker)

    def stop(self) -> None:
        self.sagemaker.kill()
        self.emulator.child.kill()

    def bucket(self, name: str) -> str:
        """A versioned bucket."""
        self.cloud.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.cloud.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def table(self, name: str) -> str:
        """A table with keys pk and sk."""
        self.cloud.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        return name

    def queue(self, name: str) -> tuple[str, str]:
        """Url and ARN of a queue."""
        url = self.cloud.sqs.create_queue(QueueName=name)["QueueUrl"]
        return url, self.cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them all, so that one emulator is enough."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("contract"))


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Shared by all contract tests; each uses names of its own."""
    made = Parts(tmp_path_factory.mktemp("parts"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def own_parts(tmp_path: Path) -> Iterator[Parts]:
    """For tests that kill."""
    made = Parts(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()
