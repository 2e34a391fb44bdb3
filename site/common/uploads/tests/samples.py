"""Files to upload, harmless and hostile, made here so that the repository holds none."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

from common.uploads.images import MAX_SCANS

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
END_OF_PNG = struct.pack("!L", 0) + b"IEND" + struct.pack("!L", zlib.crc32(b"IEND"))
ORIENTATION = 0x0112
MAKER = 0x010F
LATITUDE = 2
GPS = 0x8825
ROTATED_RIGHT = 6
CAMERA = "Canary Camera"


def pdf(*objects: bytes, version: bytes = b"1.7", tail: bytes = b"") -> bytes:
    """A small PDF with these objects besides its catalogue. Its table of contents is right."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>", *objects]
    content = b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(content))
    return content + head + table + trailer + tail


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def packed_pdf(pages: int = 1, **entries: Any) -> bytes:
    """A PDF whose catalogue has these entries, all of it in compressed objects: a plain search finds nothing there."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    for name, value in entries.items():
        document.Root[f"/{name}"] = document.make_indirect(value)
    return _saved(document)


def _saved(document: pikepdf.Pdf, **options: Any) -> bytes:
    out = BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, **options)
    return out.getvalue()


def pdf_with_note(**entries: Any) -> bytes:
    """A PDF with something stuck on its page (an annotation), in a compressed object."""
    document = pikepdf.new()
    page = document.add_blank_page()
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 9, 9], **entries)
    page.obj["/Annots"] = pikepdf.Array([document.make_indirect(note)])
    return _saved(document)


def pdf_that_acts_by_itself() -> bytes:
    """A PDF whose page, when it is turned to, tells an address of somebody's that it was."""
    document = pikepdf.new()
    page = document.add_blank_page()
    call = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/canary")
    page.obj["/AA"] = document.make_indirect(pikepdf.Dictionary(O=call))
    return _saved(document)


def pdf_of_codes(megabytes: int = 19) -> bytes:
    """A PDF of nothing but letters written as codes."""
    return pdf(b"#41" * (megabytes * 1024 * 1024 // 3))


def pdf_that_grows() -> bytes:
    """A small PDF whose compressed objects are long and alike: 60 MB where they are written out."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root["/Long"] = pikepdf.Array(
        [document.make_indirect(pikepdf.String(b"a" * 1024 * 1024)) for _ in range(60)]
    )
    return _saved(document)


def locked_pdf(password: str) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    return _saved(document, encryption=pikepdf.Encryption(owner="owner", user=password))


def pdf_bomb(times: int = 1, megabytes: int = 200) -> bytes:
    """A PDF with a stream that unpacks to this much; packed more than once it is small before that too."""
    packed = b"\0" * (megabytes * 1024 * 1024)
    for _ in range(times):
        packed = zlib.compress(packed, 9)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    return pdf(stream(packed, b"/Filter " + filters))


def pdf_of_packed_objects(megabytes: int = 1500) -> bytes:
    """A PDF whose compressed objects unpack to more memory than a reader is given."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    head, block = (packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH) for one in (b"0 0 ", b" " * 1024 * 1024))
    # After a full flush each block stands for itself, so it can be said again without packing it again.
    packed = b"\x78\xda" + head + block * megabytes
    entries = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"
    return pdf(stream(packed, entries))


def pdf_of_loops() -> bytes:
    """Pages that are their own children."""
    return pdf().replace(b"/Kids [] /Count 0", b"/Kids [2 0 R] /Count 1")


def pdf_of_revisions() -> bytes:
    """A PDF whose catalogue was written anew since; the older one, packed away, starts a script."""
    hidden = zlib.compress(b"<< /S /JavaScript /JS (app.alert(1)) >>")
    first = pdf(stream(hidden, b"/Filter /FlateDecode"))
    position = len(first)
    newer = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = b"xref\n1 1\n%010d 00000 n \n" % position
    before = first.rindex(b"xref\n0 ")
    trailer = b"trailer\n<< /Size 4 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (before, position + len(newer))
    return first + newer + table + trailer


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture with a bright left half, so that it can be told which way up it is."""
    image = Image.new(mode, size)
    bright = Image.new(mode, (size[0] // 2, size[1]), _bright(mode))
    image.paste(bright, (0, 0))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _bright(mode: str) -> Any:
    return {"RGB": (250, 250, 250), "RGBA": (250, 250, 250, 255), "CMYK": (5, 5, 5, 5), "LA": (250, 255)}.get(mode, 250)


def jpeg(**options: Any) -> bytes:
    return picture("JPEG", **options)


def png(**options: Any) -> bytes:
    return picture("PNG", **options)


def telltale_exif(orientation: int = ROTATED_RIGHT) -> Image.Exif:
    """Who made the picture, where, and which way up it is to be shown."""
    exif = Image.Exif()
    exif[MAKER] = CAMERA
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[LATITUDE] = (51.0, 30.0, 26.0)
    return exif


def animated_png() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!L", len(content)) + kind + content + struct.pack("!L", zlib.crc32(kind + content))


def png_of(width: int, height: int, *more: bytes, rows: bytes = b"") -> bytes:
    """A PNG that declares this size, whatever its rows (compressed here) hold."""
    header = chunk(b"IHDR", struct.pack("!LLBBBBB", width, height, 8, 0, 0, 0, 0))
    return PNG_SIGNATURE + header + b"".join(more) + chunk(b"IDAT", zlib.compress(rows, 9)) + END_OF_PNG


def png_text_bomb() -> bytes:
    """A picture of one dot with 64 MB of text, compressed a thousand times."""
    return png_of(1, 1, chunk(b"zTXt", b"note\0\0" + zlib.compress(b"\0" * 64 * 1024 * 1024, 9)), rows=b"\0\0")


def jpeg_declaring(width: int, height: int) -> bytes:
    """A JPEG whose frame header says that it is this large."""
    content = jpeg()
    start = content.index(b"\xff\xc0")
    return content[: start + 5] + struct.pack("!HH", height, width) + content[start + 9 :]


def jpeg_of_many_scans() -> bytes:
    """Each scan has a decoder go over the whole picture once more."""
    content = jpeg(progressive=True)
    start = content.rindex(b"\xff\xda")
    scan = content[start:-2]
    return content[:start] + scan * (MAX_SCANS + 1) + b"\xff\xd9"


def jpeg_with(segments: bytes) -> bytes:
    """A JPEG with these bytes behind its first marker."""
    content = jpeg()
    return content[:2] + segments + content[2:]


def png_of_chunks() -> bytes:
    return png_of(1, 1, chunk(b"teSt", b"") * 300_000, rows=b"\0\0")


def archive(name: str = "run.exe", content: bytes = b"MZ" + b"\0" * 1000) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def commented(content: bytes, comment: bytes) -> bytes:
    return content[:2] + b"\xff\xfe" + struct.pack("!H", len(comment) + 2) + comment + content[2:]


def tiff() -> bytes:
    return picture("TIFF")
