"""Chords that lead to the next one: dominants, ii-Vs, substitutes, backdoors, diminished chords."""

from collections.abc import Iterator, Sequence

from tapeloom.core.harmony import Chord
from tapeloom.theory.setting import Setting
from tapeloom.theory.techniques import Candidate, make_candidate, suits

# Chords that lead to a target: semitones above its root and family. "ii" is half-diminished
# before minor. The target is any, minor, or home: a major chord that is no dominant.
_APPROACHES: tuple[tuple[str, tuple[tuple[int, str], ...], str], ...] = (
    ("secondary dominant", ((7, "dominant"),), "any"),
    ("secondary ii-V", ((2, "ii"), (7, "dominant")), "any"),
    ("suspension", ((7, "suspended"), (7, "dominant")), "any"),
    ("tritone substitute", ((1, "dominant"),), "any"),
    ("tritone ii-V", ((8, "minor7"), (1, "dominant")), "any"),
    ("ii with tritone substitute", ((2, "ii"), (1, "dominant")), "any"),
    ("backdoor", ((10, "dominant"),), "home"),
    ("backdoor ii-V", ((5, "minor7"), (10, "dominant")), "home"),
    ("minor plagal", ((5, "minor"),), "home"),
    ("leading diminished", ((11, "diminished"),), "any"),
    ("Neapolitan", ((1, "major"),), "any"),
)
# A tritone substitute stands for the dominant that was there, or approaches; a ii may be added.
_RENAMED = {"secondary ii-V": "related ii", "tritone substitute": "tritone approach"}


def approaches(setting: Setting, index: int, *, splits: bool) -> Iterator[Candidate]:
    """Yield chords that lead to the next one, after the span's own chord or in place of it.

    splits   whether the span may be divided

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("C | Dm7"), Key("C", "major"), STYLES["jazz"])
    >>> [str(s.chord) for s in next(approaches(setting, 0, splits=True)).spans]
    ['Cmaj7', 'Dbdim7']
    """
    target = setting.following(index)
    if target is None:
        return
    span = setting.spans[index]
    kind = setting.kind_of(index)
    if setting.kind_of(index + 1) in ("diminished", "augmented"):
        return  # dominants themselves: nothing comes to rest there
    is_minor = 3 in target.intervals and 4 not in target.intervals
    falls = (span.chord.root - target.root) % 12 == 7 and kind in ("dominant", "suspended")
    for name, steps, condition in (*_passing(span.chord, target), *_APPROACHES):
        if condition not in ("any", "minor" if is_minor else "home"):
            continue
        if condition == "home" and setting.kind_of(index + 1) != "major":
            continue
        technique = _RENAMED.get(name, name) if falls is (name == "secondary ii-V") else name
        if setting.degree(target) == 0:
            technique = technique.removeprefix("secondary ")
        if (name == "suspension" and not falls) or (falls and name == "secondary dominant"):
            continue
        if name == "Neapolitan" and setting.degree(target) != 0:
            continue
        if name == "minor plagal" and setting.degree(target) not in (0, 5):
            continue
        words = {"old": setting.text(span.chord), "target": setting.text(target)}
        stretches: list[tuple[int, bool]] = []
        replaces = name != "passing diminished" and target.root != span.chord.root
        if replaces and (
            kind in ("dominant", "minor7", "half-diminished", "suspended") or not splits
        ):
            stretches.append((span.start, False))
        if splits and not falls and steps[0][0] != (span.chord.root - target.root) % 12:
            tail = setting.tail(span.start, span.end)
            if tail is not None and name != "Neapolitan":
                stretches.append((tail, True))
        for start, keeps in stretches:
            placed = place_chords(setting, steps, start, span.end, target, splits=splits)
            if placed is None:
                continue
            chords, cost = placed
            if keeps:
                head = setting.coloured(index, end=start)
                chords = [(span.start, start, head), *chords]
                if not suits(setting, chords):
                    continue
            yield make_candidate(setting, index, index + 1, chords, technique, cost=cost,
                        expects=target.root, words=words)  # fmt: skip


def _passing(chord: Chord, target: Chord) -> list[tuple[str, tuple[tuple[int, str], ...], str]]:
    """Return the diminished chord between two roots a whole tone apart, if they are."""
    gap = (target.root - chord.root) % 12
    if gap == 2:
        return [("passing diminished", ((11, "diminished"),), "any")]
    if gap == 10:
        return [("passing diminished", ((1, "diminished"),), "minor")]
    return []


def place_chords(
    setting: Setting,
    steps: Sequence[tuple[int, str]],
    start: int,
    end: int,
    target: Chord,
    *,
    splits: bool = True,
    root: int | None = None,
) -> tuple[list[tuple[int, int, Chord]], float] | None:
    """Dress chords that share a stretch, the last first, since each looks at what follows it.

    steps    semitones above the target's root (or above `root`) and families; "ii" is what the
             target's mode asks for
    Returns start, end and chord of each with what they cost on average; None where none fits.

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("C | C"), Key("C", "major"), STYLES["jazz"])
    >>> placed, _ = place_chords(setting, ((2, "ii"), (7, "dominant")), 0, 40320, Chord(0, "maj7"))
    >>> [(start, str(chord)) for start, _, chord in placed]
    [(0, 'Dm7'), (20160, 'G7')]
    """
    cuts = setting.split(start, end, len(steps))
    if cuts is None or (len(steps) > 1 and not splits):
        return None
    origin = target.root if root is None else root
    is_minor = 3 in target.intervals and 4 not in target.intervals
    following = target
    placed: list[tuple[int, int, Chord]] = []
    total = 0.0
    for i in range(len(steps) - 1, -1, -1):
        above, kind = steps[i]
        if kind == "ii":
            kind = "half-diminished" if is_minor else "minor7"
        options = setting.dressed(origin + above, kind, cuts[i], cuts[i + 1], target=following)
        if not options:
            return None
        following, cost = options[0]
        total += cost
        placed.insert(0, (cuts[i], cuts[i + 1], following))
    return placed, total / len(steps)
