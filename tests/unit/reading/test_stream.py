"""A file read block by block gives what it gives when it is read as a whole."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.contracts.dataset import DatasetConfig
from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY
from training.reading import Limits, Reading, read_file, reader
from training.reading.files.containers import Part, open_parts
from training.reading.streaming import coded, twins
from training.reading.streaming.laid import Laid, with_line_feeds

WHOLE = 1 << 40
HEAD = "date,store,item,qty,price,promo,weather\n"
BODY = [
    f"2024-{month:02d}-{day:02d},S{store},{item},{day * store},{store}.{day},{day % 2},{day % 3}"
    for month in range(1, 7)
    for day in range(1, 29)
    for store in (1, 2)
    for item in ("00A", "Käse")
]
ID = ["id," + HEAD.strip()] + [f"{number},{row}" for number, row in enumerate(BODY)]


def both(path: Path, content: str | bytes, block: int = 4000, **reading: object) -> tuple[Reading, Reading, bool]:
    """The file by blocks, as a whole, and whether blocks were enough."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    config = DatasetConfig.model_validate({"reading": {"max_refused_share": 0.2, **reading}})
    with pytest.MonkeyPatch.context() as patch:
        whole: list[Path] = []

        def opened(path: Path, name: str, limits: Limits) -> tuple[list[Part], list[str]]:
            whole.append(path)
            return open_parts(path, name, limits)

        patch.setattr(reader, "open_parts", opened)
        parts = read_file(path, config=config, today=TODAY, block_bytes=block)
    return parts, read_file(path, config=config, today=TODAY, block_bytes=WHOLE), not whole


def assert_same(parts: Reading, whole: Reading) -> None:
    assert parts.verdict == whole.verdict
    assert parts.quarantine == whole.quarantine
    assert (parts.table is None) == (whole.table is None)
    if parts.table is not None and whole.table is not None:
        assert parts.table.equals(whole.table)
        assert parts.table.schema == whole.table.schema


def lines(*extra: tuple[int, str], body: list[str] = BODY, head: str = HEAD) -> str:
    """The regular file with further lines put in."""
    rows = list(body)
    for place, row in extra:
        rows.insert(place, row)
    return head + "\n".join(rows) + "\n"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return packed.getvalue()


