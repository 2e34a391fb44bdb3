from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from common.uploads import child
from common.uploads.readers import pdf
from common.uploads.refusals import Refused

# Within this much of its end a PDF says where its table of contents lies.
TRAILER_BYTES = 2048
_HEADER = re.compile(rb"%PDF-[12]\.\d")
_STREAM, _END_OF_STREAM = re.compile(rb"stream\r?\n"), b"endstream"
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
# Writing names out takes a step for each code; a real document has a few. Of more the worker sees what they say.
MAX_CODES = 10_000
WRITE_SECONDS = 20
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")


def examine(file: BinaryIO) -> None:
    """Refuses what is cut short, is an archive or another kind too, or says openly that it runs or carries something.

    What hides inside compressed objects `written_anew` finds, before anybody is served the file. Raises `Refused`.
    """
    content = file.read()
    end = content.rstrip(b"\0\t\n\f\r ")
    if not _HEADER.match(content) or not end.endswith(b"%%EOF") or b"startxref" not in end[-TRAILER_BYTES:]:
        raise Refused("This PDF is damaged or not complete. Save it again and choose the new file.")
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise Refused("This file is a PDF and an archive at once, which we cannot take. Save it as a plain PDF.")
    spoken = _without_streams(content)
    if spoken.count(b"#") <= MAX_CODES:
        spoken = _names_written_out(spoken)
    if _LOCKED.search(spoken):
        raise Refused("This PDF is locked. Save it without a password and choose the new file.")
    if _ACTIVE.search(spoken):
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


def written_anew(content: bytes) -> bytes:
    """The document without what it runs, carries or remembers: scripts, programs, forms of XFA, other files, what
    happens at its opening, older revisions, whatever its catalogue does not name, who made it.

    Call it from a worker. Raises `Refused` for what is damaged, locked, active, too long (500 pages) or too large when
    unpacked; and `ToolBroken`.
    """
    return child.read("pdf", "rewritten", content, most=pdf.MAX_OUTPUT_BYTES, within=WRITE_SECONDS)
