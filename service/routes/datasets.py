"""Which dataset a request means."""

from service.board import Board, Serving, State
from service.problems import ProblemError, quoted

_RETRY = {"Retry-After": "2"}


def chosen(board: Board, dataset: str | None) -> State:
    """The state of the dataset named, or of the only one.

    Raises:
        ProblemError: 404 unknown, 422 not named where there are several, 503 none is known yet.
    """
    states = board.states
    if not states:
        raise ProblemError(503, "no_champion", "no dataset has a champion yet; try again soon", headers=_RETRY)
    if dataset is None:
        if len(states) == 1:
            return next(iter(states.values()))
        names = sorted(states)
        raise ProblemError(422, "dataset_required", f"say dataset=; there are {', '.join(names)}", datasets=names)
    if dataset not in states:
        names = sorted(states)
        sentence = f"there is no dataset {quoted(dataset)}; there are {', '.join(names)}"
        raise ProblemError(404, "unknown_dataset", sentence, datasets=names)
    return states[dataset]


def serving(board: Board, dataset: str | None) -> Serving:
    """What is in memory of that dataset.

    Raises:
        ProblemError: as ``chosen``; 503 when its champion has nothing to serve yet.
    """
    state = chosen(board, dataset)
    if state.serving is None:
        why = state.last_error.sentence if state.last_error else state.pending or "it is being loaded"
        raise ProblemError(
            503, "not_ready", f"dataset '{state.dataset}' has no forecasts in memory: {why}", headers=_RETRY
        )
    return state.serving
