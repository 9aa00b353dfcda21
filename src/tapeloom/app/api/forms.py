"""What requests hold, as OpenAPI tells it: names, ranges and an example each.

The rules that need music (a key, a form, a meter's plan) are checked by the order itself.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tapeloom.core.seed import MAX_SEED

Engine = Literal["theory", "transformer", "hybrid"]
Identity = Annotated[
    str, Field(pattern=r"^[0-9a-z]{8,40}$", examples=["0q3v9m2k7c5x8b1n4z6a0s9d2f"])
]
FileName = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Priority = Annotated[int, Field(ge=1, le=100, description="The smallest goes first.")]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Line = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
ShortWord = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z][A-Za-z _-]*$")]
Title = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Sentence = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]

Tags = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]],
    Field(max_length=50),
]


class Form(BaseModel):
    """A body whose fields are all known."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class BriefForm(Form):
    """What a record is to be; what is left out is drawn."""

    words: Line = ""
    bpm: Annotated[float, Field(ge=40, le=200)] | None = None
    key: Annotated[Sentence | None, Field(examples=["Am"])] = None
    minutes: Annotated[float, Field(ge=0.5, le=120)] | None = None
    bars: Annotated[int, Field(ge=4, le=5000)] | None = None
    meter: Annotated[Sentence | None, Field(examples=["4/4"])] = None
    grouping: Annotated[Sentence | None, Field(examples=["2+2+3"])] = None
    clave: Annotated[Sentence | None, Field(examples=["son32"])] = None
    polyrhythm: Annotated[Sentence | None, Field(examples=["3:2"])] = None
    form: Annotated[Line | None, Field(examples=["intro8 A16 B8 A16 outro8"])] = None
    energy_curve: Annotated[Line | None, Field(examples=["0.2 0.4 0.8 0.3"])] = None
    seed: Seed | None = None
    engine: Engine = "theory"


class Reroll(Form):
    """Bars of a role that are written anew, counted from 1."""

    role: Literal["melody", "chords", "keys", "bass", "drums"]
    first_bar: Annotated[int, Field(ge=1, le=5000)]
    last_bar: Annotated[int, Field(ge=1, le=5000)]
    engine: Engine = "theory"
    seed: Seed = 0


class ComposeForm(BriefForm):
    """A score and its performance, without sound."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": "rainy cafe", "bars": 16}]}
    )

    priority: Priority = 50


class CoverWish(Form):
    """What is asked of a cover's picture; what is left out is drawn from the brief."""

    subtitle: Annotated[str | None, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")] = None
    scene: ShortWord | None = None
    time: ShortWord | None = None
    weather: ShortWord | None = None
    grading: ShortWord | None = None
    style: Annotated[ShortWord | None, Field(description="The layout of a thumbnail.")] = None
    side: Literal["left", "right"] | None = None
    seed: Annotated[int | None, Field(ge=0, le=999_999_999)] = None

    def words(self) -> dict[str, str]:
        """Return the wishes as words, as `picturing.parse_fields` reads them."""
        return {name: str(value) for name, value in self.model_dump(exclude_none=True).items()}


class MakeForm(BriefForm):
    """A record: composed, played, mixed, mastered, with a cover."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"words": "rainy night, peaceful", "bpm": 75, "key": "Am", "minutes": 3}]
        },
    )

    artist: Sentence | None = None
    loops: Annotated[list[Sentence], Field(max_length=32)] = []
    base: Annotated[
        Identity | None, Field(description="A record to go on from; then all is changes.")
    ] = None
    files: Annotated[
        dict[
            Literal["score.mid", "score.json", "performance.mid", "mix.json", "master.json"],
            Identity,
        ],
        Field(description="Edited files of the base: its name in the record, and an upload."),
    ] = {}
    rerolls: Annotated[list[Reroll], Field(max_length=64)] = []
    title: Annotated[Title | None, Field(description="Drawn from the words if left out.")] = None
    cover: Annotated[
        CoverWish | None, Field(description="In the place of all that was asked of it before.")
    ] = None
    priority: Priority = 50


class Source(Form):
    """An upload, or a record with one of its files."""

    upload: Identity | None = None
    record: Identity | None = None
    file: Annotated[FileName | None, Field(examples=["mix.flac"])] = None


class RenderForm(Source):
    """The sound of a score."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"record": "0q3v9m2k7c5x8b1n4z6a0s9d2f", "file": "score.mid",
                          "instruments": {"keys": "tine:worn"}}]
        },
    )  # fmt: skip

    instruments: Annotated[dict[Sentence, Sentence], Field(max_length=64)] = {}
    seed: Seed | None = None
    brightness: Annotated[float, Field(ge=0, le=1)] | None = None
    mixed: bool = True
    priority: Priority = 50


