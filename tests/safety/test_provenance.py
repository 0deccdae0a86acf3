"""Keys are made once and kept secret; a manifest tells what was signed, and that nothing changed since."""

import stat
import sys
import threading
from pathlib import Path

import pytest

from yingxi.core.clip import Provenance
from yingxi.core.errors import YingxiError
from yingxi.media.picture import write_png
from yingxi.media.video import probe, write_take
from yingxi.safety.credentials import SIGNER, credentials, home
from yingxi.safety.provenance import read_manifest, sign, source_type

DRAWN, SAMPLED = Provenance("stage", "animation", prompt="夜"), Provenance("nano", "sampled", "f00", 3, "dusk")
FOUND = Provenance("holiday.mp4", "found")
ON_FOUND = Provenance("nano", "sampled", "f00", 3, "dusk", ("d1",), ("holiday.mp4", "face.png"))


@pytest.mark.parametrize(
    ("provenances", "voices", "expected"),
    [
        ([DRAWN, DRAWN], False, "algorithmicMedia"),
        ([SAMPLED], False, "trainedAlgorithmicMedia"),
        ([DRAWN, SAMPLED], False, "compositeWithTrainedAlgorithmicMedia"),
        ([DRAWN], True, "compositeWithTrainedAlgorithmicMedia"),
        ([SAMPLED], True, "compositeWithTrainedAlgorithmicMedia"),
        ([ON_FOUND], False, "compositeWithTrainedAlgorithmicMedia"),
        ([SAMPLED, FOUND], False, "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_source_types(provenances: list[Provenance], voices: bool, expected: str) -> None:
    assert source_type(provenances, voices) == expected


def test_a_signed_video_tells_what_made_it(tmp_path: Path, scene) -> None:
    path = tmp_path / "film.mp4"
    write_take(path, scene(5), 24)
    before = probe(path)
    assert read_manifest(path, "video/mp4").state == "none"
    sign(path, "compositeWithTrainedAlgorithmicMedia", "影戏", [DRAWN, SAMPLED, DRAWN])
    manifest = read_manifest(path, "video/mp4")
    assert manifest.state == "trusted"
    assert manifest.source_type == "compositeWithTrainedAlgorithmicMedia"
    assert (manifest.title, manifest.signed_by) == ("影戏", SIGNER)
    assert (manifest.software or "").startswith("Yingxi ")
    assert [shot["model"] for shot in manifest.shots] == ["stage", "nano"]
    assert manifest.shots[1] == {
        "model": "nano", "kind": "sampled", "weights": "f00", "seed": 3, "prompt": "dusk", "parents": [], "found": [],
    }  # fmt: skip
    assert probe(path) == before
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert len(list(tmp_path.iterdir())) == 1


def test_files_that_were_given_are_ingredients(tmp_path: Path, scene) -> None:
    path = tmp_path / "still.png"
    write_png(path, next(scene(1)))
    sign(path, "compositeWithTrainedAlgorithmicMedia", "t", [ON_FOUND, SAMPLED, FOUND])
    manifest = read_manifest(path, "image/png")
    assert manifest.state == "trusted"
    assert manifest.given == ("holiday.mp4", "face.png")
    assert manifest.shots[0]["found"] == ["holiday.mp4", "face.png"]


def test_every_byte_of_picture_and_index_is_under_the_signature(tmp_path: Path, scene) -> None:
    path = tmp_path / "film.mp4"
    write_take(path, scene(3), 24)
    sign(path, "algorithmicMedia", "t", [DRAWN])
    data = path.read_bytes()
    moov = data.index(b"moov")
    for at in (*range(moov + 8, len(data), 211), len(data) - 1):
        changed = bytearray(data)
        changed[at] ^= 0x10
        path.write_bytes(changed)
        assert read_manifest(path, "video/mp4").state == "invalid", at


def test_a_signed_png_and_a_changed_one(tmp_path: Path, scene) -> None:
    path = tmp_path / "still.png"
    write_png(path, next(scene(1)))
    sign(path, "algorithmicMedia", "t", [DRAWN])
    assert read_manifest(path, "image/png").state == "trusted"
    data = bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(data)
    manifest = read_manifest(path, "image/png")
    assert manifest.state == "invalid"
    assert manifest.problems == ("assertion.dataHash.mismatch",)


def test_what_a_stranger_signed_is_valid_but_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene
) -> None:
    path = tmp_path / "still.png"
    write_png(path, next(scene(1)))
    sign(path, "algorithmicMedia", "t", [DRAWN])
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path / "another"))
    assert read_manifest(path, "image/png").state == "valid"
    assert not (tmp_path / "another").exists()  # reading makes no keys
    credentials()
    assert read_manifest(path, "image/png").state == "valid"


def test_keys_are_made_once_and_kept_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path / "new"))
    first = credentials()
    assert credentials() == first
    (file,) = (tmp_path / "new").iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "PRIVATE KEY" not in first.chain


def test_makers_at_the_same_time_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path / "new"))
    found, gate = [], threading.Barrier(8)

    def make() -> None:
        gate.wait()
        found.append(credentials())

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["signer.pem"]


def test_a_damaged_key_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path))
    (tmp_path / "signer.pem").write_text("once a key")
    with pytest.raises(YingxiError, match="is damaged"):
        credentials()


def test_a_home_that_cannot_be_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path / "file" / "home"))
    path = tmp_path / "still.png"
    write_png(path, next(scene(1)))
    before = path.read_bytes()
    with pytest.raises(YingxiError, match=r"signer\.pem.*YINGXI_HOME"):
        sign(path, "algorithmicMedia", "t", [DRAWN])
    assert path.read_bytes() == before
    assert read_manifest(path, "image/png").state == "none"


def test_homes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YINGXI_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("YINGXI_HOME")
    if sys.platform.startswith("linux"):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        assert home() == tmp_path / "config" / "yingxi"
