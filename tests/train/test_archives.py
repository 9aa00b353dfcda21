"""Archives of data sets: their sums, what they may hold, and that they are unpacked once."""

import hashlib
import io
import tarfile

import pytest

from tapeloom.core.errors import InputError
from tapeloom.train.archives import read_sums, unpack, unpacked
from tapeloom.train.corpus.song import read_songs

from .toy_data import SHARED, write_irb, write_pop909


def pack(folder, name, target):
    """Pack a set as shared/data has it: what lies in its folder, without the folder."""
    with tarfile.open(target / f"{name}.tar.xz", "w:xz") as archive:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                archive.add(path, path.relative_to(folder / name))


def with_members(path, *members):
    with tarfile.open(path, "w:xz") as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    return path


def member(name, size=0, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info


@pytest.fixture
def packed(tmp_path):
    sets, folder = tmp_path / "sets", tmp_path / "data"
    folder.mkdir()
    write_irb(sets, "Tune 1")
    write_pop909(sets, "001", bars=8)
    for name in ("irb", "pop909", "pop909cl"):
        pack(sets, name, folder)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.tar.xz"))
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))
    return folder


def test_archives_are_read_like_folders_and_unpacked_once(packed, tmp_path):
    told: list[str] = []
    cache = tmp_path / "cache"
    place = unpacked(packed, cache, report=told.append)
    assert [song.key for song in read_songs(place)] == ["001", "Tune 1"]
    assert told == [f"unpacking {name}.tar.xz" for name in ("pop909", "pop909cl", "irb")]
    assert unpacked(packed, cache, sources=("irb",), report=told.append) == place
    assert len(told) == 3
    assert sorted(path.name for path in place.iterdir() if path.is_dir()) == [
        "irb", "pop909", "pop909cl",
    ]  # fmt: skip


def test_what_is_unpacked_already_is_taken_as_it_is(packed, tmp_path):
    write_irb(packed, "Tune 2")
    place = unpacked(packed, tmp_path / "cache")
    assert [song.key for song in read_songs(place, sources=("irb",))] == ["Tune 2"]
    assert unpacked(packed, tmp_path / "cache", sources=("irb",)) == packed


def test_an_archive_that_changed_is_unpacked_again(packed, tmp_path):
    place = unpacked(packed, tmp_path / "cache", sources=("irb",))
    other = tmp_path / "other"
    write_irb(other, "Tune 3")
    pack(other, "irb", packed)
    with pytest.raises(InputError, match=r"irb\.tar\.xz is not what SHA256SUMS says"):
        unpacked(packed, tmp_path / "cache", sources=("irb",))
    (packed / "SHA256SUMS").unlink()
    assert unpacked(packed, tmp_path / "cache", sources=("irb",)) == place
    assert [song.key for song in read_songs(place, sources=("irb",))] == ["Tune 3"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (member("../escape.json"), "outside its folder"),
        (member("/root/escape.json"), "outside its folder"),
        (member("link", kind=tarfile.SYMTYPE, link="/etc/passwd"), "neither file nor folder"),
        (member("link", kind=tarfile.LNKTYPE, link="a"), "neither file nor folder"),
        (member("pipe", kind=tarfile.FIFOTYPE), "neither file nor folder"),
    ],
)
def test_archives_that_mean_ill_are_refused_and_leave_nothing(tmp_path, bad, words):
    path = with_members(tmp_path / "irb.tar.xz", (member("a", 3), b"abc"), (bad, b""))
    with pytest.raises(InputError, match=words):
        unpack(path, tmp_path / "irb")
    assert [p.name for p in tmp_path.iterdir()] == ["irb.tar.xz"]


def test_archives_that_are_too_much_or_none_are_refused(tmp_path):
    big = with_members(tmp_path / "big.tar.xz", (member("a", 10**6), bytes(10**6)))
    with pytest.raises(InputError, match="over 100000 bytes"):
        unpack(big, tmp_path / "big", max_bytes=100_000)
    many = with_members(tmp_path / "many.tar.xz", *((member(str(i)), b"") for i in range(5)))
    with pytest.raises(InputError, match="over 4 files"):
        unpack(many, tmp_path / "many", max_files=4)
    broken = tmp_path / "broken.tar.xz"
    broken.write_bytes(big.read_bytes()[:100])
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(broken, tmp_path / "broken")
    broken.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(broken, tmp_path / "broken")
    assert not (tmp_path / "broken").exists()


def test_folders_and_lists_that_are_none_are_told(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        unpacked(tmp_path / "nothing", tmp_path)
    with pytest.raises(InputError, match="'jsb' is no data set"):
        unpacked(tmp_path, tmp_path, sources=("jsb",))
    assert unpacked(tmp_path, tmp_path / "cache") == tmp_path  # read_songs tells what is missing
    (tmp_path / "SHA256SUMS").write_text("nothing\n")
    with pytest.raises(InputError, match="no list of sums"):
        read_sums(tmp_path / "SHA256SUMS")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")
@pytest.mark.slow
def test_the_real_archives_are_read(tmp_path):
    place = unpacked(SHARED, tmp_path, sources=("irb",))
    assert sum(1 for _ in read_songs(place, sources=("irb",))) > 1000
