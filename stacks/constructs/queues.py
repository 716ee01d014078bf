"""Encrypted queues."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey

LONGEST: Final = 14
"""Days that SQS keeps a message at most: what was given up waits for somebody."""


class SecureQueue(sqs.Queue):
    """Queue ``mlops-{env}-{name}``, encrypted by our key, TLS only."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack: EnvironmentStack,
        name: str,
        key: SecureKey,
        days: int = 4,
        visibility: cdk.Duration | None = None,
        dead_letters: sqs.DeadLetterQueue | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            queue_name=stack.physical(name),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=cdk.Duration.hours(1),
            enforce_ssl=True,
            retention_period=cdk.Duration.days(days),
            visibility_timeout=visibility,
            dead_letter_queue=dead_letters,
        )
