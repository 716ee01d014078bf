"""Bundles are unpacked safely, and the container's root can be moved."""

import io
import tarfile
from pathlib import Path

import pytest

from core.contracts.errors import RejectedModelError
from training.container import OptMl, extract_bundle


def archive(path: Path, name: str) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 2
        tar.addfile(member, io.BytesIO(b"{}"))
    return path


def test_a_bundle_is_unpacked(tmp_path: Path) -> None:
    folder = extract_bundle(archive(tmp_path / "m.tar.gz", "manifest.json"), tmp_path / "out")
    assert (folder / "manifest.json").read_text() == "{}"


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json"])
def test_a_member_never_lands_outside(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "m.tar.gz", name)
    with pytest.raises(RejectedModelError, match=r"m\.tar\.gz: .*evil\.json' lies outside of it"):
        extract_bundle(path, tmp_path / "deep" / "out")
    assert not (tmp_path / "deep" / "evil.json").exists()
    assert not Path("/etc/evil.json").exists()


def test_a_link_is_no_file_of_a_model(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "m.tar.gz", "w:gz") as tar:
        link = tarfile.TarInfo("model.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(RejectedModelError, match=r"'model\.json' is no file"):
        extract_bundle(tmp_path / "m.tar.gz", tmp_path / "out")
    assert not (tmp_path / "out" / "model.json").exists()


def test_a_damaged_archive_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "m.tar.gz").write_bytes(b"not gzip")
    with pytest.raises(RejectedModelError, match=r"m\.tar\.gz: not a usable model archive"):
        extract_bundle(tmp_path / "m.tar.gz", tmp_path / "out")


def test_the_root_moves_with_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPT_ML", str(tmp_path))
    assert OptMl.from_env().model == tmp_path / "model"
    assert OptMl.from_env().processing_output("decision").is_dir()
    monkeypatch.delenv("OPT_ML")
    assert OptMl.from_env().root == Path("/opt/ml")
