"""What stays in memory for long is not looked at by the collector of cycles."""

import gc


def settle() -> None:
    """Take what is held now for lasting; what was held before and is not any more goes.

    The collector looks at all that lasts again and again while requests are answered: a tenth of a what-if's time,
    and the longest waits.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