TWINS = lines(
    (300, BODY[3].replace(",2.1,", ",7.1,")), (600, BODY[3]), (20, BODY[40].replace(",0,", ",9,")),
    (90, "2024-07-01,S1,00A,12O4,1,0,1"), (2, "2024-06-30,S9,x,-4,1,0,1"), (8, BODY[500].replace("28,", "-28,")),
)  # fmt: skip
REGULAR: dict[str, str | bytes] = {
    "plain": lines(),
    "preamble": "Report of sales\n\n" + lines(),
    "windows line ends": lines().replace("\n", "\r\n"),
    "no last line end": lines().rstrip("\n"),
    "returns end its lines": lines((90, "2024-07-01,S1,00A,12O4,1,0,1")).replace("\n", "\r"),
    "returns end some lines": lines(body=BODY[:300]) + "\r".join(BODY[300:]) + "\n",
    "a return ends one line": lines().replace("\n", "\r\n").replace("\r\n2024-03-07", "\r2024-03-07", 1),
    "returns in an older encoding": lines().replace("\n", "\r").encode("cp1252"),
    "a return in an older encoding": lines().replace("\n2024-01-20", "\r2024-01-20", 1).encode("cp1252"),
    "returns in two encodings": lines(body=[*BODY[:300], "2024-07-01,S1,Köln,5,1,0,1"]).replace("\n", "\r").encode()
    + "\r".join(BODY[300:]).encode("cp1252"),
    "returns of two bytes": b"\xff\xfe" + lines().replace("\n", "\r").encode("utf-16-le"),
    "packed with returns": gzip.compress(lines().replace("\n", "\r").encode()),
    "unsorted": lines(body=BODY[::-1]),
    "blank lines": lines((50, ""), (400, ",,,,,,")),
    "bad numbers": lines((90, "2024-07-01,S1,00A,12O4,1,0,1"), (500, "2024-07-02,S1,00A,5,x,0,1")),
    "bad dates": lines((90, "2024-06-31,S1,00A,4,1,0,1"), (500, "2095-07-02,S1,00A,5,1,0,1"), (3, "x,S1,a,5,1,0,1")),
    "an old date far down": lines((600, "1956-07-02,S1,00A,5,1,0,1")),
    "blanks": lines((90, "2024-07-01,,00A,5,1,0,1"), (500, "2024-07-02,S1,00A,,1,,"), (9, ",S1,00A,5,1,0,1")),
    "totals": lines((300, "Total,,,900,,,"), (672, "2024-07-01,Total,,900,1,0,1")),
    "quotes": lines((300, '2024-07-01,"S1, North","say ""hi""",900,1,0,1')),
    "ragged": lines((300, "2024-07-01,S1,00A,900"), (301, "2024-07-01,S1,00A,900,1,0,1,1,1")),
    "a covariate that becomes text": lines((600, "2024-07-01,S1,00A,5,1,0,rain")),
    "a text where the row is refused": lines((600, "2024-07-01,S1,00A,x,5,0,rain")),
    "a covariate of many texts": lines(body=[f"{row}x{number}" for number, row in enumerate(BODY)]),
    "a covariate that ends": lines(body=[row if n < 300 else row[:-1] for n, row in enumerate(BODY)]),
    "a note at the end": lines((len(BODY), "Source: till,,,,,,")),
    "numbered lines": "\n".join(ID),
    "semicolons": lines().replace(",", ";").replace(".", ","),
    "an older encoding": lines().encode("cp1252"),
    "an older encoding far down": lines(body=BODY[::2] + BODY[1::2]).encode("cp1252"),
    "two encodings": lines(body=[*BODY[:300], "2024-07-01,S1,Köln,5,1,0,1"]).encode()
    + "\n".join(BODY[300:]).encode("cp1252"),
    "a mark": b"\xef\xbb\xbf" + lines().encode(),
    "two bytes a letter": b"\xff\xfe" + lines().encode("utf-16-le"),
    "two bytes a letter without a mark": lines().encode("utf-16-be"),
    "packed": gzip.compress(lines().encode()),
    "packed in an older encoding": gzip.compress(lines().replace("\n", "\r\n").encode("cp1252")),
    "packed with bad numbers": gzip.compress(lines((90, "2024-07-01,S1,00A,12O4,1,0,1")).encode()),
    "a member of an archive": zipped({"a/sales.csv": lines((90, "2024-07-01,S1,00A,12O4,1,0,1"))}),
    "a member beside what a system adds": zipped({"sales.csv": lines(), "__MACOSX/._sales.csv": "x"}),
    "days first that only later blocks prove": HEAD
    + "".join(
        f"{day:02d}/03/2024,S{store:03d},{item},{store % 7},1.{day},0,1\n"
        for day in range(1, 29)
        for store in range(20)
        for item in ("a", "b")
    ),
    "days first": HEAD + "\n".join(f"{r[8:10]}/{r[5:7]}/{r[:4]}{r[10:]}" for r in BODY) + "\n",
    "twice the same": lines((300, BODY[3]), (301, BODY[3]), (9, BODY[300])),
    "two of one key": TWINS,
    "two of one key, and elsewhere a store that was closed": lines(
        (300, "2024-07-01,S1,00A,closed,1,0,1"), (660, BODY[3]), (661, BODY[9].replace(",1.", ",4."))
    ),
    "two of one key in a member of an archive": zipped({"a.csv": TWINS}),
    "an item in one unit each": "uom," + HEAD + "".join(f"{'kg' if 'K' in row else 'ea'},{row}\n" for row in BODY),
    "all twice": lines(body=[*BODY, *BODY]),
}
IRREGULAR: dict[str, str | bytes] = {
    "a mark where files were put together": lines((300, "\ufeff2024-07-01,S1,00A,5,1,0,1")),
    "what pads the end": lines() + "\x1a",
    "a state of returned rows": HEAD.strip()
    + ",status\n"
    + "".join(f"{r},{'' if n - 300 else 'returned'}\n" for n, r in enumerate(BODY)),
    "flags of tests, and a cell far down that is none": HEAD.strip()
    + ",is_test\n"
    + "".join(f"{r},{'maybe' if n == 600 else int(n % 50 == 0)}\n" for n, r in enumerate(BODY)),
    "flags of what came back, and a cell far down that is none": HEAD.strip()
    + ",Returned\n"
    + "".join(f"{r},{'blue' if n == 600 else 'no' if n % 50 else 'yes'}\n" for n, r in enumerate(BODY)),
    "what was and, from far down, what should be": "which,"
    + HEAD
    + "".join(f"{'Actual' if n < 300 else 'Forecast'},{r}\n" for n, r in enumerate(BODY)),
    "what went out and, far down, what came in": "moved,"
    + HEAD
    + "".join(f"{'IN' if n == 600 else 'OUT'},{r}\n" for n, r in enumerate(BODY)),
    "a text that may be the item": "date,store,flavour,qty\n" + "".join(r[: r.index(",", 20)] + "\n" for r in BODY),
    "a line that counts the rows": lines((len(BODY), f"TRL,{len(BODY)}")),
    "an open quote": lines((300, '2024-07-01,"S1,00A,900,1,0,1')),
    "the header again": lines((300, HEAD.strip())),
    "another table": lines((300, "Units,Branch,Date,Price"), (301, "6,S2,2024-01-02,2.5")),
    "a clock far down": lines((500, "2024-07-01 12:30,S1,00A,5,1,0,1")),
    "an older encoding of odd words": lines().encode("cp1252").replace(b"K\xe4se", b"Kas\x8ee"),
    "an encoding that the header proves": lines(
        head=HEAD.replace("qty", "\u043a\u043e\u043b\u0438\u0447\u0435\u0441\u0442\u0432\u043e"),
        body=[row.replace("\xe4", "\u0430") for row in BODY],
    ).encode("cp1251"),
    "a mark of another encoding": b"\xff\xfe" + lines().encode("utf-16-le") + b"\x00",
    "promotions in words": lines(body=[row if n < 300 else row.replace(",1,", ",yes,") for n, row in enumerate(BODY)]),
    "an item in two units far down": "uom," + HEAD + "".join(f"ea,{row}\n" for row in BODY[:600]) + f"cs,{BODY[600]}\n",
    "packed twice": gzip.compress(gzip.compress(lines().encode())),
    "packed and cut off": gzip.compress(lines().encode())[:-9],
    "an archive cut off": zipped({"a.csv": lines()})[:-90],
    "lines numbered twice": "\n".join([*ID, ID[5]]),
    "dates of two styles": HEAD + "\n".join(f"{r[8:10]}/{r[5:7]}/{r[:4]}{r[10:]}" for r in BODY if r[8:10] < "13"),
}


