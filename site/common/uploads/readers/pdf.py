"""Reads a PDF, and writes what of it a record may keep. Run by `readers.__main__`, in a process of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

LIBRARY = "pikepdf"
# As large as what may come in (common.uploads.inspection), and as the quota of a record counts it.
MAX_OUTPUT_BYTES = 20 * 1024 * 1024
MAX_PAGES = 500
MAX_OBJECTS = 200_000
# A page scanned in colour at 600 dots per inch has 100 MB when unpacked.
MAX_STREAM_BYTES = 128 * 1024 * 1024
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024

# What a document does or carries, wherever it stands, in compressed objects too.
ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/XFA", "/EF", "/EmbeddedFile", "/EmbeddedFiles", "/RichMediaContent", "/Launch"}
)
ACTIVE_VALUES = {
    "/S": frozenset(
        {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/Sound", "/GoToE", "/GoToR"}
    ),
    "/Subtype": frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}),
    "/Type": frozenset({"/EmbeddedFile"}),
}
# What happens by itself, when the document, a page or a field is opened or left: taken out wherever it stands.
BY_ITSELF = "/AA"
# And what happens when it is opened, and who made it with what.
TAKEN_OUT = ("/OpenAction", "/Metadata", "/PieceInfo", "/Collection")
UNPACKED_BY_ZLIB = "/FlateDecode"


class Unwanted(Exception):
    pass


def rewritten(content: bytes) -> bytes:
    """The document anew, with what can be reached from its catalogue alone. Raises `Unwanted`."""
    import pikepdf

    with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
        if pdf.is_encrypted or len(pdf.pages) > MAX_PAGES or len(pdf.objects) > MAX_OBJECTS:
            raise Unwanted
        unpacked = 0
        for one in pdf.objects:
            for part in _parts(one, pikepdf):
                _refuse_active(part, pikepdf)
                if BY_ITSELF in part:
                    del part[BY_ITSELF]
            if isinstance(one, pikepdf.Stream):
                unpacked += _unpacked_size(one, pikepdf)
        if unpacked > MAX_UNPACKED_BYTES:
            raise Unwanted
        for key in TAKEN_OUT:
            if key in pdf.Root:
                del pdf.Root[key]
        del pdf.docinfo
        out = BytesIO()
        pdf.save(out, compress_streams=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    if out.tell() > MAX_OUTPUT_BYTES:
        raise Unwanted
    return out.getvalue()


def _parts(one: Any, pikepdf: Any) -> Iterator[Any]:
    """The dictionaries of an object, but for those of other objects that it names: each of these has its own turn."""
    waiting = [one]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            children = [part[key] for key in part.keys()]  # noqa: SIM118 - it has no other way to name them
        elif isinstance(part, pikepdf.Array):
            children = list(part)
        else:
            continue
        waiting.extend(child for child in children if not getattr(child, "is_indirect", False))


def _refuse_active(part: Any, pikepdf: Any) -> None:
    keys = set(part.keys())
    if keys & ACTIVE_KEYS:
        raise Unwanted
    for key in keys & ACTIVE_VALUES.keys():
        value = part[key]
        if isinstance(value, pikepdf.Name) and str(value) in ACTIVE_VALUES[key]:
            raise Unwanted


def _unpacked_size(stream: Any, pikepdf: Any) -> int:
    """How large it is for its reader. Raises `Unwanted` for what unpacks to more than any page needs, or twice."""
    if "/F" in stream:
        # What it shows would come from elsewhere.
        raise Unwanted
    named = stream.get("/Filter")
    filters = [] if named is None else [str(one) for one in (named if isinstance(named, pikepdf.Array) else [named])]
    if filters.count(UNPACKED_BY_ZLIB) > 1:
        raise Unwanted
    packed = stream.read_raw_bytes()
    if filters[:1] != [UNPACKED_BY_ZLIB]:
        return len(packed)
    size, unpacker = 0, zlib.decompressobj()
    try:
        while packed and not unpacker.eof:
            size += len(unpacker.decompress(packed, CHUNK_BYTES))
            packed = unpacker.unconsumed_tail
            if size > MAX_STREAM_BYTES:
                raise Unwanted
    except zlib.error:
        # Readers show of it what they can.
        return size
    return size
