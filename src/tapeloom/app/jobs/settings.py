"""What an operator sets of the service, from the environment: TAPELOOM_DATA and the rest."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tapeloom.app.jobs.kinds import QUEUES, QueueLimits
from tapeloom.app.jobs.payloads import Limits
from tapeloom.app.jobs.service import JobService
from tapeloom.core.errors import InputError, nearest


class ServiceSettings(BaseSettings):
    """Settings of the API and of the workers; all of them must agree on the first three."""

    model_config = SettingsConfigDict(env_prefix="TAPELOOM_", extra="ignore")

    data: Path = Path("tapeloom-data")  # the database of jobs, what is worked at, the artefacts
    database_url: SecretStr | None = None  # postgresql://user:password@host/name
    database_url_file: Path | None = None  # a file that holds it: a secret of Docker or Kubernetes
    artefacts: str | None = None  # a folder or an address such as s3://bucket/folder
    queues: Annotated[dict[str, QueueLimits], NoDecode] = Field(default_factory=dict)
    threads: int = Field(default=1, ge=1, le=64)  # of one job
    poll_s: float = Field(default=0.5, ge=0.02, le=60)  # how often a worker looks for work
    dead_after_s: float = Field(default=15.0, ge=1, le=3600)  # a worker silent so long is dead
    keep_days: float = Field(default=30.0, ge=0.001)  # the log of finished jobs
    max_minutes: float = Field(default=30.0, gt=0, le=120)
    max_bars: int = Field(default=1000, ge=4, le=5000)
    max_items: int = Field(default=1000, ge=1, le=100_000)
    max_unfinished: int = Field(default=5000, ge=1)

    @field_validator("queues", mode="before")
    @classmethod
    def _read_queues(cls, value: Any) -> Any:
        """Read `render=1,4; compose=2,,30/60`: per worker, everywhere, jobs/seconds."""
        if not isinstance(value, str):
            return value
        found: dict[str, QueueLimits] = {}
        for entry in filter(None, (part.strip() for part in value.split(";"))):
            name, _, limits = (part.strip() for part in entry.partition("="))
            if name not in QUEUES:
                raise InputError(f"{name!r} is no queue{nearest(name, QUEUES)}")
            found[name] = QueueLimits.parse(limits)
        return found

    @property
    def limits(self) -> Limits:
        """How much one order may ask."""
        return Limits(self.max_minutes, self.max_bars, self.max_items, self.max_unfinished)

    @property
    def url(self) -> str | None:
        """The address of PostgreSQL, with its password. Raises InputError."""
        if self.database_url_file is None:
            return self.database_url.get_secret_value() if self.database_url else None
        if self.database_url is not None:
            raise InputError(
                "TAPELOOM_DATABASE_URL and TAPELOOM_DATABASE_URL_FILE are both set; leave one out"
            )
        try:
            text = self.database_url_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"TAPELOOM_DATABASE_URL_FILE cannot be read: {error}") from error
        if not text:
            raise InputError(
                f"TAPELOOM_DATABASE_URL_FILE names an empty file: {self.database_url_file}"
            )
        return text

    @property
    def all_queues(self) -> dict[str, QueueLimits]:
        """The limits of each queue."""
        return {**QUEUES, **self.queues}


def read_settings(**given: Any) -> ServiceSettings:
    """Read the settings; what is given wins over the environment. Raises InputError."""
    from pydantic import ValidationError

    try:
        return ServiceSettings(**{k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(f"TAPELOOM_{name}: {first['msg'].lower()}") from None


def open_service(settings: ServiceSettings) -> JobService:
    """Open the jobs that the settings name."""
    return JobService.open(
        settings.data, database_url=settings.url, artefacts=settings.artefacts,
        limits=settings.limits,
    )  # fmt: skip
