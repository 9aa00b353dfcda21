"""What requests of the studio hold: kits, training, schedules, covers, what is said of records."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tapeloom.app.api.forms import (
    BriefForm,
    CoverWish,
    Form,
    Identity,
    Line,
    Priority,
    Seed,
    Sentence,
    ShortWord,
    Tags,
    Title,
)

_RECORD = "0q3v9m2k7c5x8b1n4z6a0s9d2f"
Target = Literal["spotify", "apple", "youtube", "bandcamp", "soundcloud", "cd", "vinyl"]
About = Literal["whole", "melody", "harmony", "rhythm", "sound", "cover"]
Note = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


def _example(**told: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [told]})


class RecordChanges(Form):
    """What is said of a record; what is left out stays. A title of null is the made one again."""

    model_config = _example(title="Night Bus", tags=["winter"], favourite=True)

    title: Title | None = None
    tags: Tags = Field(default_factory=list)
    note: Note = ""
    favourite: bool = False


class KitForm(Form):
    """A release of one record or several."""

    model_config = _example(records=[_RECORD], targets=["spotify", "bandcamp"], label="Lantern")

    records: Annotated[list[Identity], Field(min_length=1, max_length=30)]
    targets: Annotated[list[Target] | None, Field(min_length=1, max_length=7)] = None
    title: Title | None = None
    artist: Title | None = None
    label: Title | None = None
    priority: Priority = 50


class TrainForm(Form):
    """A model that learns from the owner's songs: MIDI files that were sent."""

    model_config = _example(uploads=["9f2c41d07b5e8a63f01d22c4e7", "1a7be20c55d9f3480e6c7b91d2"])

    uploads: Annotated[list[Identity], Field(min_length=2, max_length=500)]
    style: Annotated[ShortWord, Field(description="Of all songs, such as jazz.")] = "any"
    steps: Annotated[int, Field(ge=1, le=5000)] = 300
    seed: Seed = 1
    priority: Priority = 50


class ScheduledOrder(BriefForm):
    """What is ordered at each moment; a seed that is left out is drawn for each."""

    artist: Sentence | None = None


class ScheduleForm(Form):
    """An order that is given again and again, at the moments of a cron line in UTC."""

    model_config = _example(name="every morning", cron="0 6 * * *", order={"words": "dawn"})

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
    cron: Annotated[
        str,
        Field(
            max_length=100, pattern=r"^\S+( \S+){4}$", examples=["0 6 * * *"],
            description="Minute, hour, day of the month, month, day of the week.",
        ),
    ]  # fmt: skip
    kind: Literal["make", "compose"] = "make"
    order: ScheduledOrder = ScheduledOrder()
    priority: Priority = 50


class ScheduleChanges(Form):
    """Whether a schedule waits."""

    model_config = _example(paused=True)

    paused: bool


class CoverForm(Form):
    """A cover: of a record with other wishes, or of words and a title."""

    model_config = _example(record=_RECORD, fields={"scene": "beach", "time": "dusk"}, width=512)

    record: Identity | None = None
    words: Line = ""
    title: Title | None = None
    seed: Annotated[int | None, Field(ge=0, le=999_999_999)] = None
    fields: CoverWish = CoverWish()
    width: Annotated[int, Field(ge=64, le=1500, description="Pixels, and as high.")] = 512


class PreferenceForm(Form):
    """Which of two records somebody likes better, and in what."""

    model_config = _example(
        a=_RECORD, b="0q3v9m2k7c5x8b1n4z6a0s9d2g", choice="a", about="melody", listened_s=42.5
    )

    a: Identity
    b: Identity
    choice: Literal["a", "b", "same"]
    about: About = "whole"
    listened_s: Annotated[float | None, Field(ge=0, le=86_400)] = None


class ScheduleAnswer(BaseModel):
    """A schedule as it stands."""

    id: str
    name: str
    cron: str
    kind: str
    order: dict[str, Any]
    priority: int
    paused: bool


class PreferenceAnswer(BaseModel):
    """A preference with what the two records were."""

    id: str
    a: dict[str, Any]
    b: dict[str, Any]
    choice: Literal["a", "b", "same"]
    about: str
    listened_s: float | None
    created_at: float


class PreferencesAnswer(BaseModel):
    """A page of preferences, the newest first; `before` asks for the next."""

    preferences: list[PreferenceAnswer]
    before: str | None


class PictureField(BaseModel):
    """A field of a cover, and what it may be; nothing where it is free."""

    name: str
    choices: list[str]
