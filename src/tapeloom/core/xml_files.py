"""XML documents in files that nobody vouches for, plain or compressed as MusicXML's .mxl.

The size is bounded, unpacked too, and a document that declares entities is refused.
"""

import io
import xml.etree.ElementTree as ET
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from tapeloom.core.errors import InputError

MAX_BYTES = 64 * 2**20  # of a file unpacked
MAX_TAGS = 6_000_000  # a document of nothing but tags would fill the memory
_INDEX = "META-INF/container.xml"  # says which of the packed files is the score
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles>'
    '<rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>'
    "</rootfiles></container>\n"
)


def read_xml(path: Path) -> ET.Element:
    """Read a file's document; of a compressed file the one that its container names.

    >>> read_xml(Path("nowhere.mxl"))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: it does not exist or is no file
    """
    return parse_xml(_content(path))


def parse_xml(data: bytes) -> ET.Element:
    """Parse a document, in any encoding; one that declares entities is refused.

    >>> parse_xml(b"<a><b/></a>").find("b") is not None
    True
    >>> parse_xml(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: it declares entities; such files are refused
    """

    def refuse(*_: object) -> None:
        raise InputError("it declares entities; such files are refused")

    if data.count(b"<") > MAX_TAGS:
        raise InputError(f"it holds over {MAX_TAGS} tags; that is no music")
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, LookupError, AssertionError) as error:
        raise InputError(f"it is no MusicXML ({error})") from error


def pack_xml(data: bytes) -> bytes:
    """Pack a MusicXML document as .mxl, the same bytes each time.

    >>> pack_xml(b"<a/>") == pack_xml(b"<a/>"), pack_xml(b"<a/>")[:2]
    (True, b'PK')
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((_INDEX, _CONTAINER.encode()), ("score.musicxml", data)):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _content(path: Path) -> bytes:
    """Return the document of a file, unpacked where it is compressed."""
    if not path.is_file():
        raise InputError("it does not exist or is no file")
    try:
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                file.seek(0)
                return _bounded(file.read(MAX_BYTES + 1))
        with zipfile.ZipFile(path) as archive, archive.open(_inside(archive)) as packed:
            return _bounded(packed.read(MAX_BYTES + 1))
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError,
            KeyError) as error:  # fmt: skip
        raise InputError(f"it is no file that can be unpacked ({error})") from error


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise InputError(f"it holds over {MAX_BYTES // 2**20} MiB; that is no music")
    return data


def _inside(archive: zipfile.ZipFile) -> str:
    """Return the name of the score in a compressed file."""
    names = archive.namelist()
    if _INDEX in names:
        with archive.open(_INDEX) as file:
            try:
                listed = list(parse_xml(file.read(2**16)).iter())
            except InputError:  # some programs forget to escape a title there
                listed = []
        for element in listed:
            if element.tag.endswith("rootfile") and element.get("full-path") in names:
                return str(element.get("full-path"))
    scores = [n for n in names if n.endswith((".xml", ".musicxml")) and not n.startswith("META")]
    if not scores:
        raise InputError("it holds no MusicXML document")
    return scores[0]
