from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from common.uploads.refusals import Refused

# Within this much of its end a PDF says where its table of contents lies.
TRAILER_BYTES = 2048
_HEADER = re.compile(rb"%PDF-[12]\.\d")
_STREAM, _END_OF_STREAM = re.compile(rb"stream\r?\n"), b"endstream"
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")


def examine(file: BinaryIO) -> None:
    """Refuses what is cut short, is an archive or another kind too, or says openly that it runs or carries something.

    What hides inside compressed objects is the virus scanner's business, and nobody is served a PDF to run here:
    it leaves as an attachment or in a sandbox (`common.uploads.serving`). Raises `Refused`.
    """
    content = file.read()
    end = content.rstrip(b"\0\t\n\f\r ")
    if not _HEADER.match(content) or not end.endswith(b"%%EOF") or b"startxref" not in end[-TRAILER_BYTES:]:
        raise Refused("This PDF is damaged or not complete. Save it again and choose the new file.")
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise Refused("This file is a PDF and an archive at once, which we cannot take. Save it as a plain PDF.")
    if _ACTIVE.search(_names_written_out(_without_streams(content))):
        raise Refused("This PDF holds a program, a form or another file. Print it to a new PDF and choose that one.")


def _without_streams(content: bytes) -> bytes:
    """Read once, however many streams begin and none ends: an expression over both ends would start anew at each."""
    kept, position = [], 0
    while begin := _STREAM.search(content, position):
        end = content.find(_END_OF_STREAM, begin.end())
        if end < 0:
            break
        kept.append(content[position : begin.start()])
        position = end + len(_END_OF_STREAM)
    return b"".join([*kept, content[position:]])


def _names_written_out(content: bytes) -> bytes:
    """PDF lets any letter of a name stand as `#` and two digits, which hides a name from a plain search."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)
