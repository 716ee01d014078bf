"""Queue records, one at a time: a record that fails goes back to the queue, the others are done with."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.events import Message, parse, unwrap
from lambdas.shared.log import logger

Handle = Callable[[Message, str, datetime], None]
"""Handles one message, given the id of its record and the time it was sent."""


def is_batch(event: dict[str, Any]) -> bool:
    """True for a batch of queue records; False for an event that came directly."""
    records = event.get("Records") or []
    return any(record.get("eventSource") == "aws:sqs" for record in records)


def each_record(event: dict[str, Any], context: LambdaContext, handle: Handle) -> set[str]:
    """Handle every message of every record; returns the ids of records that failed."""

    def handle_record(record: SQSRecord) -> None:
        sent = datetime.fromtimestamp(int(record.attributes.sent_timestamp) / 1000, UTC)
        try:
            for message in parse(record.body):
                handle(message, record.message_id, sent)
        except Exception:
            logger.exception("a record failed and returns to the queue", message_id=record.message_id)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, handle_record, processor, context)
    return {str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]}


def each_message(event: dict[str, Any], handle: Handle) -> None:
    """Handle an event that came without a queue; errors go to whoever sent it."""
    for message in unwrap(event):
        handle(message, "", datetime.now(UTC))


def answer(failed: set[str]) -> dict[str, list[dict[str, str]]]:
    """Partial batch response: these records return to the queue."""
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in sorted(failed)]}
