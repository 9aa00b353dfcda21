"""A release as a DDEX message: ERN 4.3.2, NewReleaseMessage.

Electronic Release Notification Message Suite Standard, version 4.3.2 (DDEX). Its schema needs a
licence and is not here: what we write follows its published structure and was never validated
against it. Whoever sends it to a store must do that, and fill in the parties' identifiers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from tapeloom.release.kit import KitTrack, ReleaseKit
from tapeloom.release.language import LICENCES

NAMESPACE = "http://ddex.net/xml/ern/432"
_CODECS = {"flac": "FLAC", "wav16": "PCM", "wav24": "PCM"}
# What an all-rights-reserved release is offered for, as stores commonly take it.
DEALS = (
    ("SubscriptionModel", ("OnDemandStream", "ConditionalDownload")),
    ("AdvertisementSupportedModel", ("OnDemandStream", "NonInteractiveStream")),
    ("PayAsYouGoModel", ("PermanentDownload",)),
)
_WORLD = {"ApplicableTerritoryCode": "Worldwide", "IsDefault": "true"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a message and to whom; identifiers are DDEX party identifiers (DPID)."""

    name: str
    party_id: str | None = None
    recipient: str = "Recipient"
    recipient_id: str | None = None


def ern_message(
    kit: ReleaseKit,
    sender: Sender,
    *,
    files: Sequence[Mapping[str, object]] = (),
    created: datetime | None = None,
) -> str:
    """Return the message as XML text.

    files    of each track, where they are known: file, audio (a name of FORMATS), rate, sha256
    created  when; midnight UTC of the release's day if left out, so that a kit is the same again
    """
    moment = created or datetime(kit.day.year, kit.day.month, kit.day.day, tzinfo=UTC)
    ElementTree.register_namespace("ern", NAMESPACE)
    root = ElementTree.Element(
        f"{{{NAMESPACE}}}NewReleaseMessage",
        {
            "ReleaseProfileVersionId": "SimpleAudioSingle" if len(kit.tracks) == 1 else "Audio",
            "LanguageAndScriptCode": kit.language,
        },
    )
    _header(root, kit, sender, moment)
    parties = _parties(root, kit)
    _resources(root, kit, parties, files)
    _releases(root, kit, parties, sender)
    _deals(root, kit)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add(
    parent: ElementTree.Element, name: str, text: object = None, **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    if text is not None:
        child.text = str(text)
    return child


def _header(
    root: ElementTree.Element, kit: ReleaseKit, sender: Sender, moment: datetime
) -> None:  # fmt: skip
    header = _add(root, "MessageHeader")
    stamp = moment.strftime("%Y%m%d%H%M%S")
    _add(header, "MessageThreadId", f"{_own_id(kit)}-{stamp}")
    _add(header, "MessageId", f"{_own_id(kit)}-{stamp}-1")
    for tag, name, party_id in (
        ("MessageSender", sender.name, sender.party_id),
        ("MessageRecipient", sender.recipient, sender.recipient_id),
    ):
        party = _add(header, tag)
        if party_id:
            _add(party, "PartyId", party_id)
        _add(_add(party, "PartyName"), "FullName", name)
    _add(header, "MessageCreatedDateTime", moment.isoformat().replace("+00:00", "Z"))
    _add(header, "MessageControlType", "TestMessage")


def _own_id(kit: ReleaseKit) -> str:
    """Return an identifier of our own for a release: its UPC, or its title in plain letters."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in kit.title).strip("-")
    return kit.upc or f"{plain or 'release'}-{kit.day.isoformat()}"


def _parties(root: ElementTree.Element, kit: ReleaseKit) -> dict[str, str]:
    """List everybody who is named, and return their references by name."""
    names = [kit.artist, kit.label or kit.artist]
    for track in kit.tracks:
        names += [track.artist, track.composer or track.artist]
    references = {name: f"P{i}" for i, name in enumerate(dict.fromkeys(names), 1)}
    parties = _add(root, "PartyList")
    for name, reference in references.items():
        party = _add(parties, "Party")
        _add(party, "PartyReference", reference)
        _add(_add(party, "PartyName"), "FullName", name)
    return references


def _resources(
    root: ElementTree.Element, kit: ReleaseKit, parties: Mapping[str, str],
    files: Sequence[Mapping[str, object]],
) -> None:  # fmt: skip
    resources = _add(root, "ResourceList")
    for number, track in enumerate(kit.tracks, 1):
        file = files[number - 1] if files else None
        _recording(resources, kit, track, number, parties, file)
    image = _add(resources, "Image")
    _add(image, "ResourceReference", _image_reference(kit))
    _add(image, "Type", "FrontCoverImage")
    _add(_add(image, "ResourceId"), "ProprietaryId", f"{_own_id(kit)}-cover",
         Namespace=kit.label or kit.artist)  # fmt: skip
    _add(image, "ParentalWarningType", "NotExplicit")
    delivery = _add(_add(image, "TechnicalDetails"), "File")
    _add(delivery, "URI", "cover.jpg")


def _image_reference(kit: ReleaseKit) -> str:
    return f"A{len(kit.tracks) + 1}"


def _recording(
    resources: ElementTree.Element, kit: ReleaseKit, track: KitTrack, number: int,
    parties: Mapping[str, str], file: Mapping[str, object] | None,
) -> None:  # fmt: skip
    recording = _add(resources, "SoundRecording")
    _add(recording, "ResourceReference", f"A{number}")
    _add(recording, "Type", "MusicalWorkSoundRecording")
    edition = _add(recording, "SoundRecordingEdition")
    identity = _add(edition, "ResourceId")
    if track.isrc:
        _add(identity, "ISRC", track.isrc)
    else:
        _add(identity, "ProprietaryId", f"{_own_id(kit)}-{number:02d}",
             Namespace=kit.label or kit.artist)  # fmt: skip
    _line(edition, "PLine", kit)
    if file is not None:
        details = _add(edition, "TechnicalDetails")
        _add(details, "TechnicalResourceDetailsReference", f"T{number}")
        delivery = _add(details, "DeliveryFile")
        _add(delivery, "Type", "AudioFile")
        _add(delivery, "AudioCodecType", _CODECS.get(str(file.get("audio")), "Unknown"))
        _add(delivery, "NumberOfChannels", 2)
        _add(delivery, "SamplingRate", file["rate"], UnitOfMeasure="Hz")
        located = _add(delivery, "File")
        _add(located, "URI", file["file"])
        if file.get("sha256"):
            checksum = _add(located, "HashSum")
            _add(checksum, "Algorithm", "SHA2-256")
            _add(checksum, "HashSumValue", file["sha256"])
    _names(recording, track.title, track.artist, parties)
    contributor = _add(recording, "Contributor", SequenceNumber="1")
    _add(contributor, "ContributorPartyReference", parties[track.composer or track.artist])
    _add(contributor, "Role", "Composer")
    _add(recording, "Duration", duration(track.duration_s))
    _add(recording, "ParentalWarningType", "NotExplicit")
    _add(recording, "IsInstrumental", "true")


def _names(
    parent: ElementTree.Element, title: str, artist: str, parties: Mapping[str, str]
) -> None:
    _add(parent, "DisplayTitleText", title, **_WORLD)
    _add(_add(parent, "DisplayTitle", None, **_WORLD), "TitleText", title)
    _add(parent, "DisplayArtistName", artist, **_WORLD)
    shown = _add(parent, "DisplayArtist", None, SequenceNumber="1")
    _add(shown, "ArtistPartyReference", parties[artist])
    _add(shown, "DisplayArtistRole", "MainArtist")


def _line(parent: ElementTree.Element, tag: str, kit: ReleaseKit) -> None:
    line = _add(parent, tag)
    _add(line, "Year", kit.day.year)
    sign = "℗" if tag == "PLine" else "©"
    _add(line, f"{tag}Text", f"{sign} {kit.p_line}")


def duration(seconds: float) -> str:
    """Return a duration after ISO 8601.

    >>> duration(185.4), duration(3725)
    ('PT3M5S', 'PT1H2M5S')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"PT{f'{hours}H' if hours else ''}{minutes}M{rest}S"


def _releases(
    root: ElementTree.Element, kit: ReleaseKit, parties: Mapping[str, str], sender: Sender
) -> None:
    releases = _add(root, "ReleaseList")
    release = _add(releases, "Release")
    _add(release, "ReleaseReference", "R0")
    _add(release, "ReleaseType", kit.kind)
    identity = _add(release, "ReleaseId")
    if kit.upc:
        _add(identity, "ICPN", kit.upc)
    else:
        _add(identity, "ProprietaryId", _own_id(kit), Namespace=sender.name)
    _names(release, kit.title, kit.artist, parties)
    label = parties[kit.label or kit.artist]
    _add(release, "ReleaseLabelReference", label, **_WORLD)
    _line(release, "PLine", kit)
    _line(release, "CLine", kit)
    _add(release, "Duration", duration(kit.duration_s))
    _add(_add(release, "Genre", None, **_WORLD), "GenreText", kit.genre)
    _add(release, "ReleaseDate", kit.day.isoformat(), **_WORLD)
    _add(release, "ParentalWarningType", "NotExplicit", **_WORLD)
    group = _add(release, "ResourceGroup")
    tracks = _add(group, "ResourceGroup")
    _add(tracks, "SequenceNumber", 1)
    for number in range(1, len(kit.tracks) + 1):
        item = _add(tracks, "ResourceGroupContentItem")
        _add(item, "SequenceNumber", number)
        _add(item, "ReleaseResourceReference", f"A{number}")
    _add(group, "LinkedReleaseResourceReference", _image_reference(kit), LinkDescription="CoverArt")
    for number, track in enumerate(kit.tracks, 1):
        single = _add(releases, "TrackRelease")
        _add(single, "ReleaseReference", f"R{number}")
        _add(_add(single, "ReleaseId"), "ProprietaryId", f"{_own_id(kit)}-R{number}",
             Namespace=sender.name)  # fmt: skip
        _add(single, "DisplayTitleText", track.title, **_WORLD)
        _add(_add(single, "DisplayTitle", None, **_WORLD), "TitleText", track.title)
        _add(single, "ReleaseResourceReference", f"A{number}")
        _add(single, "ReleaseLabelReference", label, **_WORLD)
        _add(_add(single, "Genre", None, **_WORLD), "GenreText", kit.genre)


def _deals(root: ElementTree.Element, kit: ReleaseKit) -> None:
    """Offer the release and each track worldwide from its day on."""
    deals = _add(root, "DealList")
    models = DEALS if kit.licence == LICENCES[0] else (("FreeOfChargeModel", ("OnDemandStream",)),)
    for number in range(len(kit.tracks) + 1):
        release = _add(deals, "ReleaseDeal")
        _add(release, "DealReleaseReference", f"R{number}")
        for model, uses in models:
            terms = _add(_add(release, "Deal"), "DealTerms")
            _add(terms, "TerritoryCode", "Worldwide")
            _add(_add(terms, "ValidityPeriod"), "StartDateTime", f"{kit.day.isoformat()}T00:00:00")
            _add(terms, "CommercialModelType", model)
            for use in uses:
                _add(terms, "UseType", use)
