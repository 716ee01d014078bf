"""``python -m training upload``: files checked here, sent whole, judged by the cloud."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from core.contracts import keys
from core.contracts.errors import ConfigError, RejectedDataError
from core.contracts.verdict import Verdict
from training.commands import places
from training.commands.places import Env, Folder, Local
from training.reading.verdicts.show import show
from training.uploading.sender import Sender, state_folder, usable
from training.uploading.watch import Memory, Watch

Files = Annotated[list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="CSV, gz, zip, parquet or xlsx.")]
Watched = Annotated[
    Path | None, typer.Option(exists=True, file_okay=False, help="Send what appears in this folder, until Ctrl-C.")
]


def upload(
    files: Files = None,
    dataset: Annotated[
        str | None, typer.Option(help="Dataset of the files; 'default', or the subfolders' names with --watch.")
    ] = None,
    watch: Watched = None,
    env: Env = "dev",
    *,
    local: Local = False,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print verdicts as JSON, one a line.")] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Send without reading the file here first.")] = False,
    once: Annotated[bool, typer.Option("--once", help="With --watch: end when all that is there is judged.")] = False,
    every: Annotated[float, typer.Option(min=0.01, help="With --watch: seconds between looks.")] = 2.0,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for a verdict; 0: do not wait.")] = 3600.0,
    state: Annotated[Path | None, typer.Option(file_okay=False, help="Where uploads under way are remembered.")] = None,
) -> None:
    """Upload files and print the cloud's verdicts.

    A file that this machine refuses is not sent. A large upload that was interrupted goes on where it stopped.

    Exit code 0: the rows of every file are usable, though some may be refused.

    Exit code 1: a file is refused.

    Exit code 2: the command is wrong, or the cloud cannot be reached.
    """
    if bool(files) == bool(watch):
        raise typer.BadParameter("name files, or a folder with --watch FOLDER", param_hint="FILE")
    printer = _Printer(as_json=as_json)
    with places.told():
        place = places.find(env, folder, local=local)
        remembered = (state or state_folder()) / place.raw.name
        sender = Sender(place, remembered, printer.say, unchecked)
        if watch is None:
            _files(files or [], dataset or keys.DEFAULT_DATASET, sender, printer, wait)
        else:
            memory = Memory(remembered / "watched.jsonl")
            _watch(Watch(watch, dataset, sender, memory, printer.verdict, printer.refused), printer, every, once=once)
    raise typer.Exit(printer.code)


class _Printer:
    """Verdicts go to standard output, all else to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.code = 0
        self._as_json = as_json

    def say(self, text: str) -> None:
        typer.echo(text, err=True)

    def refused(self, sentence: str) -> None:
        self.code = 1
        self.say(sentence)

    def verdict(self, key: str, verdict: Verdict) -> None:
        if not usable(verdict):
            self.code = 1
        if self._as_json:
            sys.stdout.write(verdict.model_dump_json() + "\n")
        else:
            self.say(key)
            show(verdict, Console())


def _files(files: list[Path], dataset: str, sender: Sender, printer: _Printer, wait: float) -> None:
    by_key = {f"{dataset}/{file.name}": file for file in files}
    if len(by_key) < len(files):
        raise RejectedDataError("two of the files have one name, and would replace each other; upload them one by one")
    sent = []
    for key, file in by_key.items():
        checked = sender.check(file, key)
        if checked is not None and not checked.kind.merged:
            printer.verdict(key, checked)
            continue
        sent.append(sender.send(file, key))
        printer.say(f"{key}: sent as version {sent[-1].version_id}")
    for each in sent if wait else ():
        printer.verdict(each.key, sender.wait(each, wait))


def _watch(watch: Watch, printer: _Printer, every: float, *, once: bool) -> None:
    """Look until Ctrl-C, or once until everything is judged. A watch outlives a network that does not."""
    try:
        while True:
            try:
                if watch.look() and once:
                    return
            except (BotoCoreError, ClientError, ConfigError) as error:
                if once:
                    raise
                printer.say(f"{error}; trying again")
            time.sleep(every)
    except KeyboardInterrupt:
        printer.say("no longer watching")