@pytest.mark.parametrize("what", sorted(REGULAR))
def test_a_regular_file_is_read_in_blocks_with_the_same_answer(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block, worth in ((2500, coded.WORTH), (7001, 0)):
        monkeypatch.setattr(coded, "WORTH", worth)  # 0: however many distinct cells a block has, they are its samples
        parts, whole, streamed = both(tmp_path / "a.csv", REGULAR[what], block)
        assert_same(parts, whole)
    assert streamed


@pytest.mark.parametrize("what", sorted(IRREGULAR))
def test_any_other_file_is_read_as_a_whole(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coded, "WORTH", 0)
    parts, whole, _ = both(tmp_path / "a.csv", IRREGULAR[what])
    assert_same(parts, whole)


def test_what_is_configured_holds_in_blocks_too(tmp_path: Path) -> None:
    days = HEAD + "\n".join(f"{r[8:10]}/{r[5:7]}/{r[:4]}{r[10:]}" for r in BODY if r[8:10] < "13")
    parts, whole, streamed = both(tmp_path / "a.csv", days, date_format="%d/%m/%Y", columns={"rain": "weather"})
    assert streamed
    assert_same(parts, whole)
    assert parts.table is not None
    assert "rain" in parts.table.columns


@pytest.mark.parametrize("rule", ["sum", "last", "reject"])
@pytest.mark.parametrize("text", [TWINS, lines(), lines((3, "2024-06-30,S9,x,-4,1,0,1"))])
def test_rows_of_one_key_are_folded_in_blocks_as_in_a_whole_file(tmp_path: Path, rule: str, text: str) -> None:
    parts, whole, streamed = both(tmp_path / "a.csv", text, duplicates=rule)
    assert streamed
    assert_same(parts, whole)


def test_where_very_many_different_rows_share_their_key_the_file_is_read_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twins, "MOST", 1)
    parts, whole, streamed = both(tmp_path / "a.csv", TWINS)
    assert not streamed
    assert_same(parts, whole)


@pytest.mark.parametrize("encoding", ["cp1250", "utf-8", "ascii"])
def test_a_configured_encoding_holds_in_blocks_too(tmp_path: Path, encoding: str) -> None:
    content = lines().encode("cp1250" if encoding == "cp1250" else "utf-8")
    parts, whole, streamed = both(tmp_path / "a.csv", content, encoding=encoding)
    assert streamed == (encoding != "ascii")
    assert_same(parts, whole)


def test_a_line_end_of_two_characters_that_two_pieces_share_is_one(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * ((1 << 20) - 1) + b"\r\n\r" + b"y" * ((1 << 20) - 3) + b"\r" + b"z\r")
    assert with_line_feeds(Laid(file), tmp_path).path.read_bytes().split(b"\n") == [
        b"x" * ((1 << 20) - 1), b"", b"y" * ((1 << 20) - 3), b"z", b"",
    ]  # fmt: skip


def test_what_unpacks_beyond_a_limit_is_refused_before_it_is_unpacked_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(lines().encode()))
    monkeypatch.setattr(reader, "open_parts", None)  # reads whole parts
    verdict = read_file(file, limits=Limits(max_unpacked_bytes=10_000), today=TODAY).verdict
    assert verdict.kind is Kind.REJECTED
    assert "max_unpacked_bytes" in verdict.sentence


@pytest.mark.parametrize("block", [4000, WHOLE])
def test_a_last_day_of_few_series_is_remarked_however_the_file_is_read(tmp_path: Path, block: int) -> None:
    file = tmp_path / "a.csv"
    file.write_text(lines(body=[*BODY, "2024-06-29,S1,00A,4,1.5,0,1"][::-1]))
    verdict = read_file(file, today=TODAY, block_bytes=block).verdict
    said = [note.sentence for note in verdict.notes if note.reason is Reason.HALF_DAY]
    assert said == ["2024-06-29 has 1 series, the days before 4 or more; it may be half delivered"]
