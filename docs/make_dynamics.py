"""Make the table, the figures and the picture of the compressors in docs/effects.md.

python docs/make_dynamics.py
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.circuits import CIRCUITS, Circuit
from tapeloom.dsp.compressors import Compressor, reduction_db
from tapeloom.media.figures import FAINT, LINE, ROLE_COLOURS, TEXT, dress, new_figure, save

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "effects.md"
PICTURE = ROOT / "docs" / "images" / "compressors.png"
RATE = 192_000
THRESHOLD_DB = -30.0
SHOWN = {"threshold_db": THRESHOLD_DB, "ratio": 4.0}
COLOURS = dict(zip(CIRCUITS, ROLE_COLOURS.values(), strict=False))
# What is measured: what is asked for, the dB above the threshold, how long it stays there, the
# share of the change, what the source says in ms.
ATTACKS: tuple[tuple[str, dict[str, Any], float, float], ...] = (
    ("digital", {}, 20.0, 15.0),
    ("vca", {"ratio": math.inf}, 10.0, 15.0),
    ("vca", {"ratio": math.inf}, 20.0, 5.0),
    ("vca", {"ratio": math.inf}, 30.0, 3.0),
    ("fet", {"attack_ms": 0.02}, 20.0, 0.02),
    ("fet", {"attack_ms": 0.8}, 20.0, 0.8),
    ("opto", {}, 20.0, 10.0),
    ("vari_mu", {"attack_ms": 0.2}, 20.0, 0.2),
    ("vari_mu", {"attack_ms": 0.8}, 20.0, 0.8),
    ("bus", {"attack_ms": 0.3}, 20.0, 0.3),
    ("bus", {"attack_ms": 30.0}, 20.0, 30.0),
)
RELEASES: tuple[tuple[str, dict[str, Any], float, float, float], ...] = (
    ("digital", {}, 0.2, 0.632, 150.0),
    ("fet", {"release_ms": 50.0}, 0.2, 0.632, 50.0),
    ("fet", {"release_ms": 1100.0}, 0.2, 0.632, 1100.0),
    ("opto", {}, 0.1, 0.5, 60.0),
    ("opto", {}, 0.1, 0.95, 500.0),
    ("opto", {}, 15.0, 0.95, 5000.0),
    ("vari_mu", {}, 0.1, 0.632, 300.0),
    ("vari_mu", {"release_ms": 5000.0}, 0.1, 0.632, 5000.0),
    ("vari_mu", {"auto_release": True}, 2.5, 0.632, 10_000.0),
    ("vari_mu", {"auto_release": True}, 40.0, 0.632, 25_000.0),
    ("bus", {"release_ms": 100.0}, 0.2, 0.632, 100.0),
    ("bus", {"release_ms": 1200.0}, 0.2, 0.632, 1200.0),
)


def gain_db(levels: tuple[tuple[float, float], ...], rate: int, **asked: Any) -> NDArray[Any]:
    """Return the gain over time under a tone that has each (level above the threshold, seconds)."""
    peak = np.concatenate(
        [np.full(round(s * rate), 10 ** ((THRESHOLD_DB + db) / 20)) for db, s in levels]
    )
    # A quarter of the rate, half-way between its zeros: every sample tells the gain.
    x = peak * np.sin(np.pi / 2 * np.arange(peak.size) + np.pi / 4)
    y = Compressor(rate, 1, threshold_db=THRESHOLD_DB, **asked).process(x[None])[0]
    return np.asarray(20 * np.log10(y / x))


def time_ms(gain: NDArray[Any], rate: int, to_db: float, share: float) -> float:
    """Return how long the gain takes over a share of its way."""
    way = (gain - gain[0]) / (to_db - gain[0])
    return float((way >= share).argmax()) / rate * 1000


def milliseconds(value: float) -> str:
    """Return a time as people write it."""
    if value >= 1000:
        return f"{value / 1000:.3g} s"
    return f"{value:.3g} ms" if value >= 1 else f"{1000 * value:.3g} µs"


def table() -> str:
    """Return the six kinds as a table."""
    rows = ["| kind | hears | law | attack | release | after |", "|---|---|---|---|---|---|"]
    for kind, circuit in CIRCUITS.items():
        rows.append(
            f"| `{kind}` | {_hears(circuit)} | {_law(circuit)} | {_attack(circuit)} | "
            f"{_release(circuit)} | {circuit.source} |"
        )
    return "\n".join(rows)


def _hears(circuit: Circuit) -> str:
    heard = "the power, averaged" if circuit.averages else "the power" if circuit.power else "peaks"
    return f"{heard}, at the {'output' if circuit.feedback else 'input'}"


def _law(circuit: Circuit) -> str:
    if circuit.growing:
        return f"a ratio that grows to {circuit.ratio:g}, half-way {circuit.knee_db:g} dB over"
    knee = f"a knee of {circuit.knee_db:g} dB" if circuit.knee_db else "no knee"
    return f"{circuit.ratio:g}:1, {knee}"


def _attack(circuit: Circuit) -> str:
    time = milliseconds(circuit.attack_ms)
    return f"{time} for 10 dB, less for more" if circuit.averages else time


def _release(circuit: Circuit) -> str:
    if circuit.averages:
        return f"{10_000 / circuit.release_ms:.0f} dB a second"
    time = milliseconds(circuit.release_ms)
    if circuit.released == 0.5:
        return f"{time} for a half, the rest in 0.5 to 5 s"
    if not circuit.automatic:
        return time
    slow = ", ".join(milliseconds(s.release_ms) for s in circuit.automatic if s.release_ms)
    return f"{time}, automatic {slow}"


def figures() -> str:
    """Measure attacks and releases, and return them beside what the sources say."""
    rows = ["| kind | set to | measured | source | found |", "|---|---|---|---|---|"]
    for kind, asked, over, source in ATTACKS:
        gain = gain_db(((-20.0, 0.2), (over, 0.3)), RATE, kind=kind, **asked)[RATE // 5 - 1 :]
        found = time_ms(gain, RATE, gain[-1], 0.632)
        rows.append(
            f"| `{kind}` | {_words(asked)} | attack, {over:g} dB over | {milliseconds(source)} | "
            f"{milliseconds(found)} |"
        )
    gain = gain_db(((20.0, 0.5), (-40.0, 0.3)), RATE, kind="vca", ratio=math.inf)[RATE // 2 :]
    rate = (gain[RATE // 8] - gain[RATE // 80]) / (1 / 8 - 1 / 80)
    rows.append(f"| `vca` |  | release | 120 dB/s | {rate:.0f} dB/s |")
    slow = 16_000
    for kind, asked, loud_s, share, source in RELEASES:
        levels = ((20.0, loud_s), (-20.0, 1.5 * source / 1000))
        gain = gain_db(levels, slow, kind=kind, **asked)[round(loud_s * slow) - 1 :]
        found = time_ms(gain, slow, 0.0, share)
        rows.append(
            f"| `{kind}` | {_words(asked)} | release of {share:.0%} after {loud_s:g} s | "
            f"{milliseconds(source)} | {milliseconds(found)} |"
        )
    return "\n".join(rows)


def _words(asked: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in asked.items())


def picture() -> None:
    """Draw static curves, attacks and releases of the six kinds."""
    width, height = 10.4, 3.5
    figure = new_figure(width, height, top=0.35)
    static, attack, release = (
        figure.add_axes(((0.55 + 3.32 * k) / width, 0.5 / height, 2.75 / width, 2.6 / height))
        for k in range(3)
    )
    levels = np.linspace(-50.0, 0.0, 201)
    for kind, colour in COLOURS.items():
        numbers = {**SHOWN, "knee_db": CIRCUITS[kind].knee_db}
        static.plot(levels, levels - reduction_db(levels, kind=kind, **numbers), color=colour)
        asked = {"kind": kind, "ratio": 4.0}
        gain = gain_db(((-20.0, 0.1), (20.0, 0.1)), RATE, **asked)[RATE // 10 :]
        attack.plot(np.arange(1, gain.size + 1) / RATE * 1000, gain / -gain.min(), color=colour)
        gain = gain_db(((20.0, 2.0), (-20.0, 1.5)), 16_000, **asked)[32_000:]
        time = np.arange(gain.size) / 16_000
        release.plot(time, gain / -gain[0], color=colour, label=kind.replace("_", "-"))
    static.plot(levels, levels, color=FAINT, linewidth=0.7, linestyle=":")
    attack.set_xscale("log")
    attack.set_xlim(0.01, 100.0)
    titles = {
        static: "level out over level in, dBFS",
        attack: "attack: share of the gain over ms",
        release: "release after 2 s: share over s",
    }
    for axes, title in titles.items():
        dress(axes)
        axes.grid(color=LINE, linewidth=0.6)
        axes.set_title(title, color=TEXT, fontsize=9, loc="left")
    release.legend(fontsize=8, labelcolor=TEXT, frameon=False, loc="lower right")
    save(figure, PICTURE)


def main() -> None:
    """Draw, measure, and put the tables into the page."""
    picture()
    page = PAGE.read_text("utf-8")
    for name, text in (("compressors", table()), ("compressor times", figures())):
        begin, end = f"<!-- {name}: made by docs/make_dynamics.py -->", f"<!-- end of {name} -->"
        head, rest = page.split(begin)
        page = f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
