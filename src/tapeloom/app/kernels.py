"""The compiled inner loops: whether numba has them in its cache, and making it so."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import tapeloom


def is_compiled() -> bool:
    """Tell whether numba's cache holds the kernels of every voice, and none that is out of date.

    Effects that no record has had yet are compiled when they are first used.
    """
    return all(
        any(_is_fresh(index, source) for index in cached)
        for folder in ("synth", "dsp")
        for source, cached in _caches(folder)
        if cached or folder == "synth"
    )


def _caches(folder: str) -> Iterator[tuple[Path, list[Path]]]:
    """Yield the modules of a package that have kernels, with what numba keeps of each."""
    for source in (Path(tapeloom.__file__).parent / folder).rglob("*.py"):
        if "njit(" in source.read_text("utf-8"):
            yield source, list(_cache_of(source.parent).glob(f"{source.stem}.*.nbi"))


def _cache_of(folder: Path) -> Path:
    """Return where numba keeps what it compiled of a folder's modules.

    With NUMBA_CACHE_DIR, which an installation that nobody can write to needs, it is a folder
    below that, named by the sources' folder and the SHA-1 of its path (numba.core.caching).
    """
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    if not elsewhere:
        return folder / "__pycache__"
    path = os.path.abspath(folder)
    digest = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return Path(elsewhere) / f"{folder.name}_{digest}"


def _is_fresh(index: Path, source: Path) -> bool:
    return index.stat().st_mtime >= source.stat().st_mtime


def _forget_stale() -> None:
    """Drop what is out of date of effects that the first record did not run."""
    for source, cached in _caches("dsp"):
        for index in cached:
            if not _is_fresh(index, source):
                with suppress(OSError):
                    index.unlink()


def is_theory_compiled(root: Path | None = None) -> bool:
    """Tell whether numba has compiled theory's loops since their sources were last changed.

    root   the package's folder; the installed one where None
    """
    folder = (root or Path(tapeloom.__file__).parent) / "theory"
    newest: dict[str, float] = {}
    for index in _cache_of(folder).glob("*.nbi"):
        module = index.name.split(".")[0]
        newest[module] = max(index.stat().st_mtime, newest.get(module, 0.0))
    sources = {module: folder / f"{module}.py" for module in newest}
    return bool(newest) and all(
        newest[module] >= source.stat().st_mtime
        for module, source in sources.items()
        if source.is_file()
    )


def announce_theory(say: Callable[[str], None]) -> None:
    """Say that the first analysis takes longer, where it will."""
    if not is_theory_compiled():
        say("first use: compiling the inner loops takes some seconds")


def compile_once(say: Callable[[str], None]) -> None:
    """Compile all inner loops if this is the first use, by making a record of four bars.

    Instruments that the record lacks play a note each.
    """
    if is_compiled():
        return
    from time import perf_counter

    from tapeloom.app.order import Order
    from tapeloom.app.pipeline import produce
    from tapeloom.core.brief import Brief

    say("first use: compiling the inner loops, about 20 seconds, once")
    begin = perf_counter()
    with TemporaryDirectory() as folder:
        produce(Order(Brief("rain", bars=4, bpm=95)), Path(folder) / "first")
    _sound_every_instrument()
    _forget_stale()
    say(f"compiled in {perf_counter() - begin:.0f} seconds")


def _sound_every_instrument() -> None:
    import numpy as np

    from tapeloom.core.audio import RATE
    from tapeloom.core.performance import PlayedControl, PlayedNote, PlayedPart
    from tapeloom.core.seed import stream
    from tapeloom.synth.catalogue import NAMES, design
    from tapeloom.synth.render import render_part
    from tapeloom.synth.sampler import Zone

    controls = tuple(PlayedControl(0.0, number, 40) for number in (1, 11, 64, 74))
    notes = (PlayedNote(0.0, 0.05, 60, 90),)
    for name in NAMES:
        voice = design(name).draw(stream(0, name), brightness=0.5)
        part = PlayedPart(name, "keys", name, notes, controls=controls)
        for _ in render_part(part, voice, frames=RATE // 8, seed=0):
            pass
    silence = np.zeros((1, 64), np.float32)
    Zone(lambda: (silence, RATE)).play(60.0, 90, 0.001, RATE)
