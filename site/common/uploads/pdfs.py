from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from common.uploads.refusals import Refused

# Within this much of its end a PDF says where its table of contents lies.
TRAILER_BYTES = 2048
_HEADER = re.compile(rb"%PDF-[12]\.\d")
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
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
    if _ACTIVE.search(_names_written_out(_STREAM.sub(b"", content))):
        raise Refused("This PDF holds a program, a form or another file. Print it to a new PDF and choose that one.")


def _names_written_out(content: bytes) -> bytes:
    """PDF lets any letter of a name stand as `#` and two digits, which hides a name from a plain search."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)
