"""Files that somebody may try, and what becomes of each: refused at the door, found by the scanner, or made safe."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from common.uploads.inspection import MAX_BYTES
from common.uploads.states import UploadState
from common.uploads.tests import samples
from devtools.scanner import EICAR

KIND = "We cannot take this kind of file"
ENDING = "The name of this file ends in"
DAMAGED_PDF = "This PDF is damaged or not complete"
DAMAGED_PICTURE = "This picture is damaged or not complete"
PIXELS = "more than 50 megapixels"
LOCKED = "This PDF is locked"
ACTIVE = "holds a program, a form or another file"
ARCHIVE = "an archive at once"
READY, INFECTED, UNREADABLE = UploadState.CURRENT, UploadState.INFECTED, UploadState.UNREADABLE
RTL = "\N{RIGHT-TO-LEFT OVERRIDE}"


@dataclass(frozen=True)
class Attempt:
    """`becomes`: the words of the refusal, or the state after the check. `stored_as`: the name, where it is taken."""

    about: str
    name: str
    content: Callable[[], bytes]
    becomes: str | UploadState
    stored_as: str = ""
    declared: str = "application/octet-stream"


def _bytes(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _script(code: bytes) -> Callable[[], bytes]:
    return lambda: samples.pdf(b"<< /Type /Action %b >>" % code)


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def packed(**entries: Any) -> bytes:
    return samples.packed_pdf(**entries)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"

CONTENTS = [
    Attempt("nothing at all", "empty.pdf", _bytes(b""), "This file is empty"),
    Attempt("one byte more than allowed", "large.pdf", lambda: b"%PDF-1.7\n" + b"\0" * MAX_BYTES, "larger than 20 MB"),
    Attempt("spaces only", "blank.pdf", _bytes(b" \n" * 50), KIND),
    Attempt("plain text called PDF", "letter.pdf", _bytes(b"Dear officer"), KIND, declared="application/pdf"),
    Attempt("a program called JPEG", "photo.jpg", _bytes(b"MZ\x90\0" + b"\0" * 200), KIND, declared="image/jpeg"),
    Attempt("a Linux program called PNG", "scan.png", _bytes(b"\x7fELF\x02\x01\x01" + b"\0" * 200), KIND),
    Attempt("a shell script", "scan.pdf", _bytes(b"#!/bin/sh\nrm -rf ~\n"), KIND),
    Attempt("SVG with a script", "logo.svg", _bytes(SVG), KIND, declared="image/svg+xml"),
    Attempt("SVG called PNG", "logo.png", _bytes(SVG), KIND, declared="image/png"),
    Attempt("HTML called PDF", "page.pdf", _bytes(HTML), KIND, declared="application/pdf"),
    Attempt("HTML in front of a PDF", "page.pdf", lambda: HTML + samples.pdf(), KIND),
    Attempt("GIF", "moving.gif", lambda: samples.picture("GIF"), KIND, declared="image/gif"),
    Attempt("GIF that is a script too", "pic.jpg", _bytes(b"GIF89a/*\0\0*/=alert(1)//"), KIND, declared="image/jpeg"),
    Attempt("TIFF called JPEG", "scan.jpg", samples.tiff, KIND, declared="image/jpeg"),
    Attempt("WebP called PNG", "scan.png", lambda: samples.picture("WEBP"), KIND),
    Attempt("BMP", "scan.bmp", lambda: samples.picture("BMP"), KIND),
    Attempt("archive called PDF", "papers.pdf", samples.archive, KIND, declared="application/pdf"),
    Attempt("virus sample in an archive", "papers.zip", lambda: samples.archive("eicar.com", EICAR), KIND),
    Attempt("office document", "cv.docx", lambda: samples.archive("word/document.xml"), KIND),
    Attempt("gzip bomb", "scan.pdf", lambda: zlib.compress(b"\0" * 10_000_000), KIND),
    Attempt("PostScript", "scan.pdf", _bytes(b"%!PS-Adobe-3.0\n(r) file\n"), KIND),
]

PDFS = [
    Attempt("PDF cut short", "cv.pdf", lambda: samples.pdf()[:-40], DAMAGED_PDF),
    Attempt("PDF header alone", "cv.pdf", _bytes(b"%PDF-1.7\n"), DAMAGED_PDF),
    Attempt("PDF of an unknown version", "cv.pdf", lambda: samples.pdf(version=b"9.9"), DAMAGED_PDF),
    Attempt("PDF with HTML behind its end", "cv.pdf", lambda: samples.pdf(tail=HTML), DAMAGED_PDF),
    Attempt("PDF with an archive behind its end", "cv.pdf", lambda: samples.pdf(tail=samples.archive()), DAMAGED_PDF),
    Attempt(
        "PDF around an archive", "cv.pdf", lambda: samples.pdf(samples.stream(samples.archive("run.exe"))), ARCHIVE
    ),
    Attempt("PDF with a script", "cv.pdf", _script(b"/S /JavaScript /JS (app.alert(1))"), ACTIVE),
    Attempt("PDF with a script's name in code", "cv.pdf", _script(b"/S /J#61vaScript"), ACTIVE),
    Attempt("PDF that starts a program", "cv.pdf", _script(b"/S /Launch /F (cmd.exe)"), ACTIVE),
    Attempt("PDF with a file inside", "cv.pdf", _script(b"/Names << /EmbeddedFiles 9 0 R >>"), ACTIVE),
    Attempt("PDF of beginnings", "cv.pdf", lambda: samples.pdf(b"stream\n" * 1_000_000, b"/S /Launch"), ACTIVE),
    Attempt("PDF called JPEG", "cv.jpg", samples.pdf, READY, "cv.pdf", "image/jpeg"),
    Attempt("virus sample in a PDF", "cv.pdf", lambda: samples.pdf(samples.stream(EICAR)), INFECTED, "cv.pdf"),
]

HIDDEN = [
    Attempt("script in a compressed object", "cv.pdf", lambda: packed(OpenAction=script()), UNREADABLE, "cv.pdf"),
    Attempt(
        "script among a PDF's names",
        "cv.pdf",
        lambda: packed(Names=Dictionary(JavaScript=script())),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt("script of a page's note", "cv.pdf", lambda: samples.pdf_with_note(A=script()), UNREADABLE, "cv.pdf"),
    Attempt(
        "program in a compressed object",
        "cv.pdf",
        lambda: packed(OpenAction=Dictionary(S=Name.Launch, F="cmd.exe")),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt(
        "file in a compressed object",
        "cv.pdf",
        lambda: packed(Names=Dictionary(EmbeddedFiles=Dictionary(Names=pikepdf.Array([])))),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt(
        "form that is a program (XFA)", "cv.pdf", lambda: packed(AcroForm=Dictionary(XFA="x")), UNREADABLE, "cv.pdf"
    ),
    Attempt(
        "file stuck on a page",
        "cv.pdf",
        lambda: samples.pdf_with_note(Subtype=Name.FileAttachment),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt(
        "film stuck on a page", "cv.pdf", lambda: samples.pdf_with_note(Subtype=Name.RichMedia), UNREADABLE, "cv.pdf"
    ),
    Attempt(
        "form that is sent away",
        "cv.pdf",
        lambda: samples.pdf_with_note(A=Dictionary(S=Name.SubmitForm, F="https://example.org/")),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt(
        "PDF that opens another file",
        "cv.pdf",
        lambda: samples.pdf_with_note(A=Dictionary(S=Name.GoToR, F="//host/share/x.pdf")),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt(
        "PDF whose picture lies elsewhere",
        "cv.pdf",
        lambda: samples.pdf(samples.stream(b"", b"/F (//host/share/x.png)")),
        UNREADABLE,
        "cv.pdf",
    ),
    Attempt(
        "PDF that calls out when its page is turned to", "cv.pdf", samples.pdf_that_acts_by_itself, READY, "cv.pdf"
    ),
    Attempt("PDF of six million codes", "cv.pdf", samples.pdf_of_codes, READY, "cv.pdf"),
    Attempt("PDF that would grow to 60 MB", "cv.pdf", samples.pdf_that_grows, READY, "cv.pdf"),
    Attempt(
        "PDF that jumps when it is opened", "cv.pdf", lambda: packed(OpenAction=pikepdf.Array([0])), READY, "cv.pdf"
    ),
    Attempt("PDF with a script in an older revision", "cv.pdf", samples.pdf_of_revisions, READY, "cv.pdf"),
    Attempt("PDF with a password", "cv.pdf", lambda: samples.locked_pdf("secret"), LOCKED),
    Attempt("PDF that forbids copying", "cv.pdf", lambda: samples.locked_pdf(""), LOCKED),
    Attempt("PDF of 501 pages", "cv.pdf", lambda: packed(pages=501), UNREADABLE, "cv.pdf"),
    Attempt("PDF with a stream of 200 MB", "cv.pdf", samples.pdf_bomb, UNREADABLE, "cv.pdf"),
    Attempt("PDF with a stream packed twice", "cv.pdf", lambda: samples.pdf_bomb(2, 50), UNREADABLE, "cv.pdf"),
    Attempt("PDF of packed objects of 1.5 GB", "cv.pdf", samples.pdf_of_packed_objects, UNREADABLE, "cv.pdf"),
    Attempt("PDF whose pages are their own children", "cv.pdf", samples.pdf_of_loops, UNREADABLE, "cv.pdf"),
]

PICTURES = [
    Attempt("JPEG cut short", "me.jpg", lambda: samples.jpeg(size=(400, 400))[:-900], DAMAGED_PICTURE),
    Attempt("PNG cut short", "me.png", lambda: samples.png()[:-30], DAMAGED_PICTURE),
    Attempt("PNG with a changed byte", "me.png", lambda: samples.png().replace(b"IDATx", b"IDATy"), DAMAGED_PICTURE),
    Attempt("JPEG beginning alone", "me.jpg", _bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"), DAMAGED_PICTURE),
    Attempt("PNG signature alone", "me.png", _bytes(samples.PNG_SIGNATURE), DAMAGED_PICTURE),
    Attempt("PNG that declares 3,600 megapixels", "me.png", lambda: samples.png_of(60000, 60000), PIXELS),
    Attempt("PNG of a little more than 50 megapixels", "me.png", lambda: samples.png_of(50_000_001, 1), PIXELS),
    Attempt("JPEG that declares 4,225 megapixels", "me.jpg", lambda: samples.jpeg_declaring(65000, 65000), PIXELS),
    Attempt("PNG of no height", "me.png", lambda: samples.png_of(10, 0), DAMAGED_PICTURE),
    Attempt("64 MB of text in a PNG", "me.png", samples.png_text_bomb, DAMAGED_PICTURE),
    Attempt("JPEG of many scans", "me.jpg", samples.jpeg_of_many_scans, DAMAGED_PICTURE),
    Attempt(
        "JPEG of empty segments", "me.jpg", lambda: samples.jpeg_with(b"\xff\xe4\0\2" * 1_000_000), DAMAGED_PICTURE
    ),
    Attempt("JPEG of fill bytes", "me.jpg", lambda: samples.jpeg_with(b"\xff" * 4_000_000), DAMAGED_PICTURE),
    Attempt("JPEG of markers that stand alone", "me.jpg", lambda: samples.jpeg_with(b"\xff\xd0" * 99), DAMAGED_PICTURE),
    Attempt("PNG of empty chunks", "me.png", samples.png_of_chunks, DAMAGED_PICTURE),
    Attempt("PNG that moves", "me.png", samples.animated_png, "This picture moves"),
    Attempt("virus sample called PDF", "eicar.pdf", _bytes(EICAR), KIND),
    Attempt(
        "virus sample in a comment", "me.jpg", lambda: samples.commented(samples.jpeg(), EICAR), INFECTED, "me.jpg"
    ),
    Attempt("virus sample behind a picture", "me.png", lambda: samples.png() + EICAR, INFECTED, "me.png"),
    Attempt("picture with an archive behind", "me.jpg", lambda: samples.jpeg() + samples.archive(), READY, "me.jpg"),
    Attempt("picture with a script behind", "me.png", lambda: samples.png() + HTML, READY, "me.png"),
    Attempt("picture with a script inside", "me.jpg", lambda: samples.commented(samples.jpeg(), HTML), READY, "me.jpg"),
    Attempt("PNG called JPEG", "me.jpg", samples.png, READY, "me.png", "image/jpeg"),
    Attempt("JPEG called a web page by the browser", "me.jpg", samples.jpeg, READY, "me.jpg", "text/html"),
]

NAMES = [
    Attempt("name that climbs", "../../../etc/passwd.pdf", samples.pdf, READY, "passwd.pdf"),
    Attempt("name that climbs on Windows", "..\\..\\boot.pdf", samples.pdf, READY, "boot.pdf"),
    Attempt("name with NUL", "cv.pdf\0.exe", samples.pdf, f"{ENDING} “.exe”"),
    Attempt("name turned round", f"photo{RTL}gpj.exe", samples.jpeg, f"{ENDING} “.exe”"),
    Attempt("name turned round before its ending", f"cv{RTL}exe.pdf", samples.pdf, READY, "cvexe.pdf"),
    Attempt("name with a header in it", "cv.pdf\r\nSet-Cookie: a=b", samples.pdf, READY, "cv.pdf Set-Cookie: a=b.pdf"),
    Attempt("name with quotes", 'a";filename="b.exe".pdf', samples.pdf, READY, 'a";filename="b.exe".pdf'),
    Attempt("name of 300 letters", "x" * 300 + ".pdf", samples.pdf, READY, "x" * 116 + ".pdf"),
    Attempt("name of nothing but dots", "....", samples.pdf, READY, "file.pdf"),
    Attempt("name without an ending", "passport", samples.jpeg, READY, "passport.jpg"),
    Attempt("hidden file", ".htaccess", samples.pdf, READY, "htaccess.pdf"),
    Attempt("two endings, the last a program's", "cv.pdf.exe", samples.pdf, f"{ENDING} “.exe”"),
    Attempt("two endings, the last harmless", "cv.exe.pdf", samples.pdf, READY, "cv.exe.pdf"),
    Attempt("picture called a web page", "me.html", samples.png, f"{ENDING} “.html”"),
    Attempt("name in wide letters that climbs", "\uff0e\uff0e\uff0fcv.pdf", samples.pdf, READY, "cv.pdf"),
    Attempt("name that is a formula", "=cmd|calc.pdf", samples.pdf, READY, "=cmd|calc.pdf"),
]

ATTEMPTS = [*CONTENTS, *PDFS, *HIDDEN, *PICTURES, *NAMES]
