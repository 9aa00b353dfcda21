"""Content credentials: what they claim, and signatures that the C2PA library itself accepts."""

import datetime
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapeloom.core.audio import Audio, write_audio
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.release.content_credentials import manifest_of, sign, source_type

RECORD = {"version": "0.1", "engine": "theory", "seed": 7, "brief": {"words": "rain"}}


def actions(manifest: dict) -> list[dict]:
    found = [a for a in manifest["assertions"] if a["label"].startswith("c2pa.actions")]
    return found[0]["data"]["actions"]


def test_a_record_tells_how_it_was_made() -> None:
    def kind(record: dict) -> str:
        return source_type(record).rsplit("/", 1)[1]

    assert kind({}) == "algorithmicMedia"
    assert kind({"models": [{"name": "m"}]}) == "trainedAlgorithmicMedia"
    assert kind({"origins": [{"file": "x"}]}) == "algorithmicallyEnhanced"
    learned = {**RECORD, "models": [{"name": "m", "sha256": "00", "licence": "MIT", "x": 1}]}
    manifest = manifest_of(learned, title="Rain")
    assert actions(manifest)[0]["action"] == "c2pa.created"
    assert actions(manifest)[0]["digitalSourceType"].endswith("trainedAlgorithmicMedia")
    picture = manifest_of(learned, title="Rain", is_picture=True)
    assert actions(picture)[0]["digitalSourceType"].endswith("/algorithmicMedia")
    facts = manifest["assertions"][1]["data"]
    assert (facts["seed"], facts["models"]) == (
        7, [{"name": "m", "sha256": "00", "licence": "MIT"}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of an authority of our own, and its key."""
    pytest.importorskip("c2pa")
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(text: str) -> object:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text),
                          x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lantern")])  # fmt: skip

    now = datetime.datetime.now(datetime.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]

    def certificate(subject: str, issuer: str, key: int, *, is_authority: bool) -> object:
        public = keys[key].public_key()
        usage = x509.KeyUsage(
            digital_signature=not is_authority, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=is_authority,
            crl_sign=is_authority, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        made = (
            x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
            .public_key(public).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()),
                critical=False,
            )
        )  # fmt: skip
        if not is_authority:
            made = made.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
        return made.sign(keys[0], hashes.SHA256())

    folder = tmp_path_factory.mktemp("signer")
    chain = [certificate("Signer", "Root", 1, is_authority=False),
             certificate("Root", "Root", 0, is_authority=True)]  # fmt: skip
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    (folder / "signer.pem").write_bytes(pem)
    key = folder / "key.pem"
    key.touch(mode=0o600)
    key.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    return folder / "signer.pem", key


def test_what_was_signed_is_read_back_and_tampering_is_found(
    signer: tuple[Path, Path], tmp_path: Path
) -> None:
    import c2pa

    certificate, key = signer
    sound, cover = tmp_path / "x.wav", tmp_path / "cover.jpg"
    write_audio(sound, Audio(np.full((2, 4410), 0.1, np.float32)))
    Image.new("RGB", (64, 64), (200, 100, 50)).save(cover)
    for path in (sound, cover):
        manifest = manifest_of(RECORD, title=path.stem, is_picture=path is cover)
        sign(path, manifest, certificate=certificate, key=key)
        with c2pa.Reader(path) as reader:
            told = json.loads(reader.json())
        active = told["manifests"][told["active_manifest"]]
        assert active["title"] == path.stem
        assert active["claim_generator_info"][0]["name"] == "Tapeloom"
        assert actions(active)[0]["digitalSourceType"].endswith("algorithmicMedia")
        # Our authority is on nobody's list: that, and nothing else, is found wanting.
        codes = {status["code"] for status in told.get("validation_status", [])}
        assert codes <= {"signingCredential.untrusted"}
    data = bytearray(sound.read_bytes())
    data[100] ^= 0x55
    sound.write_bytes(data)
    with c2pa.Reader(sound) as reader:
        codes = {status["code"] for status in json.loads(reader.json())["validation_status"]}
    assert "assertion.dataHash.mismatch" in codes


def test_what_cannot_be_signed_is_one_sentence(signer: tuple[Path, Path], tmp_path: Path) -> None:
    certificate, key = signer
    manifest = manifest_of(RECORD, title="x")
    path = tmp_path / "x.wav"
    path.write_bytes(b"no wave")
    with pytest.raises(InputError, match="'rsa' is no algorithm"):
        sign(path, manifest, certificate=certificate, key=key, algorithm="rsa")
    with pytest.raises(InputError, match=r"x\.flac cannot be signed"):
        sign(tmp_path / "x.flac", manifest, certificate=certificate, key=key)
    with pytest.raises(InputError, match="cannot be read"):
        sign(path, manifest, certificate=certificate, key=tmp_path / "none.pem")
    with pytest.raises(InputError, match="cannot be read"):
        sign(path, manifest, certificate=tmp_path / "none.pem", key=key)
    with pytest.raises(TapeloomError, match="cannot be signed"):
        sign(path, manifest, certificate=certificate, key=key)
    open_key = tmp_path / "open.pem"
    open_key.write_bytes(key.read_bytes())
    open_key.chmod(0o644)
    with pytest.raises(InputError, match="owner-only rights"):
        sign(path, manifest, certificate=certificate, key=open_key)
    assert path.read_bytes() == b"no wave"
