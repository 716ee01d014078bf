"""What the state of a sale is called: columns that tell it, and words of cells that say it came back or was none."""

from typing import Final

from training.reading.vocabulary import CANCELLED_WORDS, WORDS, fold

AWAITED, UNPAID = frozenset(map(fold, WORDS["awaited"])), frozenset(map(fold, WORDS["unpaid"]))
NEVER_SOLD: Final = frozenset(map(fold, WORDS["never_sold"])) | AWAITED
UNSETTLED, _SENDING = frozenset(map(fold, WORDS["unsettled"])), frozenset(WORDS["sending"])
TESTS: Final = frozenset(WORDS["tests"])
_STATE, _STATE_OF = frozenset(map(fold, WORDS["state"])), frozenset(WORDS["state_of"])
_CALLED_OFF, _NOT_OFF = frozenset(WORDS["called_off"]), frozenset(WORDS["not_off"])
_VOIDS, _BESIDE_VOIDS = frozenset(WORDS["voids"]), frozenset(WORDS["beside_voids"])
_MOST_WORDS: Final = 6
_REFUNDED, _IN_PART, _NOT_WHOLE = (frozenset(map(fold, WORDS[name])) for name in ("refunded", "in_part", "not_whole"))
_RETURN, _BESIDE_FLAGS = frozenset(WORDS["nouns_of_return"]), frozenset(WORDS["beside_flags"])
_MAY_BE_RETURNS, _BESIDE_CREDITS = frozenset(WORDS["may_be_returns"]), frozenset(WORDS["beside_credits"])
_BACK: Final = frozenset(WORDS["given_back"])
_ENDS: Final = ("status", *map(fold, ("ステータス", "状態", "状态", "상태", "статус")))
_PHRASES: Final = tuple(map(fold, WORDS["state_phrases"]))
_NO_STATES: Final = frozenset(WORDS["no_states"])
_NOT_OF_SALES: Final = frozenset(WORDS["no_states_of_sales"])
_VAGUE: Final = frozenset(map(fold, WORDS["vague_states"]))
_DAY: Final = frozenset({"at", "on", "date", "datetime", "am", "datum", "le", "fecha", "data", "op"})


def is_state(name: str) -> bool:
    """``Status``, ``Zahlungsstatus``, ``注文ステータス``: the state of a sale; not ``Subscription status``."""
    tokens = set(fold(name).split())
    states = {token for token in tokens if token in _STATE or token.endswith(_ENDS)}
    return bool(states) and tokens - states <= _STATE_OF | _BACK


def may_be_state(name: str) -> bool:
    """``Estado final``, ``Trạng thái``, ``STATUS FINAL DO PEDIDO``: called a state, and perhaps that of a sale."""
    folded = fold(name)
    tokens = set(folded.split())
    told = any(token in _STATE or token.endswith(_ENDS) for token in tokens) or any(
        words in folded for words in _PHRASES
    )
    return told and _NO_STATES.isdisjoint(tokens)


def may_tell_states(name: str) -> bool:
    """Any name but that of what has states of its own: ``Membership``, ``Warranty``."""
    return (_NO_STATES | _NOT_OF_SALES).isdisjoint(fold(name).split())


def is_status(name: str) -> bool:
    """A name that means the state of an order alone; ``State`` and ``Estado`` may be of a country."""
    tokens = set(fold(name).split())
    return may_be_state(name) and not _VAGUE & tokens


def is_of_none(text: str) -> bool:
    """A state of what was called off, taken back or never sold."""
    if len(text.split()) > _MOST_WORDS:
        return False
    off = is_called_off(text) or text.lower() in CANCELLED_WORDS or fold(text) in NEVER_SOLD
    return off or is_refunded(text) or is_refunded_in_part(text)


def is_of_sending(name: str) -> bool:
    """``Fulfillment Status``: of what is sent, once it is sold."""
    return not _SENDING.isdisjoint(fold(name).split())


def is_of_return(name: str) -> bool:
    """``Return status``: of what comes back."""
    return not (_REFUNDED | _BACK).isdisjoint(fold(name).split())


def is_flag_of_return(name: str) -> bool:
    """``Refunded``, ``Is Returned``, ``Return flag``, ``Rückgabe``."""
    tokens = set(fold(name).split())
    return bool(tokens & (_REFUNDED | _RETURN)) and tokens <= _REFUNDED | _RETURN | _STATE_OF | _BESIDE_FLAGS


def may_flag_return(name: str) -> bool:
    """``Credit``, ``Ret``, ``Is Exchange``, ``Gutschrift``: a flag of that name may mark what came back."""
    tokens = set(fold(name).split())
    beside = _STATE_OF | _BESIDE_FLAGS | _BESIDE_CREDITS
    return bool(tokens & _MAY_BE_RETURNS) and tokens <= _MAY_BE_RETURNS | beside


def is_noun_of_return(name: str) -> bool:
    """``Return flag``, ``Is Return``: may say of a line that it is the return itself; not ``Returned``."""
    return not _RETURN.isdisjoint(fold(name).split())


def is_day_of_return(name: str) -> bool:
    """``Refunded at``, ``Returned on``: filled where a sale came back; not ``Return date``, by which it should."""
    tokens = set(fold(name).split())
    return bool(tokens & (_REFUNDED - {"return"})) and bool(tokens & _DAY) and tokens <= _REFUNDED | _STATE_OF | _DAY


def is_called_off(text: str) -> bool:
    """``CANCELLED_BY_PARTNER``, ``Venta cancelada``: not ``Partially cancelled``, ``Not cancelled`` or a remark."""
    tokens = fold(text).split()
    off = next((at for at, token in enumerate(tokens) if token in _CALLED_OFF), None)
    if off is None or len(tokens) > _MOST_WORDS:
        return False
    denied = {*tokens[:off], *tokens[-1:]}  # "Cancelled - no payment" says why, and "Cancelled: no" that it was not
    return _NOT_OFF.isdisjoint(denied) and _IN_PART.isdisjoint(tokens)


def is_called_after_voids(name: str) -> bool:
    """``Cancelled``, ``Void flag``, ``VOIDFLAG``: a column of states whose cells may say yes alone."""
    tokens = fold(name).split()
    return any(token in CANCELLED_WORDS or token.removesuffix("flag").removeprefix("is") in _VOIDS for token in tokens)


def is_mark_of_void(name: str) -> bool:
    """``Void Reason``, ``Voided By``, ``Storno-Kz``, ``Deleted``: filled where a line was called off."""
    tokens = set(fold(name).split())
    return bool(tokens & _VOIDS) and tokens <= _VOIDS | _BESIDE_VOIDS


def is_refunded(text: str) -> bool:
    """``Refunded``, ``Voll erstattet``: taken back whole; not ``Partially refunded`` nor ``Return requested``."""
    tokens = set(fold(text).split())
    return not _REFUNDED.isdisjoint(tokens) and tokens.isdisjoint(_IN_PART | _NOT_WHOLE)


def is_no_return(text: str) -> bool:
    """``Not returned``, ``Return rejected``: nothing came back, or not yet."""
    return not _NOT_WHOLE.isdisjoint(fold(text).split())


def is_refunded_in_part(text: str) -> bool:
    """``partially_refunded``, ``Teilweise erstattet``."""
    tokens = set(fold(text).split())
    return not _REFUNDED.isdisjoint(tokens) and not _IN_PART.isdisjoint(tokens) and tokens.isdisjoint(_NOT_WHOLE)
