"""What sets six kinds of compressor apart, as a table that one kernel reads.

digital   D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design: A
          Tutorial and Analysis", JAES 60(6), 2012: gain computer with a knee (eq. 4), smoothing of
          the gain in decibels behind it.
vca       dbx, Model 160/161: true RMS level, feed-forward, attack by programme (15 ms for 10 dB
          above the threshold, 5 ms for 20 dB, 3 ms for 30 dB), release at 120 dB a second.
fet       UREI / Universal Audio, Model 1176LN: attack 20 to 800 microseconds, release 50 ms to
          1.1 s, ratios 4, 8, 12 and 20, a soft knee; the side-chain hears the output.
opto      Teletronix / Universal Audio, LA-2A: attack 10 ms, release 60 ms for 50 %, then 0.5 to
          5 s, the longer the more light the cell has seen; the side-chain hears the output.
vari_mu   Fairchild, Model 670 instruction manual, 1959: six time constants, attack 0.2 to 0.8 ms,
          release 0.3 to 25 s, two of them automatic; the ratio grows with the level.
bus       Solid State Logic, G Series centre compressor: attack 0.1 to 30 ms, release 0.1 to 1.2 s
          or automatic, by how long the peak lasts; ratios 2, 4 and 10.
"""

from dataclasses import dataclass

COVERED = 0.632  # the share of a change in dB after an attack or a release: 1 - 1/e


@dataclass(frozen=True, slots=True)
class Stage:
    """One capacitor (or cell) of a side-chain, in decibels; the fullest of them sets the gain.

    A slow one fills only while it stays loud: that is how a release depends on the programme.
    """

    weight: float = 1.0  # how much of its charge counts
    attack_ms: float | None = None  # None: what the compressor is set to
    release_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """One kind of compressor: its side-chain, and what it is set to unless told otherwise."""

    source: str
    ratio: float
    knee_db: float  # where the ratio grows: over how many dB it takes half of its way
    attack_ms: float
    release_ms: float
    power: bool = False  # hears the power; else the peak
    feedback: bool = False  # hears the output
    diode: bool = False  # charged through a diode: it empties towards 0 until it is charged again
    growing: bool = False  # the ratio grows from 1 at the threshold towards `ratio`
    released: float = COVERED  # the share that is given back after release_ms
    averages: bool = False  # the mean of the power sets the gain, without stages
    stages: tuple[Stage, ...] = (Stage(),)
    automatic: tuple[Stage, ...] = ()  # the stages of an automatic release, where it has one


CIRCUITS = {
    "digital": Circuit(
        "Giannoulis, Massberg, Reiss 2012",
        ratio=2.0,
        knee_db=6.0,
        attack_ms=15.0,
        release_ms=150.0,
    ),
    "vca": Circuit(
        "dbx 160",
        ratio=4.0,
        knee_db=0.0,
        attack_ms=15.0,  # for 10 dB
        release_ms=1000.0 / 12.0,  # for 10 dB
        power=True,
        averages=True,
    ),
    "fet": Circuit(
        "UREI 1176LN",
        ratio=4.0,
        knee_db=4.0,
        attack_ms=0.2,
        release_ms=250.0,
        feedback=True,
        diode=True,
    ),
    "opto": Circuit(
        "Teletronix LA-2A",
        ratio=4.0,
        knee_db=6.0,
        attack_ms=10.0,
        release_ms=60.0,
        power=True,
        feedback=True,
        growing=True,
        released=0.5,
        # The slower halves are 5 % from rest after 0.5 and 5 s; the last fills in 2 s of light.
        stages=(Stage(), Stage(0.5, None, 217.0), Stage(0.5, 2000.0, 2171.0)),
    ),
    "vari_mu": Circuit(
        "Fairchild 670",
        ratio=20.0,
        knee_db=12.0,
        attack_ms=0.2,
        release_ms=300.0,
        feedback=True,
        diode=True,
        growing=True,
        # Position 6: single peaks, several, and a level that stays high.
        automatic=(Stage(), Stage(1.0, 500.0, 10_000.0), Stage(1.0, 8000.0, 25_000.0)),
    ),
    "bus": Circuit(
        "SSL G Series",
        ratio=4.0,
        knee_db=3.0,
        attack_ms=10.0,
        release_ms=300.0,
        diode=True,
        # The manual gives no times; these are the two ends of the switch.
        automatic=(Stage(1.0, None, 100.0), Stage(1.0, 300.0, 1200.0)),
    ),
}

# The six positions of the 670's switch: attack_ms, release_ms and whether it is automatic. The
# fifth goes on to 10 s only in the original; here a level that stays high takes it to 25 s too.
# Later manuals of replicas print the attacks of the last two the other way round.
VARI_MU_POSITIONS = {
    1: (0.2, 300.0, False),
    2: (0.2, 800.0, False),
    3: (0.4, 2000.0, False),
    4: (0.8, 5000.0, False),
    5: (0.4, 2000.0, True),
    6: (0.2, 300.0, True),
}
