"""The service's environment variables, as its settings read them; a test holds both together."""

import hashlib
import json
from typing import Final

from k8s_charts.place import Place
from k8s_charts.settings import ServiceSettings

PORT: Final = 8080
KEYS_FOLDER: Final = "/etc/forecast-keys"


def environment(place: Place, settings: ServiceSettings) -> dict[str, str]:
    """Variable -> value."""
    found = {
        "ENVIRONMENT": place.environment,
        "BUILD": place.build,
        "LAKE_BUCKET": place.lake_bucket,
        "ARTIFACTS_BUCKET": place.artifacts_bucket,
        "DATASETS": ",".join(settings.datasets),
        "POLL_SECONDS": str(settings.poll_seconds),
        "GRACEFUL_SECONDS": str(settings.graceful_seconds),
        "LOG_LEVEL": settings.log_level,
        "PORT": str(PORT),
    }
    return found | ({"API_KEY_FILE": f"{KEYS_FOLDER}/keys"} if settings.api_key_secret else {})


def fingerprint(place: Place, settings: ServiceSettings) -> str:
    """Changes with the variables, so that pods are rolled; the same in every synthesis of the same settings."""
    plain = json.dumps(environment(place, settings), sort_keys=True).replace(place.account, "account")
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
