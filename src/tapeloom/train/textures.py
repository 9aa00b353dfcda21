"""Notes for made-up chords: melodies, led voices, accompaniments."""

from collections.abc import Sequence

import numpy as np

from tapeloom.core.time import PPQ
from tapeloom.train.harmonies import Harmony

Row = tuple[int, int, int, int]  # onset, end, pitch, part


def _nearest(pitch: int, classes: Sequence[int] | frozenset[int], low: int, high: int) -> int:
    """Return the pitch of these classes that lies nearest, within a range."""
    return min(range(low, high + 1), key=lambda p: (p % 12 not in classes, abs(p - pitch)))


def _step(pitch: int, scale: frozenset[int], direction: int) -> int:
    """Return the next pitch of a scale upwards (1) or downwards (-1)."""
    pitch += direction
    while pitch % 12 not in scale:
        pitch += direction
    return pitch


def melody(
    rng: np.random.Generator, chords: Sequence[Harmony], *, part: int, low: int, high: int
) -> list[Row]:
    """Draw a melody of chord tones with passing, neighbouring, suspended and leaning notes.

    >>> from tapeloom.train.harmonies import progress
    >>> rng = np.random.default_rng(3)
    >>> rows = melody(rng, progress(rng, length=4), part=0, low=60, high=80)
    >>> all(60 <= pitch <= 80 and end > start for start, end, pitch, _ in rows)
    True
    """
    rows: list[Row] = []
    at = int(rng.integers(low + 4, high - 4))
    busy, leaning, chromatic = rng.random(), rng.random() * 0.25, rng.random() * 0.1
    held: int | None = None
    for chord in chords:
        length = chord.end - chord.start
        grid = [1, 2, 2, 4] if busy > 0.5 else [1, 1, 2]
        count = max(1, min(int(rng.choice(grid) * length / PPQ), 12))
        if rng.random() < 0.25:
            cuts = np.sort(rng.choice(np.arange(1, 8), min(count - 1, 7), replace=False)) / 8
        else:
            cuts = np.arange(1, count) / count
        bounds = [0, *(int(cut * length) for cut in cuts), length]
        target = _nearest(at + int(rng.normal() * 4), chord.sounding, low, high)
        resolve: int | None = None
        for k in range(len(bounds) - 1):
            start, end = chord.start + bounds[k], chord.start + bounds[k + 1]
            last = k == len(bounds) - 2
            if resolve is not None:
                pitch, resolve = resolve, None
            elif k == 0 and held is not None and not last and rng.random() < leaning * 2:
                pitch = held  # a suspension, if the chord doesn't hold it
                if pitch % 12 not in chord.sounding:
                    resolve = _nearest(pitch - 1, chord.sounding, low, high)
            elif not last and rng.random() < leaning:
                aim = _nearest(at, chord.sounding, low, high)
                pitch = _step(aim, chord.scale, 1 if rng.random() < 0.7 else -1)
                resolve = aim
            elif k == 0 or at % 12 not in chord.sounding:
                pitch = _nearest(target, chord.sounding, low, high)
                if k and abs(pitch - at) > 4:
                    pitch = _nearest(at, chord.sounding, low, high)
            elif rng.random() < 0.55 and not last:
                direction = 1 if target > at or (target == at and rng.random() < 0.5) else -1
                if rng.random() < chromatic:
                    pitch = at + direction
                else:
                    pitch = _step(at, chord.scale, direction)
                if rng.random() < 0.4 and pitch % 12 not in chord.sounding:
                    resolve = at  # a neighbour
            elif rng.random() < 0.35:
                pitch = _step(at, chord.scale, int(rng.choice([-1, 1])))
            else:
                pitch = _nearest(at + int(rng.normal() * 5), chord.sounding, low, high)
            pitch = min(max(pitch, low), high)
            if rng.random() > 0.06:
                rows.append((start, end, pitch, part))
            at = pitch
        held = at
    return rows


def lead_voices(
    rng: np.random.Generator, chords: Sequence[Harmony], *, count: int, low: int, high: int
) -> list[list[int]]:
    """Lead some inner voices through the chords; each chord tone is there if there is room."""
    centre = np.linspace(low + 4, high - 4, count)
    now = [int(c) for c in centre]
    result = []
    omit_fifth, omit_any = rng.random() * 0.4, rng.random() * 0.12
    for chord in chords:
        tones = list(dict.fromkeys(chord.sounding))
        if len(tones) > 3 and rng.random() < omit_fifth:
            tones.remove(tones[2])
        if rng.random() < omit_any:
            tones.pop(int(rng.integers(len(tones))))
        wanted = [tone for tone in tones if tone != chord.bass] or tones
        if len(wanted) > count:  # what tells the chord stays: third and seventh
            told = [tone for tone in (*chord.sounding[1:2], *chord.sounding[3:4]) if tone in wanted]
            others = [tone for tone in wanted if tone not in told]
            rng.shuffle(others)
            wanted = (told + others)[:count]
        while len(wanted) < count:
            wanted.append(tones[int(rng.integers(len(tones)))] if rng.random() < 0.5 else tones[0])
        rng.shuffle(wanted)
        best, cost = now, 1e9
        for _ in range(4):
            order = rng.permutation(len(wanted))[:count]
            trial = [
                _nearest(int(0.8 * p + 0.2 * c), (wanted[o],), low, high)
                for p, c, o in zip(now, centre, order, strict=True)
            ]
            price = sum(abs(a - b) for a, b in zip(now, trial, strict=True))
            if price < cost:
                best, cost = trial, price
        now = best
        result.append(sorted(now))
    return result


