"""What the stand-in must still know after ``kill -9``: one SQLite file.

Every change is committed before it is answered or acted on, so a restart finds each
execution where it stood.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS executions (
  id TEXT PRIMARY KEY, pipeline TEXT NOT NULL, token TEXT NOT NULL, definition TEXT NOT NULL, parameters TEXT NOT NULL,
  display TEXT, description TEXT, status TEXT NOT NULL, failure TEXT, created REAL NOT NULL, modified REAL NOT NULL,
  UNIQUE (pipeline, token));
CREATE INDEX IF NOT EXISTS executions_by_time ON executions (pipeline, created);
CREATE INDEX IF NOT EXISTS executions_by_status ON executions (status);
CREATE TABLE IF NOT EXISTS steps (
  execution TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
  properties TEXT NOT NULL, failure TEXT, started REAL NOT NULL, ended REAL, PRIMARY KEY (execution, name));
CREATE TABLE IF NOT EXISTS calls (
  seq INTEGER PRIMARY KEY, operation TEXT NOT NULL, body TEXT NOT NULL, response TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS events (
  id TEXT PRIMARY KEY, body TEXT NOT NULL, state TEXT NOT NULL, queues TEXT NOT NULL, at REAL NOT NULL);
"""


@dataclass
class Execution:
    """One run of a pipeline; the definition is its JSON text as it was when the run started."""

    id: str
    pipeline: str
    token: str
    definition: str
    parameters: dict[str, str]
    display: str | None = None
    description: str | None = None
    status: str = "Executing"
    failure: str | None = None
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


@dataclass
class Step:
    """One step of an execution; ``properties`` is what Describe of its job answers."""

    execution: str
    name: str
    type: str
    status: str = "Executing"
    attempts: int = 1
    properties: dict[str, Any] = field(default_factory=dict)
    failure: str | None = None
    started: float = field(default_factory=time.time)
    ended: float | None = None


class Journal:
    """Thread-safe; one connection, one lock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")  # outlives the process; a power cut is not our case
        self._db.executescript(_SCHEMA)

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _run(self, sql: str, *values: object) -> int:
        with self._lock:
            return self._db.execute(sql, values).rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit several changes as one."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def add(self, execution: Execution) -> Execution:
        """Record a new execution, or give back the one that has its token already."""
        e = execution
        self._run(
            "INSERT OR IGNORE INTO executions VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            e.id, e.pipeline, e.token, e.definition, json.dumps(e.parameters),
            e.display, e.description, e.status, e.failure, e.created, e.modified,
        )  # fmt: skip
        return self.executions("pipeline = ? AND token = ?", e.pipeline, e.token)[0]

    def executions(self, where: str = "1", *values: object) -> list[Execution]:
        """Executions that match, newest first."""
        rows = self._all(f"SELECT * FROM executions WHERE {where} ORDER BY created DESC, rowid DESC", *values)  # noqa: S608
        return [_execution(row) for row in rows]

    def page(self, pipeline: str, start: int, size: int, *, newest_first: bool = True) -> list[Execution]:
        """Some executions of a pipeline in order of time: a world that has run for long has thousands."""
        way = "DESC" if newest_first else "ASC"
        rows = self._all(
            f"SELECT * FROM executions WHERE pipeline = ? ORDER BY created {way}, rowid {way} LIMIT ? OFFSET ?",  # noqa: S608
            pipeline, size, start,
        )  # fmt: skip
        return [_execution(row) for row in rows]

    def ids_but_newest(self, kept: int) -> list[str]:
        """Ids of all executions but the newest so many."""
        return [r["id"] for r in self._all("SELECT id FROM executions ORDER BY created DESC LIMIT -1 OFFSET ?", kept)]

    def set_status(self, execution: str, status: str, *, before: tuple[str, ...], failure: str | None = None) -> bool:
        """Move an execution on if it stands at one of ``before``; says whether it did."""
        marks = ",".join("?" * len(before))
        return bool(
            self._run(
                f"UPDATE executions SET status=?, failure=?, modified=? WHERE id=? AND status IN ({marks})",  # noqa: S608
                status, failure, time.time(), execution, *before,
            )
        )  # fmt: skip

    def put_step(self, step: Step) -> None:
        """Record a step as it stands."""
        s = step
        self._run(
            "INSERT OR REPLACE INTO steps VALUES (?,?,?,?,?,?,?,?,?)",
            s.execution, s.name, s.type, s.status, s.attempts, json.dumps(s.properties), s.failure, s.started, s.ended,
        )  # fmt: skip

    def steps(self, execution: str) -> list[Step]:
        """Steps that have begun, in order."""
        rows = self._all("SELECT * FROM steps WHERE execution = ? ORDER BY started, rowid", execution)
        return [Step(**{**row, "properties": json.loads(row["properties"])}) for row in rows]

    def job(self, kind: str, name: str) -> Step | None:
        """The step whose job has this name; ``kind`` as in ``ProcessingJob``."""
        rows = self._all(f"SELECT * FROM steps WHERE json_extract(properties, '$.{kind}Name') = ?", name)  # noqa: S608
        return Step(**{**rows[0], "properties": json.loads(rows[0]["properties"])}) if rows else None

    def add_call(self, operation: str, body: dict[str, Any], response: dict[str, Any]) -> float:
        """Record a registry call that changed something; its time."""
        now = time.time()
        self._run(
            "INSERT INTO calls (operation, body, response, at) VALUES (?,?,?,?)",
            operation, json.dumps(body), json.dumps(response), now,
        )  # fmt: skip
        return now

    def find_call(self, operation: str, field_name: str, value: str) -> dict[str, Any] | None:
        """Response of an earlier call whose body has this field."""
        rows = self._all(
            "SELECT response FROM calls WHERE operation = ? AND json_extract(body, ?) = ? ORDER BY seq LIMIT 1",
            operation, f"$.{field_name}", value,
        )  # fmt: skip
        return json.loads(rows[0]["response"]) if rows else None

    def calls(self) -> list[tuple[str, dict[str, Any], dict[str, Any], float]]:
        """Registry calls in order: operation, body, response, time."""
        rows = self._all("SELECT * FROM calls ORDER BY seq")
        return [(r["operation"], json.loads(r["body"]), json.loads(r["response"]), r["at"]) for r in rows]

    def add_event(self, event: dict[str, Any]) -> None:
        """Put an event into the outbox."""
        self._run("INSERT INTO events VALUES (?,?,'pending','[]',?)", event["id"], json.dumps(event), time.time())

    def events(self, state: str) -> list[tuple[dict[str, Any], list[str], float]]:
        """Events in one state, oldest first: event, queues it was sent to, time of the last change."""
        rows = self._all("SELECT * FROM events WHERE state = ? ORDER BY rowid", state)
        return [(json.loads(r["body"]), json.loads(r["queues"]), r["at"]) for r in rows]

    def set_event(self, event_id: str, state: str, queues: list[str]) -> None:
        """Move an event on: pending -> sent -> settled."""
        self._run(
            "UPDATE events SET state=?, queues=?, at=? WHERE id=?", state, json.dumps(queues), time.time(), event_id
        )

    def reopen_events(self) -> None:
        """At start: what was sent but not seen to be worked off is sent again, the rest is forgotten."""
        self._run("DELETE FROM events WHERE state='settled'")
        self._run("UPDATE events SET state='pending' WHERE state='sent'")


def _execution(row: sqlite3.Row) -> Execution:
    return Execution(**{**row, "parameters": json.loads(row["parameters"])})
