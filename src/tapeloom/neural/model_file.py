"""A model's file: one ONNX file with its weights, and the facts about it as a property.

It is looked through before anything runs it: its size, that it is whole, that it asks for nothing
but the operators that train/onnx_graph writes, that its hash is the one it was written with, and
that it was taught this vocabulary.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.neural.onnx_wire import outline
from tapeloom.neural.tokens import VOCABULARY

FORMAT = 1
PROPERTY = "tapeloom.model"  # the property that holds the facts, as JSON
MOST_BYTES = 512 * 2**20
OWN_DOMAIN = "com.microsoft"  # of onnxruntime's own operators
OPERATORS = frozenset({
    ":Add", ":Cast", ":Gather", ":GatherND", ":Identity", ":LayerNormalization", ":MatMul",
    *(f"{OWN_DOMAIN}:{name}" for name in (
        "BiasGelu", "FastGelu", "GroupQueryAttention", "MatMulNBits", "SkipLayerNormalization",
    )),
})  # fmt: skip
CACHES = ("float32", "int8")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model says of itself."""

    name: str
    vocabulary: str  # the digest of the table that it was taught
    tokens: int  # V
    context: int  # T, the most tokens that it sees at once
    layers: int
    heads: int
    width: int  # C
    weights: str  # float32, int8
    cache: str  # in what its keys and values are kept: float32, int8
    training: Mapping[str, object] = field(default_factory=dict)  # data, losses, ... as told
    graph: str = ""  # sha256 of the graph, weights and all
    format: int = FORMAT

    def __post_init__(self) -> None:
        bounds = {"tokens": 2**16, "context": 2**16, "layers": 128, "heads": 128, "width": 2**14}
        for name, most in bounds.items():
            value = getattr(self, name)
            if not isinstance(value, int) or not 1 <= value <= most:
                raise InputError(f"{name} of the model is {value}; it must lie in 1..{most}")
        for name in ("name", "vocabulary", "weights", "graph"):
            if not isinstance(getattr(self, name), str):
                raise InputError(f"{name} of the model is {getattr(self, name)}; it must be text")
        if self.width % self.heads:
            raise InputError(f"the model's {self.heads} heads must divide its width {self.width}")
        if self.cache not in CACHES:
            raise InputError(f"the model's cache is {self.cache!r}; known are {', '.join(CACHES)}")

    @property
    def head_width(self) -> int:
        """D, of one head of attention."""
        return self.width // self.heads

    def to_json(self) -> str:
        """Return what the file's property holds."""
        return json.dumps({**asdict(self), "training": dict(self.training)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ModelFacts":
        """Read what the file's property holds."""
        try:
            told = json.loads(text)
            if told["format"] != FORMAT:
                raise InputError(
                    f"the model's format is {told['format']} and this version reads {FORMAT}"
                )
            return cls(**{f.name: told[f.name] for f in fields(cls)})
        except InputError:
            raise
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(f"the model's facts cannot be read: {error!r}") from error


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that was looked through, ready to be run."""

    data: bytes
    facts: ModelFacts
    sha256: str  # of the whole file
    source: str  # its path


def read_model(
    path: Path,
    *,
    sha256: str | None = None,
    vocabulary: str | None = VOCABULARY.digest,
    most_bytes: int = MOST_BYTES,
) -> ModelFile:
    """Read a model's file and look it through.

    sha256      the whole file's hash, where it is known
    vocabulary  the digest that the model must have been taught; None: any
    """
    if not path.is_file():
        raise InputError(f"{path} is no file; give the path of a model")
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise InputError(
                f"{path} has {size / 2**20:.1f} MiB; a model has at most {most_bytes / 2**20:.1f}"
            )
        with path.open("rb") as stream:
            data = stream.read(most_bytes + 1)[:most_bytes]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return look_through(data, source=str(path), sha256=sha256, vocabulary=vocabulary)


def look_through(
    data: bytes,
    *,
    source: str = "the model",
    sha256: str | None = None,
    vocabulary: str | None = VOCABULARY.digest,
) -> ModelFile:
    """Look through the bytes of a model's file; raise InputError if they cannot be trusted."""
    found = _hash(data)
    if sha256 is not None and found != sha256:
        raise InputError(f"{source} has the hash {found[:12]}…, not {sha256[:12]}…; fetch it anew")
    try:
        seen = outline(data)
    except ValueError as error:  # of undecodable text too
        raise InputError(f"{source} is no ONNX file, or one that was cut short: {error}") from error
    if not seen.is_whole:
        raise InputError(f"{source} keeps weights outside itself; a model is one file")
    if strange := seen.operators - OPERATORS:
        raise InputError(f"{source} asks for {min(strange)!r}, which no model of ours does")
    if PROPERTY not in seen.properties:
        raise InputError(f"{source} is an ONNX file without the facts of a model of ours")
    try:
        facts = ModelFacts.from_json(seen.properties[PROPERTY])
    except InputError as error:
        raise InputError(f"{source} is no model that can be used: {error}") from error
    if _hash(seen.graph) != facts.graph:
        raise InputError(f"{source} is not as it was written: its weights have another hash")
    if vocabulary is not None and facts.vocabulary != vocabulary:
        raise InputError(
            f"{source} was taught another vocabulary ({facts.vocabulary[:12]}…); "
            f"this version speaks {vocabulary[:12]}…"
        )
    return ModelFile(data, facts, found, source)


def _hash(data: bytes | memoryview) -> str:
    return sha256(data).hexdigest()