def basses_of(rng: np.random.Generator, chords: Sequence[Harmony], *, low: int) -> list[int]:
    """Draw the bass notes under some chords, near one another."""
    at, basses = low + 8, []
    for chord in chords:
        at = _nearest(int(0.85 * at + 0.15 * (low + 8)), (chord.bass,), low, low + 19)
        if rng.random() < 0.08:
            at = at - 12 if at - 12 >= low else at + 12
        basses.append(at)
    return basses


def decorate(
    rng: np.random.Generator, line: Sequence[tuple[Harmony, int]], *, part: int, amount: float
) -> list[Row]:
    """Write one voice, with suspensions, passing notes, neighbours and anticipations."""
    rows: list[Row] = []
    before: int | None = None
    for k, (chord, pitch) in enumerate(line):
        start, end = chord.start, chord.end
        after = line[k + 1][1] if k + 1 < len(line) else pitch
        middle = start + (end - start) // 2
        draw = rng.random()
        if before is not None and 1 <= before - pitch <= 2 and draw < amount * 0.8:
            rows += [(start, middle, before, part), (middle, end, pitch, part)]
        elif 3 <= abs(after - pitch) <= 4 and draw < amount * 2.5:
            between = _step(pitch, chord.scale, 1 if after > pitch else -1)
            rows += [(start, middle, pitch, part), (middle, end, between, part)]
        elif after == pitch and draw < amount:
            near = _step(pitch, chord.scale, int(rng.choice([-1, 1])))
            quarter = (end - start) // 4
            rows += [(start, middle, pitch, part), (middle, middle + quarter, near, part)]
            rows.append((middle + quarter, end, pitch, part))
        elif after != pitch and draw > 1 - amount * 0.3:
            late = end - (end - start) // 4
            rows += [(start, late, pitch, part), (late, end, after, part)]
        else:
            rows.append((start, end, pitch, part))
        before = pitch
    return rows


_PATTERNS = (
    (0, 2, 1, 2),
    (0, 1, 2, 1),
    (0, 1, 2, 3),
    (0, 2, 1, 3),
    (2, 1, 0, 1),
    (0, 1, 2),
    (0, 2),
)


def accompany(
    rng: np.random.Generator, chords: Sequence[Harmony], texture: str, *, low: int
) -> list[Row]:
    """Write an accompaniment: broken, off the beat, in blocks or in sweeps."""
    rows: list[Row] = []
    count = int(rng.choice([2, 3, 3, 4]))
    top = low + (14 if texture == "broken" else 26)
    inner = lead_voices(rng, chords, count=count, low=low + 7, high=max(top, low + 20))
    basses = basses_of(rng, chords, low=low)
    pattern = _PATTERNS[int(rng.integers(len(_PATTERNS)))]
    unit = PPQ // int(rng.choice([2, 3, 4, 4]))
    hold, doubled = rng.random() < 0.3, rng.random() < 0.25
    rest = rng.random() * 0.15
    for chord, bass, upper in zip(chords, basses, inner, strict=True):
        start, end = chord.start, chord.end
        if texture in ("block", "quartet"):
            repeat = max(unit, (end - start) // int(rng.choice([1, 1, 2, 4])))
            for at in range(start, end, repeat):
                stop = min(end, at + repeat)
                rows += [(at, stop, pitch, 1) for pitch in [bass, *upper]]
        elif texture == "offbeat":
            beat = max((end - start) // int(rng.choice([2, 2, 3, 4])), 1)
            rows.append((start, end if hold else start + beat, bass, 1))
            for at in range(start + beat, end, beat):
                rows += [(at, min(end, at + beat), pitch, 1) for pitch in upper]
        else:
            tones = sorted({bass, *upper})
            if texture == "sweep":
                tones = sorted({*tones, *(p + 12 for p in upper if p + 12 < low + 44)})
            order = (
                pattern
                if texture == "broken"
                else (*range(len(tones)), *range(len(tones) - 2, 0, -1))
            )
            for k, at in enumerate(range(start, end, unit)):
                pitch = tones[order[k % len(order)] % len(tones)]
                stop = end if hold and k == 0 else min(end, at + unit)
                if k == 0 and rng.random() < 0.8:
                    pitch = bass
                rows.append((at, stop, pitch, 1))
        if doubled and bass - 12 >= 24:
            rows.append((start, end, bass - 12, 1))
    return [row for row in rows if rng.random() >= rest * 0.5]


def hold_pedal(rng: np.random.Generator, chords: Sequence[Harmony]) -> list[Row]:
    """Hold one note under a few chords."""
    first = int(rng.integers(max(len(chords) - 6, 1)))
    under = chords[first : first + int(rng.integers(3, 7))]
    pitch = 36 + int(rng.choice([chords[first].root, chords[first].bass]))
    return [(under[0].start, under[-1].end, pitch, 1)]
