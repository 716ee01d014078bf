"""One dataset's way from champion pointer to forecasts in memory."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from core.contracts import keys
from core.contracts.errors import RejectedModelError, RetryableError
from core.contracts.models import ChampionPointer, Publication
from service.board import Board, LastError, Serving, State
from service.memory import settle
from service.objects import Found, Objects
from service.publications import load

log = logging.getLogger(__name__)

FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 60.0
"""Seconds between two tries of a publication that failed: doubled from the first to the longest."""

Document = TypeVar("Document", bound=BaseModel)


class _Watched:
    """One document and the ETag it was read with."""

    def __init__(self, objects: Objects, bucket: str) -> None:
        self._objects, self._bucket = objects, bucket
        self._key = ""
        self.tag: str | None = None
        self.document: BaseModel | None = None

    def look(self, model: type[Document], key: str) -> Document | None:
        """The document as it is now; parsed and sent only when it changed.

        Raises:
            RejectedModelError: it is not such a document. Asked again next time.
        """
        if key != self._key:
            self._key, self.tag, self.document = key, None, None
        found = self._objects.read(self._bucket, key, self.tag)
        if isinstance(found, Found):
            self.document, self.tag = _parse(model, found.body, f"s3://{self._bucket}/{key}"), found.tag
        elif found is None:
            self.document, self.tag = None, None
        return self.document  # type: ignore[return-value]


def _parse(model: type[Document], body: bytes, place: str) -> Document:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "document"
        raise RejectedModelError(f"{place}: {where}: {first['msg']}") from error


class DatasetLoader:
    """Keeps one dataset's state on the board; never takes down what serves.

    Args:
        clock: monotonic seconds, for the waits between tries.
    """

    def __init__(
        self, *, dataset: str, objects: Objects, lake: str, artifacts: str, board: Board, clock: Callable[[], float]
    ) -> None:
        self.dataset = dataset
        self._objects, self._lake, self._board, self._clock = objects, lake, board, clock
        self._pointer, self._publication = _Watched(objects, artifacts), _Watched(objects, lake)
        self._served: tuple[str, str | None] | None = None
        self._failed: tuple[str, str | None] | None = None
        self._wait, self._again_at = FIRST_WAIT, 0.0

    @property
    def state(self) -> State:
        """This dataset's state as the board shows it."""
        return self._board.states.get(self.dataset) or State(self.dataset)

    def poll(self) -> None:
        """Look once. A failure is logged, shown as ``last_error`` and changes nothing else."""
        try:
            self._step()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the new, the last good one serves on
            self._note(error)

    def _step(self) -> None:
        pointer = self._pointer.look(ChampionPointer, keys.champion(self.dataset))
        if pointer is None:
            self._pend(None, f"dataset '{self.dataset}' has no champion")
            return
        model_id = pointer.current.model_id
        if pointer.dataset != self.dataset:
            raise RejectedModelError(f"{keys.champion(self.dataset)}: is dataset '{pointer.dataset}''s pointer")
        publication = self._publication.look(Publication, keys.publication(self.dataset, model_id))
        if publication is None:
            self._pend(pointer, f"champion '{model_id}' has not published forecasts yet")
            return
        if (publication.dataset, publication.model_id) != (self.dataset, model_id):
            raise RejectedModelError(
                f"publication of '{model_id}' names model '{publication.model_id}' of '{publication.dataset}'"
            )
        self._serve(pointer, publication)

    def _serve(self, pointer: ChampionPointer, publication: Publication) -> None:
        wanted = (publication.model_id, self._publication.tag)
        if wanted == self._served:
            self._show(replace(self.state, pointer=pointer, pending=None, last_error=None))
            return
        if wanted == self._failed and self._clock() < self._again_at:
            return
        if wanted != self._failed:
            self._wait = FIRST_WAIT
        self._failed, self._again_at = wanted, self._clock() + self._wait
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        serving = load(self._objects, self._lake, publication, self.state.serving)
        self._show(State(self.dataset, pointer, serving))
        self._served, self._failed = wanted, None
        settle()
        self._tell(serving)

    def _pend(self, pointer: ChampionPointer | None, sentence: str) -> None:
        if self.state.pending != sentence:
            log.info("champion pending", extra={"dataset": self.dataset, "pending": sentence})
        self._show(replace(self.state, pointer=pointer or self.state.pointer, pending=sentence, last_error=None))

    def _note(self, error: Exception) -> None:
        sentence = str(error) or type(error).__name__
        known = self.state.last_error
        if known and known.sentence == sentence:
            return
        expected = isinstance(error, RejectedModelError | RetryableError)
        log.error(
            "champion not loaded, the last good one serves on",
            exc_info=None if expected else error,
            extra={"dataset": self.dataset, "reason": type(error).__name__, "sentence": sentence},
        )
        last = LastError(type(error).__name__, sentence, datetime.now(UTC))
        self._show(replace(self.state, pointer=self._seen() or self.state.pointer, last_error=last))

    def _show(self, state: State) -> None:
        if state != self.state or self.dataset not in self._board.states:
            self._board.put(state)

    def _seen(self) -> ChampionPointer | None:
        document = self._pointer.document
        return document if isinstance(document, ChampionPointer) else None

    def _tell(self, serving: Serving) -> None:
        publication = serving.publication
        log.info(
            "champion serving",
            extra={
                "dataset": self.dataset,
                "model_id": publication.model_id,
                "run_id": publication.run_id,
                "data_as_of": publication.data_as_of.isoformat(),
                "series": publication.series,
                "rows": publication.rows,
            },
        )
