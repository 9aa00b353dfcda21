"""What record.json says: where a record comes from, and what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from tapeloom import __version__
from tapeloom.app.composing import score_facts
from tapeloom.app.order import Order
from tapeloom.app.stages import title_of
from tapeloom.core.brief import brief_to_json
from tapeloom.core.files import sha256_of
from tapeloom.core.product import Master, Provenance, loudness_to_json
from tapeloom.core.score import Score

FORMAT = 1  # of record.json
LIBRARIES = ("numpy", "scipy", "numba", "onnxruntime", "symusic", "soundfile", "av", "pillow")


def provenance(order: Order) -> dict[str, Any]:
    """Return what record.json says of where the record comes from."""
    origins = (order.origin,) if order.origin else ()
    source = Provenance(
        version=__version__,
        seed=order.brief.seed,
        brief=brief_to_json(order.brief),
        engine=order.engine,
        origins=origins,
    )
    free = source.is_free_of_other_rights
    learned = order.song is None and order.engine != "theory"
    made = (
        "Composed by a model that learned from human songs, checked against them for quotations, "
        "and synthesised from equations, without samples: it is yours alone."
        if learned
        else "Composed and synthesised from equations, without samples: it is yours alone."
    )
    return {
        "format": FORMAT,
        "title": title_of(order),
        "title_is_own": order.title is not None,
        "cover": dict(order.cover),
        "artist": order.artist,
        **asdict(source),
        "libraries": {name: version(name) for name in LIBRARIES},
        "free_of_other_rights": free,
        "models": generator_facts() if learned else [],
        "rights": (
            made
            if free
            else "Borrows from the file under origins: whoever has rights in that has them here."
        ),
    }


def generator_facts() -> list[dict[str, Any]]:
    """Return what record.json says of the models that write notes."""
    from tapeloom.neural.drafting import MODEL
    from tapeloom.neural.model_file import read_model

    file = read_model(MODEL)
    training = file.facts.training
    return [
        {
            "name": file.facts.name,
            "file": MODEL.name,
            "sha256": sha256_of(MODEL),
            "data": training.get("data"),
            "licence": training.get("licence"),
        }
    ]


def facts(score: Score, master: Master, drafts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what record.json says of the music and the sound.

    drafts  how a learned engine drew the pieces: quality and originality
    """
    return {
        **score_facts(score),
        "drafts": list(drafts),
        "duration_s": round(master.audio.frames / master.audio.rate, 3),
        "loudness": loudness_to_json(master.loudness),
    }