class MasterForm(Source):
    """The master of an audio file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"record": "0q3v9m2k7c5x8b1n4z6a0s9d2f", "file": "mix.flac",
                          "preset": "streaming", "coding": "mp3"}]
        },
    )  # fmt: skip

    preset: Sentence = "streaming"
    changes: Annotated[dict[Sentence, float], Field(max_length=32)] = {}
    references: Annotated[list[Identity], Field(max_length=8)] = []
    assistant: bool = False
    coding: Literal["mp3", "aac", "opus"] | None = None
    fade_in_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    fade_out_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    seed: Seed = 0
    priority: Priority = 50


class AnalyzeForm(Source):
    """Harmony and timing of notes, or loudness and spectrum of audio."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"chords": "Dm7 G7 | Cmaj7"}]}
    )

    chords: Annotated[str, Field(max_length=4000)] | None = None
    priority: Priority = 50


class ReharmonizeForm(Source):
    """Other chords under the same melody."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"chords": "Dm7 G7 | Cmaj7", "amount": 0.7}]},
    )

    chords: Annotated[str, Field(max_length=4000)] | None = None
    meter: Annotated[Sentence | None, Field(examples=["3/4"])] = None
    amount: Annotated[float, Field(ge=0, le=1)] = 0.5
    style: Literal["jazz", "lofi", "gospel", "bossa", "pop"] = "jazz"
    key: Annotated[Sentence | None, Field(examples=["C"])] = None
    keep: Literal["melody", "nothing"] = "melody"
    locks: Annotated[list[Annotated[int, Field(ge=1, le=5000)]], Field(max_length=500)] = []
    count: Annotated[int, Field(ge=1, le=32)] = 1
    seed: Seed = 0


class ThumbnailForm(Form):
    """A thumbnail, drawn at once."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"words": "rainy night", "title": "Rain on Glass"}]},
    )

    words: Line = ""
    title: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
    subtitle: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    style: Annotated[str | None, Field(max_length=40, description="A layout, by name.")] = None
    seed: Seed = 0


class DescribeForm(Form):
    """Title, description and tags of a record."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"record": "0q3v9m2k7c5x8b1n4z6a0s9d2f"}]},
    )

    record: Identity
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    variants: Annotated[int, Field(ge=1, le=20)] = 1
    priority: Priority = 50


class BatchForm(Form):
    """Many records under one parent: a count on seeds that follow, or a brief each."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"order": {"words": "study", "bars": 16}, "count": 10}]},
    )

    kind: Literal["make", "compose"] = "make"
    order: BriefForm = BriefForm()
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    items: Annotated[list[BriefForm], Field(max_length=1000)] = []
    csv: Annotated[
        str, Field(max_length=500_000, description="A heading of field names, a brief a line.")
    ] = ""
    priority: Priority = 50


class KeyForm(Form):
    """A key to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "my script", "scopes": ["read", "write"]}]},
    )

    name: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: Annotated[
        list[Literal["read", "write", "live", "metrics", "admin"]], Field(min_length=1)
    ]
    per_minute: Annotated[int, Field(ge=1, le=100_000)] = 600


class TagsForm(Form):
    """All tags of a record, in the place of those that it has."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"tags": ["favourite", "winter"]}]}
    )

    tags: Tags


class ArtefactAnswer(BaseModel):
    """A file that a job made; fetched at /v1/artefacts/JOB/NAME."""

    name: str
    bytes: int
    sha256: str


class StageAnswer(BaseModel):
    """How long a finished stage of a job took."""

    name: str
    seconds: float


class JobAnswer(BaseModel):
    """A job as it stands; times are seconds since 1970."""

    id: str
    kind: str
    state: Literal["queued", "running", "paused", "done", "failed", "cancelled"]
    stage: str
    progress: float
    error: str | None
    parent: str | None
    priority: int
    attempt: int
    payload: dict[str, Any]
    created_at: float
    updated_at: float
    started_at: float | None
    finished_at: float | None
    result: dict[str, Any] | None
    artefacts: list[ArtefactAnswer]
    stages: list[StageAnswer] = []  # in their order; told where one job is looked at


class JobsAnswer(BaseModel):
    """A page of jobs, the newest first; `cursor` asks for the next."""

    jobs: list[JobAnswer]
    cursor: str | None


class UploadAnswer(BaseModel):
    """What an upload is."""

    id: str
    name: str
    kind: Literal["score", "audio", "settings"]
    bytes: int
    sha256: str
    duration_s: float | None
    notes: int | None
    created_at: float


class RecordAnswer(BaseModel):
    """A finished record."""

    id: str
    title: str
    words: str
    key: str | None
    bpm: float | None
    duration_s: float | None
    integrated_lufs: float | None
    tags: list[str]
    note: str
    favourite: bool
    base: str | None
    changed: list[str]
    created_at: float


class RecordsAnswer(BaseModel):
    """A page of records; `before` asks for the next."""

    records: list[RecordAnswer]
    before: str | None


class KeyAnswer(BaseModel):
    """What is told of a key: never its secret."""

    id: str
    name: str
    scopes: list[str]
    per_minute: int
    created_at: float


class NewKeyAnswer(KeyAnswer):
    """A key that was just made, with its text: this once."""

    key: str
