"""What moves in a record's mix: room for the tune, an intro that opens, a background that goes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.core.performance import TimedSection
from tapeloom.studio.automation import Curve
from tapeloom.studio.console import Bus, Channel, MixSettings, free_name
from tapeloom.studio.sections import Span, by_section

_BAND = ("keys", "guitar", "pad", "other")  # the roles that the tune stands before
_FILTERED_SHARE = 0.4  # of the records with an intro
_GLIDE_S = 0.6
_CLOSING_S, _CLOSED_HZ, _OPENS_S = 4.0, 700.0, 0.03  # a filter before a downbeat
_SWEEP_POINTS = 17
_GONE_S, _GONE_DB = 4.0, -30.0  # behind the last bar


def draw_moves(
    settings: MixSettings,
    roles: Sequence[tuple[str, str]],
    sections: Sequence[TimedSection],
    rng: np.random.Generator,
) -> MixSettings:
    """Return the mix with what moves by section.

    roles  (name, role) of every stem
    """
    room_db, fate, dark, length = rng.uniform(0.0, 1.0, 4)
    if not sections:
        return settings
    band = {name for name, role in roles if role in _BAND}
    background = {name for name, role in roles if role == "texture"}
    name = free_name("band", [strip.name for strip in settings.strips()])
    channels = [
        replace(channel, group=name) if channel.name in band else channel
        for channel in settings.channels
    ]
    spans = [(s.start_s, s.end_s, s.name) for s in sections]
    if fate < _FILTERED_SHARE and sections[0].name == "intro" and len(sections) > 1:
        closed_hz = 500.0 * 2.0 ** float(dark)
        opening = 0.3 + 0.5 * float(length)
        channels = [
            _opened(channel, spans[0], closed_hz, opening) if channel.name in band else channel
            for channel in channels
        ]
    closing = [s for s in sections if "filter" in s.leads_on]
    channels = [_closed(c, closing) if c.name in band else c for c in channels]
    # Rain and room end with the music: left behind it, they would be its quietest section.
    end_s = sections[-1].end_s
    gone = Curve(((end_s - _GLIDE_S, 0.0), (end_s + _GONE_S, _GONE_DB)))
    channels = [replace(c, fader_db=gone) if c.name in background else c for c in channels]
    with_tune = {s.name for s in sections if "melody" in s.roles}
    values = {s.name: -0.5 - float(room_db) for s in sections if s.name in with_tune}
    group = Bus(name, fader_db=by_section(spans, values, otherwise=0.0, glide_s=_GLIDE_S))
    return replace(settings, channels=tuple(channels), groups=(*settings.groups, group))


def _closed(channel: Channel, sections: Sequence[TimedSection]) -> Channel:
    """Let a channel's low-pass close at the end of sections, and stand open on the downbeat."""
    open_hz = channel.low_pass_hz
    curve = open_hz if isinstance(open_hz, Curve) else Curve(((0.0, open_hz),))
    points = list(curve.points)
    for section in sections:
        start_s = max(section.end_s - _CLOSING_S, 0.5 * (section.start_s + section.end_s))
        first_hz = curve.at(start_s)
        if first_hz <= _CLOSED_HZ or any(start_s <= at_s <= section.end_s for at_s, _ in points):
            continue  # it is closed, or on its way
        times_s = np.linspace(start_s, section.end_s - _OPENS_S, _SWEEP_POINTS)
        cutoffs_hz = np.geomspace(first_hz, _CLOSED_HZ, _SWEEP_POINTS)
        points.extend(zip(times_s.tolist(), cutoffs_hz.tolist(), strict=True))
        points.append((section.end_s, first_hz))
    return replace(channel, low_pass_hz=Curve(tuple(sorted(points)))) if sections else channel


def _opened(channel: Channel, intro: Span, closed_hz: float, opening: float) -> Channel:
    """Let a channel's low-pass stand closed in the intro and open in its last part.

    opening  the part of the intro that it takes, 0..1
    """
    open_hz = channel.low_pass_hz
    if isinstance(open_hz, Curve) or open_hz <= closed_hz:
        return channel
    start_s, end_s, _ = intro
    times_s = np.linspace(end_s - opening * (end_s - start_s), end_s, _SWEEP_POINTS)
    cutoffs_hz = np.geomspace(closed_hz, open_hz, _SWEEP_POINTS)
    points = tuple(zip(times_s.tolist(), cutoffs_hz.tolist(), strict=True))
    return replace(channel, low_pass_hz=Curve(points))
