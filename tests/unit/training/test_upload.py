"""Files are checked here, sent whole and once, and the cloud's verdict is told."""

import base64
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.contracts import keys
from core.contracts.errors import RejectedDataError, RetryableError
from core.contracts.verdict import Kind, Note, Reason, Verdict
from tests import shop
from tests.twin.shops import START
from tests.unit.training.conftest import PlaceHere
from training.cli import app
from training.commands import places
from training.store import sha256_of
from training.uploading.sender import Sender, Sent, usable
from training.uploading.transfer import MIB, send
from training.uploading.watch import Memory, Watch

PART = 5 * MIB
GOOD, BAD = shop.csv(START, 30), b"hello\nworld\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Large enough for three parts."""
    path = tmp_path / "large.bin"
    path.write_bytes(random.Random(7).randbytes(2 * PART + MIB))
    return path


def stored(place: PlaceHere, key: str, version: str | None = None) -> bytes:
    extra: dict[str, Any] = {"VersionId": version} if version else {}
    return place.raw.s3.get_object(Bucket="raw", Key=key, **extra)["Body"].read()


def judge(place: PlaceHere, key: str, version: str, kind: Kind = Kind.ACCEPTED, *notes: Note) -> None:
    """What the cloud would write."""
    verdict = Verdict(kind=kind, sentence=f"the cloud's word on {key}", notes=notes)
    place.raw.put_document(keys.verdict(key, version), verdict)


class Kills:
    """Stops an upload at its second part, once."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, text: str) -> None:
        self.said.append(text)
        if text.startswith("part 2") and len(self.said) == 2:
            raise KeyboardInterrupt


def test_a_small_file_arrives_whole_with_its_hash(place: PlaceHere, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(GOOD)
    sha256 = sha256_of(file)
    asked: list[dict[str, Any]] = []
    place.raw.s3.meta.events.register("provide-client-params.s3.PutObject", lambda params, **_: asked.append(params))
    version = send(place.raw, file, "shop/a.csv", sha256=sha256, state=tmp_path / "state.json", say=print)
    assert stored(place, "shop/a.csv", version) == GOOD
    assert place.raw.s3.head_object(Bucket="raw", Key="shop/a.csv")["Metadata"] == {"sha256": sha256}
    assert base64.b64decode(asked[0]["ChecksumSHA256"]).hex() == sha256
    assert not (tmp_path / "state.json").exists()


def test_a_large_file_arrives_in_parts_and_leaves_no_state(place: PlaceHere, file: Path, tmp_path: Path) -> None:
    said: list[str] = []
    state, sha256 = tmp_path / "state.json", sha256_of(file)
    version = send(place.raw, file, "shop/l", sha256=sha256, state=state, say=said.append, part_size=PART)
    assert stored(place, "shop/l", version) == file.read_bytes()
    assert said == ["part 1 of 3", "part 2 of 3", "part 3 of 3"]
    assert not state.exists()


def test_an_interrupted_upload_goes_on_where_it_stopped(place: PlaceHere, file: Path, tmp_path: Path) -> None:
    say = Kills()
    given: dict[str, Any] = {"sha256": sha256_of(file), "state": tmp_path / "state.json", "part_size": PART}
    with pytest.raises(KeyboardInterrupt):
        send(place.raw, file, "shop/l", say=say, **given)
    assert given["state"].exists()
    version = send(place.raw, file, "shop/l", say=say, **given)
    assert say.said == ["part 1 of 3", "part 2 of 3", "part 2 of 3", "part 3 of 3"]
    assert stored(place, "shop/l", version) == file.read_bytes()


def test_another_content_or_a_forgotten_upload_begins_anew(place: PlaceHere, file: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = {"state": tmp_path / "state.json", "part_size": PART}
    with pytest.raises(KeyboardInterrupt):
        send(place.raw, file, "shop/l", sha256=sha256_of(file), say=Kills(), **given)
    file.write_bytes(random.Random(8).randbytes(2 * PART + MIB))
    with pytest.raises(KeyboardInterrupt):
        send(place.raw, file, "shop/l", sha256=sha256_of(file), say=Kills(), **given)
    for each in place.raw.s3.list_multipart_uploads(Bucket="raw")["Uploads"]:
        place.raw.s3.abort_multipart_upload(Bucket="raw", Key=each["Key"], UploadId=each["UploadId"])
    send(place.raw, file, "shop/l", sha256=sha256_of(file), say=print, **given)
    assert stored(place, "shop/l") == file.read_bytes()


def test_a_file_that_changes_while_it_is_sent_never_becomes_an_object(
    place: PlaceHere, file: Path, tmp_path: Path
) -> None:
    sha256 = sha256_of(file)
    file.write_bytes(random.Random(9).randbytes(2 * PART + MIB))
    with pytest.raises(RejectedDataError, match="changed while it was being uploaded"):
        send(place.raw, file, "shop/l", sha256=sha256, state=tmp_path / "s.json", say=print, part_size=PART)
    assert place.raw.newest_version("shop/l") is None
    assert not (tmp_path / "s.json").exists()


@pytest.fixture
def run(place: PlaceHere, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """The command, and a cloud that judges as soon as it is asked: the word in the file's name is the kind."""
    monkeypatch.setattr(places, "find", lambda *_, **__: place)
    ask = Sender.verdict

    def answer(self: Sender, sent: Sent) -> Verdict | None:
        kind = next((kind for kind in Kind if kind.value in sent.key), Kind.ACCEPTED)
        judge(place, sent.key, sent.version_id, kind)
        return ask(self, sent)

    monkeypatch.setattr(Sender, "verdict", answer)
    return lambda *arguments: CliRunner().invoke(app, ["upload", *arguments, "--state", str(tmp_path / "state")])


