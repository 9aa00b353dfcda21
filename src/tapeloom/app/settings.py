"""Settings from the environment: TAPELOOM_OUT, TAPELOOM_ARTIST, TAPELOOM_DEBUG."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a user sets once for all commands."""

    model_config = SettingsConfigDict(env_prefix="TAPELOOM_", extra="ignore")

    out: Path = Path("out")  # where records go
    artist: str = "Tapeloom"  # the artist in the tags of the audio files
    debug: bool = False  # show tracebacks
