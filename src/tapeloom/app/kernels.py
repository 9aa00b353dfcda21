"""The compiled inner loops: whether numba has them in its cache, and making it so."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import tapeloom


def is_compiled() -> bool:
    """Tell whether numba's cache holds the kernels of every module that sounds in a record."""
    root = Path(tapeloom.__file__).parent
    for source in (*root.glob("dsp/*.py"), *root.glob("synth/**/*.py")):
        if "njit(" not in source.read_text("utf-8"):
            continue
        cached = list(source.parent.glob(f"__pycache__/{source.stem}.*.nbi"))
        if not any(index.stat().st_mtime >= source.stat().st_mtime for index in cached):
            return False
    return True


def is_theory_compiled(root: Path | None = None) -> bool:
    """Tell whether numba has compiled theory's loops since their sources were last changed.

    root   the package's folder; the installed one where None
    """
    folder = (root or Path(tapeloom.__file__).parent) / "theory"
    newest: dict[str, float] = {}
    for index in folder.glob("__pycache__/*.nbi"):
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
