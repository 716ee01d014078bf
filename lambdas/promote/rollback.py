"""When the champion pointer moves back: to the champion before, once for each time it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.contracts.errors import RejectedDataError, RejectedModelError
from core.contracts.models import ChampionPointer
from lambdas.promote.logic import MAX_HISTORY

ROLLED_BACK: Final = "rolled back from "
"""How the reason of a champion that came back begins."""


@dataclass(frozen=True)
class RollbackRequest:
    """Go back to the champion before."""

    dataset: str
    reason: str
    model_id: str | None
    """The champion to be rid of; None means whichever serves."""
    requested_at: datetime

    def met_by(self, pointer: ChampionPointer) -> bool:
        """True when that champion serves no longer, or the pointer moved after this was asked for."""
        if self.model_id is not None and pointer.current.model_id != self.model_id:
            return True
        return pointer.current.promoted_at >= self.requested_at


def rollback(pointer: ChampionPointer | None, request: RollbackRequest, now: datetime) -> ChampionPointer | None:
    """Pointer after a rollback; None when the request has been met already.

    The champion it leaves is remembered as withdrawn, so that a late event cannot promote it again.

    Raises:
        RejectedModelError: there is nothing to go back to.
    """
    if pointer is None:
        raise RejectedModelError(f"dataset {request.dataset!r} has no champion; there is nothing to roll back")
    if request.met_by(pointer):
        return None
    if not pointer.history:
        raise RejectedModelError(
            f"{pointer.current.model_id!r} is the first champion of {request.dataset!r}; there is none to go back to"
        )
    back, *older = pointer.history
    reason = f"{ROLLED_BACK}{pointer.current.model_id}: {request.reason}"
    return pointer.model_copy(
        update={
            "current": back.model_copy(update={"promoted_at": now, "reason": reason}),
            "history": tuple(older),
            "withdrawn": (pointer.current, *pointer.withdrawn)[:MAX_HISTORY],
        }
    )


def request_of_command(arguments: Mapping[str, Any], sent: datetime) -> RollbackRequest:
    """The request in ``{"action": "rollback", "dataset": ..., "reason": ..., "model_id": ...}``.

    ``model_id``, the champion to be rid of, makes repeating the request harmless.

    Raises:
        RejectedDataError: it names no dataset.
    """
    dataset = arguments.get("dataset")
    if not dataset:
        raise RejectedDataError('a rollback names no dataset; send {"action": "rollback", "dataset": "..."}')
    return RollbackRequest(dataset, arguments.get("reason") or "on request", arguments.get("model_id"), sent)


def request_of_alarm(alarm: Mapping[str, Any]) -> RollbackRequest | None:
    """The request in an alarm's notice on live accuracy; None when the alarm is not, or no longer, raised.

    Raises:
        RejectedDataError: the alarm watches no dataset.
    """
    if alarm["NewStateValue"] != "ALARM":
        return None
    dimensions = _dimensions(alarm.get("Trigger", {}).get("Dimensions", []))
    if "Dataset" not in dimensions:
        raise RejectedDataError(f"alarm {alarm['AlarmName']!r} watches no single dataset; it cannot ask for a rollback")
    reason = f"alarm {alarm['AlarmName']}: {alarm.get('NewStateReason', 'no reason given')}"
    return RollbackRequest(dimensions["Dataset"], reason, None, datetime.fromisoformat(alarm["StateChangeTime"]))


def _dimensions(found: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Dimensions by name; a notice writes ``name`` and ``value``, while the API and its emulators write ``Name``."""
    folded = [{key.lower(): value for key, value in dimension.items()} for dimension in found]
    return {dimension["name"]: dimension["value"] for dimension in folded}
