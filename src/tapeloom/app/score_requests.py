"""What is asked of a score that is worked on at once: its fields, their ranges, an example each.

They are read in a quick worker, not by the service: a score may be long.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tapeloom.core.errors import InputError
from tapeloom.core.seed import MAX_SEED

Request = TypeVar("Request", bound=BaseModel)
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Bar = Annotated[int, Field(ge=1, le=5000, description="Counted from 1.")]
_EXAMPLE: dict[str, Any] = {
    "format": 1, "ppq": 10080, "ticks_per_quarter": 10080, "tempo": [[0, "80"]],
    "meters": [[0, "4/4"]], "keys": [[0, "A minor"]], "chords": [[0, 40320, "Am7"]],
    "sections": [],
    "parts": [
        {"name": "melody", "role": "melody", "instrument": "felt_piano", "program": 0,
         "notes": [[0, 20160, 69, 80], [20160, 20160, 72, 74]], "controls": [], "bends": [],
         "marks": [], "style": ""},
        {"name": "bass", "role": "bass", "instrument": "upright_bass", "program": 32,
         "notes": [[0, 40320, 45, 80]], "controls": [], "bends": [], "marks": [], "style": ""},
    ],
}  # fmt: skip


def _config(**example: Any) -> ConfigDict:
    told: Any = {"examples": [{"score": _EXAMPLE, **example}]}
    return ConfigDict(extra="forbid", strict=True, json_schema_extra=told)


class CheckRequest(BaseModel):
    """A score to be looked through."""

    model_config = _config()

    score: Annotated[dict[str, Any], Field(description="The content of a score.json.")]


class InfillRequest(CheckRequest):
    """Bars of a role that are to be written anew."""

    model_config = _config(role="melody", first_bar=1, last_bar=1)

    role: Literal["melody", "keys", "pad", "guitar", "bass", "drums"]
    first_bar: Bar
    last_bar: Bar
    engine: Literal["theory", "transformer", "hybrid"] = "theory"
    seed: Seed = 0


class ChordsRequest(CheckRequest):
    """A lead-sheet line that is to be put into a score."""

    model_config = _config(first_bar=1, chords="Dm7 G7")

    first_bar: Bar
    chords: Annotated[
        str, Field(max_length=4000, description="A bar each between |, such as Am7 | Dm7 G7.")
    ]
    rewrite: Annotated[
        list[Literal["chords", "bass"]], Field(description="What follows the chords.")
    ] = ["chords", "bass"]
    seed: Seed = 0


def read_request(kind: type[Request], body: bytes) -> Request:
    """Read a body; raise InputError with the first fault of it.

    >>> read_request(CheckRequest, b'{"score": 4}')
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: score: Input should be a valid dictionary
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        at = "/".join(str(step) for step in first["loc"]) or "body"
        raise InputError(f"{at}: {first['msg']}") from None
