"""Messages a killed worker had taken: given back at once, not after their visibility timeout."""

import httpx

from local.cloud import Cloud
from local.settings import ACCOUNT, REGION

_INSPECT = "/_ministack/sqs/messages"  # the emulator's own documented look into its queues


def release(cloud: Cloud) -> int:
    """Make messages in flight visible again; how many.

    To be called when the emulator has just started: whoever took them died with it. One
    that a new worker takes meanwhile is delivered twice, which every consumer must bear.
    """
    found = httpx.get(f"{cloud.endpoint}{_INSPECT}", timeout=30, trust_env=False).json()
    queues = found["messages"].get(ACCOUNT, {}).get(REGION, {})
    released = 0
    for url, messages in queues.items():
        taken = [message for message in messages if not message["IsVisible"]]
        if taken:
            cloud.sqs.purge_queue(QueueUrl=url)
            for message in messages:
                cloud.sqs.send_message(QueueUrl=url, MessageBody=message["Body"])
        released += len(taken)
    return released
