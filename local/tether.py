"""Run a command that dies with the process that asked for it.

Used as ``python tether.py PARENT_PID COMMAND...``. The kernel is told to kill the
command when its parent ends, however that happens, so a killed world leaves no
worker behind. A small program of its own because this must be said between fork
and exec, where a threaded parent may not safely run Python.
"""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def command(arguments: Sequence[str]) -> list[str]:
    """The command line that runs ``arguments`` tied to the calling process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *arguments]


def main() -> None:
    """Tie, check that the parent still lives, and become the command."""
    parent, arguments = int(sys.argv[1]), sys.argv[2:]
    with contextlib.suppress(OSError, AttributeError):  # there is no prctl outside Linux
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the process that started this one has ended")
    os.execvp(arguments[0], arguments)  # noqa: S606


if __name__ == "__main__":
    main()
