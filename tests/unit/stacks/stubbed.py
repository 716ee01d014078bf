"""An account that answers by botocore's own stubs, instead of AWS."""

import boto3
from botocore.stub import Stubber

from stacks.account import Account


class Stubbed:
    """An account whose clients answer what was said beforehand, in order, and nothing else."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.account = Account("ap-southeast-1", self.said.append, patience=60, pause=0.001, settling=0)
        self.stubs: dict[str, Stubber] = {}

    def of(self, service: str) -> Stubber:
        if service not in self.stubs:
            client = boto3.client(  # type: ignore[call-overload]
                service, region_name="ap-southeast-1", aws_access_key_id="test", aws_secret_access_key="test"
            )
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
            self.account._clients[service] = client
        return self.stubs[service]

    def done(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
