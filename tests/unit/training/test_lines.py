"""The line that ``trace`` shows is the line the reader counted, whatever ends the lines of a file."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from core.contracts import keys
from core.contracts.sales import ITEM, SOURCE_LINE, UNITS
from training.lines import line_of
from training.reading import read_file
from training.store import Bucket

HEADER = "date,store_id,item_id,units"
ROWS = [f"2024-01-{day:02},01,item {day},{day}.5" for day in range(1, 8)]
PLAIN = [HEADER, *ROWS]


def quoted(lines: list[str], end: str) -> str:
    """The same lines; the item of the third row has a line end of its own."""
    broken = [line.replace("item 3", f'"item{end}3"') for line in lines]
    return end.join(broken) + end


def with_lone_cr(lines: list[str], end: str) -> str:
    """One row ends with a CR alone, and a blank line with another."""
    return end.join(lines[:3]) + "\r" + end.join(lines[3:5]) + end + "\r" + end.join(lines[5:]) + end


FILES = {
    "LF": "\n".join(PLAIN).encode(),
    "CR LF": "\r\n".join([*PLAIN, ""]).encode(),
    "CR": "\r".join([*PLAIN, ""]).encode(),
    "LF, quoted LF": quoted(PLAIN, "\n").encode(),
    "CR LF, quoted CR LF": quoted(PLAIN, "\r\n").encode(),
    "CR, quoted CR": quoted(PLAIN, "\r").encode(),
    "LF, quoted CR": quoted(PLAIN, "\n").replace('"item\n3"', '"item\r3"').encode(),
    "LF, lone CR": with_lone_cr(PLAIN, "\n").encode(),
    "CR LF, lone CR": with_lone_cr(PLAIN, "\r\n").encode(),
    "LF CR": "\n\r".join([*PLAIN, ""]).encode(),
    "CR CR LF": "\r\r\n".join([*PLAIN, ""]).encode(),
    "blank lines, form feeds": "\n\n\x0c\n".join([*PLAIN, ""]).encode(),
    "line separators": "\n".join([*PLAIN, ""]).replace("item 2", "item\u2028 2").encode(),
    "UTF-8 with mark": b"\xef\xbb\xbf" + with_lone_cr(PLAIN, "\n").encode(),
    "UTF-16": with_lone_cr(PLAIN, "\r\n").encode("utf-16"),
    "UTF-16 without mark": "\r\n".join([*PLAIN, ""]).encode("utf-16-le"),
    "cp1252": with_lone_cr(PLAIN, "\r\n").replace("item 2", "Käse 2").encode("cp1252"),
    "one line of cp1252 in UTF-8": "\r\n".join(PLAIN).replace("item 2", "Käse 2").encode()
    .replace(b"item 5", "Käse 5".encode("cp1252")),
}  # fmt: skip


@pytest.fixture(scope="module")
def raw() -> Iterator[Bucket]:
    """One for all files: making it takes longer than reading them."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
        s3.create_bucket(Bucket="raw")
        s3.put_bucket_versioning(Bucket="raw", VersioningConfiguration={"Status": "Enabled"})
        yield Bucket(s3, "raw")


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_traced_to_the_line_that_the_reader_counted(raw: Bucket, tmp_path: Path, name: str) -> None:
    body = FILES[name]
    path = tmp_path / "a.csv"
    path.write_bytes(body)
    reading = read_file(path, name="shop/a.csv")
    assert reading.table is not None, reading.verdict.sentence
    version = raw.s3.put_object(Bucket="raw", Key="shop/a.csv", Body=body)["VersionId"]
    raw.put_document(keys.verdict("shop/a.csv", version), reading.verdict)
    read = reading.table.select(SOURCE_LINE, ITEM, UNITS).rows()
    assert len(read) == len(ROWS)
    for line, item, units in read:
        shown = line_of(raw, "shop/a.csv", version, line)
        assert shown is not None
        if f"{units}" not in shown:  # a quoted line end: the line it begins on
            assert "3" in item
            assert '"item' in shown
            continue
        assert shown.endswith(f",{units}")
        assert item in shown
