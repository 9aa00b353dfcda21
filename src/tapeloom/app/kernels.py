"""The compiled inner loops: whether numba has them in its cache, and making it so."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import tapeloom


def is_compiled() -> bool:
    """Tell whether numba's cache holds the kernels of every module that has some."""
    root = Path(tapeloom.__file__).parent
    for source in (*root.glob("dsp/*.py"), *root.glob("synth/*.py")):
        if "njit(" not in source.read_text("utf-8"):
            continue
        cached = list(source.parent.glob(f"__pycache__/{source.stem}.*.nbi"))
        if not any(index.stat().st_mtime >= source.stat().st_mtime for index in cached):
            return False
    return True


def compile_once(say: Callable[[str], None]) -> None:
    """Compile all inner loops if this is the first use, by making a record of four bars."""
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
    say(f"compiled in {perf_counter() - begin:.0f} seconds")
