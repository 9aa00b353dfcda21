"""Formats that a master is delivered in, and what each platform asks for."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write audio."""

    name: str
    suffix: str
    codec: str  # soundfile's subtype, or FFmpeg's encoder
    bits: int | None = None  # of integer samples; None for what is coded or floating
    bit_rate: int | None = None  # bits a second; None for lossless and for a quality
    rates: tuple[int, ...] = ()  # Hz; empty where any is taken
    is_lossless: bool = True
    holds_cover: bool = True

    @property
    def is_integer(self) -> bool:
        """Whether samples are whole steps, so that bits can be lost."""
        return self.bits is not None


_MPEG_RATES = (32_000, 44_100, 48_000)
FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("wav16", ".wav", "PCM_16", bits=16, holds_cover=False),
        Format("wav24", ".wav", "PCM_24", bits=24, holds_cover=False),
        Format("wav32f", ".wav", "FLOAT", holds_cover=False),
        Format("flac16", ".flac", "PCM_16", bits=16),
        Format("flac", ".flac", "PCM_24", bits=24),
        Format("alac", ".m4a", "alac", bits=24),
        Format("mp3", ".mp3", "libmp3lame", bit_rate=320_000, rates=_MPEG_RATES, is_lossless=False),
        Format("mp3-v0", ".mp3", "libmp3lame", rates=_MPEG_RATES, is_lossless=False),
        Format("aac", ".m4a", "aac", bit_rate=256_000, rates=_MPEG_RATES, is_lossless=False),
        Format("opus", ".opus", "libopus", bit_rate=192_000, rates=(48_000,), is_lossless=False),
        Format("ogg", ".ogg", "VORBIS", rates=(44_100, 48_000), is_lossless=False),
    )
}


@dataclass(frozen=True, slots=True)
class Platform:
    """What one place wants of the audio, and how it treats loudness."""

    name: str
    title: str
    format: str  # a name in FORMATS
    rate: int | None  # Hz; None keeps the master's
    ceiling_dbtp: float
    coding: str | None  # the format that listeners get, whose true peak counts too
    note: str
    source: str


PLATFORMS: dict[str, Platform] = {
    one.name: one
    for one in (
        Platform(
            "spotify", "Spotify", "flac", 44_100, -1.0, "ogg",
            "played at -14 LUFS by default; a louder master gains nothing",
            "Spotify for Artists, Loudness normalization",
        ),
        Platform(
            "apple", "Apple Digital Masters", "wav24", None, -1.0, "aac",
            "24 bits at the rate of the session; no clip after coding to AAC at 256 kbit/s",
            "Apple, Apple Digital Masters (technology brief)",
        ),
        Platform(
            "youtube", "YouTube", "wav24", 48_000, -1.0, "aac",
            "AAC-LC at 48 kHz in the video; played at -14 LUFS, soft masters are not raised",
            "YouTube Help, Recommended upload encoding settings",
        ),
        Platform(
            "bandcamp", "Bandcamp", "flac", None, -1.0, "mp3",
            "lossless in, every format out; no loudness normalization",
            "Bandcamp Help, uploading",
        ),
        Platform(
            "soundcloud", "SoundCloud", "flac", 48_000, -1.0, "opus",
            "coded anew for streaming: a ceiling of -1 dBTP leaves room for that",
            "SoundCloud Help, uploading",
        ),
        Platform(
            "cd", "Compact disc", "wav16", 44_100, -0.3, None,
            "16 bits at 44.1 kHz with dither, whole sectors of 588 samples, a cue sheet",
            "IEC 60908 (Red Book): 44.1 kHz, 16 bits, 75 sectors a second",
        ),
        Platform(
            "vinyl", "Vinyl pre-master", "wav24", None, -3.0, None,
            "no limiter for loudness, calm treble, bass in the middle; see the notes on sides",
            "common practice of cutting rooms; ask yours",
        ),
    )
}  # fmt: skip


def format_named(name: str) -> Format:
    """Return a format by name.

    >>> format_named("flac").bits
    24
    """
    try:
        return FORMATS[name.lower()]
    except KeyError:
        raise InputError(f"{name!r} is no format; choose one of {', '.join(FORMATS)}") from None


def platform_named(name: str) -> Platform:
    """Return a platform by name."""
    try:
        return PLATFORMS[name.lower()]
    except KeyError:
        raise InputError(f"{name!r} is no platform; choose one of {', '.join(PLATFORMS)}") from None


def rate_for(wanted: Format, rate: int) -> int:
    """Return the rate nearest to the wanted one that a format takes, upwards where it can be.

    >>> rate_for(FORMATS["opus"], 44_100), rate_for(FORMATS["mp3"], 96_000)
    (48000, 48000)
    """
    if not wanted.rates or rate in wanted.rates:
        return rate
    above = [hz for hz in wanted.rates if hz >= rate]
    return min(above) if above else max(wanted.rates)
