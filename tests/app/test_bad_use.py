"""Bad use: one clear sentence, exit code 2, no traceback, nothing left behind."""

from pathlib import Path

import pytest

from .conftest import tapeloom

CASES = [
    (["--key", "H#"], "'H#' is no key"),
    (["--bpm", "0"], "bpm is 0"),
    (["--bpm", "nan"], "bpm is nan"),
    (["--bpm", "fast"], "Invalid value for '--bpm'"),
    (["--minutes", "-1"], "minutes is -1"),
    (["--minutes", "500"], "between 0.5 and 120"),
    (["--minutes", "1", "--bars", "8"], "give one of them"),
    (["--bars", "0"], "bars is 0"),
    (["--meter", "4/0"], "'4/0' is no meter"),
    (["--seed", "-5"], "seed is -5"),
    (["--count", "0"], "--count is 0"),
    (["--jobs", "0"], "--jobs is 0"),
    (["--engine", "magic"], "'magic'"),
    (["--keep", "drums", "--from", "song.mid"], "'drums' cannot be kept"),
    (["--from", "song.mid", "--minutes", "2"], "which has its own"),
    (["--from", "nowhere"], "nowhere"),
    (["--from", "text.mid"], "text.mid"),
    (["--from", "cut.mid"], "cut.mid"),
    (["--from", "huge.mid"], "huge.mid"),
    (["--from", "empty"], "is no record"),
    (["--out", "text.mid/x"], "cannot be written to"),
    (["x" * 600], "at most 500 characters"),
    (["--nonsense"], "--nonsense"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files that cannot be used."""
    import mido

    folder = tmp_path_factory.mktemp("bad")
    (folder / "text.mid").write_text("this is no MIDI file, but it says so\n" * 20)
    file = mido.MidiFile()
    track = mido.MidiTrack()
    file.tracks.append(track)
    for _ in range(50):
        track.append(mido.Message("note_on", note=60, velocity=90, time=100))
        track.append(mido.Message("note_off", note=60, velocity=0, time=100))
    file.save(folder / "song.mid")
    (folder / "cut.mid").write_bytes((folder / "song.mid").read_bytes()[:90])
    with (folder / "huge.mid").open("wb") as huge:
        huge.truncate(2 * 2**30)  # sparse: two gigabytes that take no space
    (folder / "empty").mkdir()
    return folder


@pytest.mark.parametrize(("arguments", "sentence"), CASES, ids=[" ".join(a)[:30] for a, _ in CASES])
def test_bad_use_is_one_sentence(place: Path, arguments: list[str], sentence: str) -> None:
    ran = tapeloom("make", *arguments, cwd=place, COLUMNS="200", TERM="dumb", NO_COLOR="1")
    assert ran.code == 2
    assert sentence in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert not (place / "out").exists()


def test_an_existing_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out/rain-1").mkdir(parents=True)
    ran = tapeloom("make", "rain", "--seed", "1", cwd=tmp_path)
    assert ran.code == 2
    assert "--force" in ran.err


def test_help_answers_without_the_heavy_libraries(tmp_path: Path) -> None:
    spy = (
        "import atexit, sys\n"
        "heavy = ('numba', 'scipy', 'matplotlib', 'av', 'soundfile', 'PIL', 'symusic')\n"
        "atexit.register(lambda: print('HEAVY', [n for n in heavy if n in sys.modules]))"
    )
    ran = tapeloom("--help", cwd=tmp_path, before=spy)
    assert ran.code == 0
    for verb in ("make", "compose", "analyze", "groove", "reharmonize", "harmonize", "doctor",
                 "render", "instruments", "mix"):  # fmt: skip
        assert verb in ran.out
    assert "HEAVY []" in ran.out


def test_the_version_is_told(tmp_path: Path) -> None:
    from tapeloom import __version__

    assert tapeloom("--version", cwd=tmp_path).out.strip() == __version__