def write(folder: Path, name: str, body: bytes = GOOD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def test_the_cloud_s_verdict_is_printed_and_decides_the_exit_code(
    place: PlaceHere, run: Callable[..., Result], tmp_path: Path
) -> None:
    good = run(str(write(tmp_path, "a.csv")), "--dataset", "shop")
    assert good.exit_code == 0, good.output
    assert "the cloud's word on shop/a.csv" in good.stdout
    assert stored(place, "shop/a.csv") == GOOD
    refused = run(str(write(tmp_path, "rejected.csv")), "--dataset", "shop", "--json")
    assert refused.exit_code == 1
    assert Verdict.model_validate_json(refused.stdout).kind is Kind.REJECTED


def test_a_file_refused_here_is_not_sent_but_the_others_are(
    place: PlaceHere, run: Callable[..., Result], tmp_path: Path
) -> None:
    result = run(str(write(tmp_path, "bad.csv", BAD)), str(write(tmp_path, "a.csv")), "--dataset", "shop")
    assert result.exit_code == 1
    assert place.raw.newest_version("shop/bad.csv") is None
    assert place.raw.newest_version("shop/a.csv") is not None
    assert run(str(tmp_path / "bad.csv"), "--unchecked").exit_code == 0
    assert stored(place, "default/bad.csv") == BAD


def test_the_check_here_follows_the_dataset_s_own_configuration(place: PlaceHere, tmp_path: Path) -> None:
    place.lake.put(keys.config("shop"), '[reading]\ndate_format = "%d/%m/%Y"\n')
    sender = Sender(place, tmp_path, print)
    file = write(tmp_path, "a.csv", b"date,store,item,units\n03/04/2024,1,A,5\n04/05/2024,1,A,6\n")
    ours, others = sender.check(file, "shop/a.csv"), sender.check(file, "other/a.csv")
    assert ours is not None
    assert others is not None
    assert ours.kind.merged
    assert not others.kind.merged


def test_names_no_dataset_can_have_are_refused_before_anything_is_sent(
    place: PlaceHere, run: Callable[..., Result], tmp_path: Path
) -> None:
    for dataset in ("Not A Name", "verdicts"):
        result = run(str(write(tmp_path, "a.csv")), "--dataset", dataset)
        assert result.exit_code == places.FAILED
        assert "dataset name" in result.stderr
    twice = run(str(write(tmp_path, "x/a.csv")), str(write(tmp_path, "y/a.csv")))
    assert twice.exit_code == places.FAILED
    assert place.raw.keys("") == []


def test_no_file_and_no_folder_is_a_wrong_use(run: Callable[..., Result]) -> None:
    assert run().exit_code == 2


def test_content_that_is_in_the_table_already_counts_as_usable() -> None:
    said = Note(reason=Reason.ALREADY_INGESTED, sentence="it is there")
    assert usable(Verdict(kind=Kind.IGNORED, sentence="known", notes=(said,)))
    assert not usable(Verdict(kind=Kind.IGNORED, sentence="a folder"))


def test_a_verdict_that_does_not_come_is_said_with_its_address(place: PlaceHere, tmp_path: Path) -> None:
    sender = Sender(place, tmp_path, print)
    with pytest.raises(RetryableError, match=r"s3://raw/verdicts/shop/a.csv/v1.json"):
        sender.wait(Sent(tmp_path, "shop/a.csv", "", "v1"), 0, sleep=lambda _: None)


class Watched:
    """A folder under watch, whose clock is the test's own hand."""

    def __init__(self, place: PlaceHere, folder: Path, dataset: str | None = "shop") -> None:
        self.place, self.folder = place, folder / "in"
        self.folder.mkdir(exist_ok=True)
        self.told: list[tuple[str, Kind]] = []
        self.refused: list[str] = []
        self.watch = Watch(
            self.folder, dataset, Sender(place, folder / "state", print), Memory(folder / "watched.jsonl"),
            lambda key, verdict: self.told.append((key, verdict.kind)), self.refused.append,
        )  # fmt: skip

    def versions(self, key: str) -> int:
        return len(self.place.raw.s3.list_object_versions(Bucket="raw", Prefix=key).get("Versions", []))

    def judge_all(self) -> None:
        for sent in self.watch.pending:
            judge(self.place, sent.key, sent.version_id)


def test_a_file_is_sent_when_it_stands_still_and_only_once(place: PlaceHere, tmp_path: Path) -> None:
    here = Watched(place, tmp_path)
    write(here.folder, "a.csv", GOOD[:200])
    assert not here.watch.look()
    write(here.folder, "a.csv", GOOD)  # still being written
    assert not here.watch.look()
    assert here.versions("shop/a.csv") == 0
    here.watch.look()
    here.judge_all()
    assert here.watch.look()
    assert here.watch.look()
    assert (here.versions("shop/a.csv"), here.told) == (1, [("shop/a.csv", Kind.ACCEPTED)])
    os.utime(here.folder / "a.csv", (1, 1))  # touched, not changed
    here.watch.look()
    assert here.watch.look()
    assert here.versions("shop/a.csv") == 1


def test_a_corrected_file_is_sent_again(place: PlaceHere, tmp_path: Path) -> None:
    here = Watched(place, tmp_path)
    for body in (GOOD, shop.csv(START, 31)):
        write(here.folder, "a.csv", body)
        here.watch.look()
        here.watch.look()
        here.judge_all()
    assert here.watch.look()
    assert here.versions("shop/a.csv") == 2


def test_a_correction_that_is_taken_back_is_sent_again_and_another_process_knows(
    place: PlaceHere, tmp_path: Path
) -> None:
    here = Watched(place, tmp_path)
    for body in (GOOD, shop.csv(START, 31), GOOD):
        write(here.folder, "a.csv", body)
        here.watch.look()
        here.watch.look()
        here.judge_all()
        here.watch.look()
    assert here.versions("shop/a.csv") == 3
    later = Watched(place, tmp_path)
    later.watch.look()
    assert later.watch.look()
    assert (later.told, later.versions("shop/a.csv")) == ([], 3)


def test_another_process_remembers_what_was_sent_and_hears_the_verdict(place: PlaceHere, tmp_path: Path) -> None:
    first = Watched(place, tmp_path)
    write(first.folder, "a.csv")
    first.watch.look()
    first.watch.look()
    first.judge_all()  # and the process ends before it looks again
    second = Watched(place, tmp_path)
    second.watch.look()
    assert second.watch.look()
    assert second.told == [("shop/a.csv", Kind.ACCEPTED)]
    third = Watched(place, tmp_path)
    third.watch.look()
    assert third.watch.look()
    assert (third.told, third.versions("shop/a.csv")) == ([], 1)


def test_a_memory_torn_by_a_kill_is_read_as_far_as_it_goes(place: PlaceHere, tmp_path: Path) -> None:
    here = Watched(place, tmp_path)
    write(here.folder, "a.csv")
    here.watch.look()
    here.watch.look()
    with (tmp_path / "watched.jsonl").open("a") as memory:
        memory.write('{"key": "shop/b.c')
    again = Watched(place, tmp_path)
    write(again.folder, "b.csv", shop.csv(START, 31))
    again.watch.look()
    again.watch.look()
    again.judge_all()
    again.watch.look()
    assert [here.versions(f"shop/{name}") for name in ("a.csv", "b.csv")] == [1, 1]
    last = Watched(place, tmp_path)
    last.watch.look()
    assert last.watch.look(), "both are known"


def test_unfinished_and_hidden_files_are_left_alone_and_refused_ones_told_once(
    place: PlaceHere, tmp_path: Path
) -> None:
    here = Watched(place, tmp_path)
    for name in (".a.csv", "b.csv.part", "~c.csv", ".git/d.csv"):
        write(here.folder, name)
    write(here.folder, "bad.csv", BAD)
    for _ in range(3):
        here.watch.look()
    assert here.told == [("shop/bad.csv", Kind.REJECTED)]
    assert place.raw.keys("") == []


def test_without_a_dataset_each_subfolder_is_one(place: PlaceHere, tmp_path: Path) -> None:
    here = Watched(place, tmp_path, dataset=None)
    write(here.folder, "grocery/2024/a.csv")
    write(here.folder, "Bad Name/a.csv")
    here.watch.look()
    here.watch.look()
    assert place.raw.keys("") == ["grocery/2024/a.csv"]
    (sentence,) = here.refused
    assert "'Bad Name' is not a dataset name" in sentence


def test_watching_once_ends_when_everything_is_judged(
    place: PlaceHere, run: Callable[..., Result], tmp_path: Path
) -> None:
    write(tmp_path, "in/a.csv")
    write(tmp_path, "in/quarantined.csv", shop.csv(START, 31))
    asked = ("--watch", str(tmp_path / "in"), "--dataset", "shop", "--once", "--every", "0.01", "--json")
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert {Verdict.model_validate_json(line).kind for line in result.stdout.splitlines()} == {
        Kind.ACCEPTED, Kind.QUARANTINED,
    }  # fmt: skip
    assert run(*asked).stdout == ""
