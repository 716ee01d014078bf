"""``Flights`` in DynamoDB: one item per dataset, changed by conditional writes only."""

from datetime import datetime
from typing import Final

from lambdas.shared.dynamo import FLIGHT, Table
from lambdas.shared.flight import Flight

_IN_FLIGHT: Final = "#state = :running AND run_id = :run"
_STATE: Final = {"#state": "state"}
_MAX_SENTENCE: Final = 2000


class FlightsTable:
    """Flights of all datasets.

    Attributes of an item: state (idle | running), run_id, execution_arn, started_at, last_run_id,
    last_failure (a sentence, absent after a run that did not fail), failures, owed (set of run ids).
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, dataset: str) -> Flight:
        """State of the flight; idle when there never was one."""
        item = self._table.get(dataset, FLIGHT) or {}
        running = item.get("state", {}).get("S") == "running"
        return Flight(
            run_id=item["run_id"]["S"] if running else None,
            execution_arn=item.get("execution_arn", {}).get("S") if running else None,
            failures=int(item.get("failures", {}).get("N", 0)),
            owed=tuple(sorted(item.get("owed", {}).get("SS", ()))),
        )

    def take(self, dataset: str, run_id: str, now: datetime) -> bool:
        """Occupy an idle flight; False when it is not idle."""
        return self._table.update(
            dataset,
            FLIGHT,
            "SET #state = :running, run_id = :run, started_at = :now REMOVE execution_arn",
            {":running": {"S": "running"}, ":run": {"S": run_id}, ":now": {"S": now.isoformat()}},
            condition="attribute_not_exists(#state) OR #state <> :running",
            names=_STATE,
        )

    def started(self, dataset: str, run_id: str, execution_arn: str) -> None:
        """Remember the execution, if this run is still in flight."""
        self._table.update(
            dataset,
            FLIGHT,
            "SET execution_arn = :arn",
            {":arn": {"S": execution_arn}, ":running": {"S": "running"}, ":run": {"S": run_id}},
            condition=_IN_FLIGHT,
            names=_STATE,
        )

    def void(self, dataset: str, run_id: str) -> None:
        """Free a flight whose run turned out to be for nothing, if it is still in flight."""
        self._table.update(
            dataset,
            FLIGHT,
            "SET #state = :idle REMOVE run_id, execution_arn",
            {":idle": {"S": "idle"}, ":running": {"S": "running"}, ":run": {"S": run_id}},
            condition=_IN_FLIGHT,
            names=_STATE,
        )

    def release(self, dataset: str, run_id: str, failure: str | None) -> bool:
        """Free the flight of a run that ended; False when it was not in flight."""
        values = {
            ":idle": {"S": "idle"},
            ":running": {"S": "running"},
            ":run": {"S": run_id},
            ":owed": {"SS": [run_id]},
        }
        if failure is None:
            outcome = "failures = :none REMOVE run_id, last_failure"
            values[":none"] = {"N": "0"}
        else:
            outcome = "failures = if_not_exists(failures, :none) + :one, last_failure = :failure REMOVE run_id"
            values |= {":none": {"N": "0"}, ":one": {"N": "1"}, ":failure": {"S": failure[:_MAX_SENTENCE]}}
        return self._table.update(
            dataset,
            FLIGHT,
            f"SET #state = :idle, last_run_id = :run, {outcome} ADD owed :owed",
            values,
            condition=_IN_FLIGHT,
            names=_STATE,
        )

    def settle(self, dataset: str, run_id: str) -> bool:
        """Strike a run off those owed; False when another worker has."""
        return self._table.update(
            dataset,
            FLIGHT,
            "DELETE owed :owed",
            {":owed": {"SS": [run_id]}, ":run": {"S": run_id}},
            condition="contains(owed, :run)",
        )

    def note_failure(self, dataset: str, sentence: str) -> None:
        """Let the status show why something could not be done; the next good run takes it away."""
        self._table.update(
            dataset,
            FLIGHT,
            "SET last_failure = :failure",
            {":failure": {"S": sentence[:_MAX_SENTENCE]}},
            condition="attribute_exists(pk)",
        )
