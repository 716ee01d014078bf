"""Progress: a line a stage with its seconds, live in a terminal, plain in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class Stage:
    """A stage under way; what it says is shown while it lasts."""

    def __init__(self, console: Console, title: str, status: Status | None) -> None:
        self._console = console
        self._status = status
        self._title = title
        self._said = ""
        self.summary = ""

    def say(self, detail: str) -> None:
        """Show what is being done now; the same words twice are shown once."""
        if detail == self._said:
            return
        self._said = detail
        if self._status:
            self._status.update(f"{self._title}  [dim]{escape(detail)}[/dim]")
        else:
            self._console.print(f"    {detail}", style="dim", highlight=False, markup=False)


@contextmanager
def stage(console: Console, title: str, seconds: dict[str, float] | None = None) -> Iterator[Stage]:
    """Run one stage; its duration is shown, and kept in ``seconds[title]``."""
    start = time.monotonic()
    if console.is_terminal:
        live = Console() if console.record else console  # what only flickers by is no part of a recording
        with live.status(title) as status:
            current = Stage(console, title, status)
            yield current
    else:
        console.print(f"  … {title}")
        current = Stage(console, title, None)
        yield current
    lasted = round(time.monotonic() - start, 2)
    if seconds is not None:
        seconds[title] = lasted
    tail = f"  [dim]{current.summary}[/dim]" if current.summary else ""
    console.print(f"  [green]✓[/green] {title} [bold]{lasted:.1f} s[/bold]{tail}", highlight=False)
