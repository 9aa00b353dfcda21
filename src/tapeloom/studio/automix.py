"""A first mix of any stems, by what they play, that says why it is as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tapeloom.core.product import Stems
from tapeloom.studio.chain import Chain, Effect
from tapeloom.studio.console import Bus, Channel, MixSettings, Send, free_name
from tapeloom.studio.effects import Band, Compressor, Ducker, Equalizer, Reverb
from tapeloom.studio.listening import Heard, listen
from tapeloom.studio.masking import masking_cuts
from tapeloom.studio.roles import KINDS, Kind, kind_by_name, kind_by_sound

_PREMIX_LUFS = -20.0
_LOST_SHARE = 0.03  # of a stem's energy that a high-pass may take
_WIDE = 0.15  # side over middle from which a stem has a place of its own
_SPREAD = 0.25  # more of it for each further stem of a kind, to the other side
_UNEVEN_LU, _PEAKY_DB = 7.0, 16.0  # from which a voice, a tune or a bass is levelled
_DRUMS = ("kick", "snare", "hats", "drums")


@dataclass(frozen=True, slots=True)
class FirstMix:
    """A mix, what each stem was taken for, and a sentence for every decision."""

    settings: MixSettings
    kinds: Mapping[str, str]
    reasons: tuple[str, ...]


def first_mix(
    stems: Stems, *, kinds: Mapping[str, str] | None = None, knows_kicks: bool = False
) -> FirstMix:
    """Mix stems by role: level, high-pass, room for others, place, ducking, room, drum bus.

    kinds        what some stems play, by name and as in KINDS; the others are told by name or sound
    knows_kicks  whether the onsets of the kicks are given to the mixer
    """
    heard = [listen(stem.name, stem.audio) for stem in stems.stems]
    draft = _Draft(heard, dict(kinds or {}))
    draft.name_kinds()
    draft.set_levels()
    draft.cut_lows()
    draft.make_room()
    draft.level_out()
    draft.place()
    draft.duck(knows_kicks=knows_kicks)
    draft.add_space()
    draft.bind_drums()
    return draft.finish()


@dataclass(slots=True)
class _Draft:
    """The mix in the making."""

    heard: Sequence[Heard]
    kinds: dict[str, str]
    reasons: list[str] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: tuple[Bus, ...] = ()
    returns: tuple[Bus, ...] = ()

    @property
    def sounding(self) -> list[Heard]:
        return [each for each in self.heard if not each.is_silent]

    def kind(self, name: str) -> Kind:
        return KINDS[self.kinds[name]]

    def gain_db(self, each: Heard) -> float:
        return self.channels[each.name].loudness_lufs - each.loudness_lufs

    def add(self, name: str, *effects: Effect) -> None:
        channel = self.channels[name]
        self.channels[name] = replace(channel, effects=(*channel.effects, *effects))

    def name_kinds(self) -> None:
        for each in self.heard:
            if each.name in self.kinds:
                continue
            by_name = kind_by_name(each.name)
            if by_name is not None:
                self.kinds[each.name] = by_name
                self.reasons.append(f"{each.name}: taken for {by_name}, by its name")
            elif each.is_silent:
                self.kinds[each.name] = "other"
            else:
                kind, why = kind_by_sound(each)
                self.kinds[each.name] = kind
                self.reasons.append(f"{each.name}: taken for {kind}, since {why}")

    def set_levels(self) -> None:
        for each in self.heard:
            kind = self.kind(each.name)
            self.channels[each.name] = Channel(each.name, kind.loudness_lufs)
            if each.is_silent:
                self.reasons.append(f"{each.name}: silent, so it is left as it is")
                continue
            self.reasons.append(
                f"{each.name}: {self.gain_db(each):+.1f} dB, from {each.loudness_lufs:.1f} to "
                f"{kind.loudness_lufs:g} LUFS, where {self.kinds[each.name]} sits in a mix of "
                f"{_PREMIX_LUFS:g} LUFS"
            )

    def cut_lows(self) -> None:
        for each in self.sounding:
            cutoff_hz = self.kind(each.name).high_pass_hz
            while cutoff_hz > 25.0 and each.share(0.0, cutoff_hz) > _LOST_SHARE:
                cutoff_hz /= 2.0 ** (1 / 3)
            cutoff_hz = float(max(25, round(cutoff_hz)))
            self.channels[each.name] = replace(self.channels[each.name], high_pass_hz=cutoff_hz)
            if cutoff_hz > 30.0:
                self.reasons.append(
                    f"{each.name}: high-pass at {cutoff_hz:g} Hz, under which it has "
                    f"{100 * each.share(0.0, cutoff_hz):.1f} % of its energy"
                )

    def make_room(self) -> None:
        # Drums cut through by their strokes, which a spectrum of the whole doesn't show.
        sounding = [each for each in self.sounding if self.kind(each.name).role != "drums"]
        cuts = masking_cuts(
            sounding,
            {each.name: self.gain_db(each) for each in sounding},
            {each.name: self.kind(each.name).priority for each in sounding},
        )
        for each in sounding:
            if own := [cut for cut in cuts if cut.stem == each.name]:
                self.add(each.name, Equalizer(tuple(cut.band for cut in own)))
                self.reasons.extend(cut.reason for cut in own)

    def level_out(self) -> None:
        for each in self.sounding:
            kind = self.kinds[each.name]
            if kind not in ("vocals", "melody", "bass"):
                continue
            figure = ""
            if each.range_lu > _UNEVEN_LU:
                figure = f"its loudness range is {each.range_lu:.1f} LU"
            elif each.crest_db > _PEAKY_DB:
                figure = f"its crest factor is {each.crest_db:.1f} dB"
            if not figure:
                continue
            # A sine at the strip's loudness peaks 3 dB above it: louder notes are held.
            threshold_db = self.channels[each.name].loudness_lufs + 4.0
            self.add(
                each.name,
                Compressor(
                    threshold_db=threshold_db,
                    ratio=3.0,
                    knee_db=8.0,
                    attack_ms=15.0,
                    release_ms=180.0,
                    makeup_db=1.5,
                ),
            )
            self.reasons.append(
                f"{each.name}: compressed 3 to 1 from {threshold_db:g} dB, since {figure}"
            )

    def place(self) -> None:
        seen: dict[str, int] = {}
        for each in self.sounding:
            kind = self.kinds[each.name]
            usual = self.kind(each.name).pan
            count = seen[kind] = seen.get(kind, 0) + 1
            mono_below_hz = 120.0 if kind in ("bass", "kick", "drums") else 0.0
            channel = replace(self.channels[each.name], mono_below_hz=mono_below_hz)
            if usual and each.width < _WIDE:
                side = -1.0 if count % 2 == 0 else 1.0
                further = _SPREAD * ((count - 1) // 2) * (1.0 if usual > 0.0 else -1.0)
                pan = max(-0.9, min(0.9, round(side * (usual + further), 2)))
                channel = replace(channel, pan=pan)
                self.reasons.append(
                    f"{each.name}: {abs(100 * pan):.0f} % to the {'left' if pan < 0 else 'right'}, "
                    f"since it is nearly mono (side over middle {each.width:.2f})"
                )
            self.channels[each.name] = channel

    def duck(self, *, knows_kicks: bool) -> None:
        if knows_kicks:
            for each in self.sounding:
                if (depth_db := self.kind(each.name).duck_db) > 0.0:
                    self.channels[each.name] = replace(self.channels[each.name], duck_db=depth_db)
                    self.reasons.append(f"{each.name}: {depth_db:g} dB down at each kick")
            return
        kicks = [each for each in self.sounding if self.kinds[each.name] == "kick"]
        if not kicks:
            return
        kick = max(kicks, key=lambda each: each.loudness_lufs)
        # What stands 12 dB under its peaks is the kick's tail, or another drum's bleed.
        threshold_db = round(kick.peak_dbfs + self.gain_db(kick) - 12.0, 1)
        for each in self.sounding:
            if (depth_db := self.kind(each.name).duck_db) > 0.0:
                self.add(
                    each.name, Ducker(key=kick.name, threshold_db=threshold_db, depth_db=depth_db)
                )
                self.reasons.append(
                    f"{each.name}: {depth_db:g} dB down while {kick.name} is over "
                    f"{threshold_db:g} dBFS, so that both are heard"
                )

    def add_space(self) -> None:
        room = self.free("room")
        sends = []
        for each in self.sounding:
            level_db = self.kind(each.name).room_db
            if level_db is not None:
                self.send(each.name, room, level_db)
                sends.append(f"{each.name} {level_db:g}")
        if sends:
            reverb = Reverb(decay_s=1.3, damping=0.65, predelay_ms=18.0, low_cut_hz=220.0)
            self.returns += (Bus(room, (reverb,)),)
            self.reasons.append(
                f"{room}: one room of 1.3 s for all, sent to at {', '.join(sends)} dB"
            )

    def bind_drums(self) -> None:
        drums = [each.name for each in self.sounding if self.kinds[each.name] in _DRUMS]
        if not drums:
            return
        crushed = self.free("parallel")
        squash = Compressor(
            threshold_db=-34.0,
            ratio=8.0,
            knee_db=6.0,
            attack_ms=3.0,
            release_ms=120.0,
            makeup_db=10.0,
        )
        for name in drums:
            self.send(name, crushed, 0.0)
        if len(drums) == 1:
            self.returns += (Bus(crushed, (squash,), fader_db=-12.0),)
        else:
            group = self.free("drum bus")
            glue = Compressor(
                threshold_db=-20.0, ratio=2.0, knee_db=8.0, attack_ms=30.0, release_ms=150.0
            )
            self.groups += (Bus(group, (glue,)),)
            self.returns += (Bus(crushed, (squash,), fader_db=-12.0, group=group),)
            for name in drums:
                self.channels[name] = replace(self.channels[name], group=group)
            self.reasons.append(
                f"{group}: {len(drums)} drum stems go through one compressor, 2 to 1, as one kit"
            )
        self.reasons.append(
            f"{crushed}: {', '.join(drums)} squashed 8 to 1 and laid under at -12 dB, so that soft "
            "strokes come up and the loud ones keep their snap"
        )

    def send(self, name: str, to: str, level_db: float) -> None:
        channel = self.channels[name]
        self.channels[name] = replace(channel, sends=(*channel.sends, Send(to, level_db)))

    def free(self, name: str) -> str:
        return free_name(name, [each.name for each in self.heard])

    def finish(self) -> FirstMix:
        bus: Chain = (
            Compressor(
                threshold_db=-18.0, ratio=1.5, knee_db=10.0, attack_ms=30.0, release_ms=250.0
            ),
            Equalizer((Band("high_pass", 25.0),)),
        )
        self.reasons.append("the bus: 1.5 to 1 from -18 dB, slowly, and nothing under 25 Hz")
        settings = MixSettings(
            tuple(self.channels[each.name] for each in self.heard),
            self.groups,
            self.returns,
            bus=bus,
            premix_lufs=_PREMIX_LUFS,
        )
        return FirstMix(settings, self.kinds, tuple(self.reasons))
