"""Provenance as C2PA content credentials: a record's facts as assertions, signed by the user's key.

C2PA Technical Specification 2.x: actions (c2pa.actions.v2) with IPTC's digital source types.
Signing needs the extra `c2pa` and a certificate that the user has from an authority.
"""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing

_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
ALGORITHMS = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
SIGNED = (".wav", ".mp3", ".m4a", ".mp4", ".jpg", ".png")  # what the library embeds into


def source_type(record: Mapping[str, Any]) -> str:
    """Return IPTC's digital source type of a record: rules, a learned model, or a given song.

    >>> source_type({"models": [{"name": "small"}]}).rsplit("/", 1)[1]
    'trainedAlgorithmicMedia'
    """
    if record.get("models"):
        return f"{_SOURCE_TYPE}trainedAlgorithmicMedia"
    if record.get("origins"):
        return f"{_SOURCE_TYPE}algorithmicallyEnhanced"
    return f"{_SOURCE_TYPE}algorithmicMedia"


def manifest_of(
    record: Mapping[str, Any], *, title: str, is_picture: bool = False
) -> dict[str, Any]:
    """Return the definition of a C2PA manifest for one file of a record.

    record      what record.json says
    is_picture  a cover or thumbnail: drawn by procedure, whoever composed
    """
    agent = {"name": "Tapeloom", "version": str(record["version"])}
    kind = f"{_SOURCE_TYPE}algorithmicMedia" if is_picture else source_type(record)
    facts = {
        "engine": record["engine"], "seed": record["seed"], "brief": record["brief"],
        "models": [{key: model.get(key) for key in ("name", "sha256", "licence")}
                   for model in record.get("models") or []],
        "origins": [dict(origin) for origin in record.get("origins") or []],
    }  # fmt: skip
    return {
        "title": title,
        "claim_generator_info": [agent],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {
                    "actions": [
                        {
                            "action": "c2pa.created",
                            "digitalSourceType": kind,
                            "softwareAgent": agent,
                        }
                    ]
                },
            },
            {"label": "org.tapeloom.record", "data": facts},
        ],
    }


def check_key(path: Path) -> bytes:
    """Read a private key; InputError where others may read it, too."""
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise InputError(f"{path} may be read by others; give it owner-only rights (chmod 600)")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def sign(
    path: Path,
    manifest: Mapping[str, Any],
    *,
    certificate: Path,
    key: Path,
    algorithm: str = "es256",
    timestamp_url: str | None = None,
) -> None:
    """Embed a signed manifest into a file, in place.

    certificate    PEM, the signer's first and then its issuers'
    timestamp_url  an RFC 3161 authority; without one the signature has no trusted time
    """
    if algorithm not in ALGORITHMS:
        raise InputError(f"{algorithm!r} is no algorithm; choose one of {', '.join(ALGORITHMS)}")
    if path.suffix.lower() not in SIGNED:
        raise InputError(f"{path.name} cannot be signed; {', '.join(SIGNED)} can")
    try:
        import c2pa
    except ImportError as error:
        raise InputError(
            "signing needs the extra c2pa; install it by: pip install 'tapeloom[c2pa]'"
        ) from error
    secret = check_key(key)
    try:
        chain = certificate.read_bytes()
    except OSError as error:
        raise InputError(f"{certificate} cannot be read: {error.strerror}") from error
    address = timestamp_url.encode() if timestamp_url else None
    try:
        info = c2pa.C2paSignerInfo(algorithm, chain, secret, address)
        with (
            replacing(path) as temporary,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(manifest)) as builder,
        ):
            builder.sign_file(path, temporary, signer)
    except c2pa.C2paError as error:
        raise TapeloomError(f"{path} cannot be signed: {error}") from error
