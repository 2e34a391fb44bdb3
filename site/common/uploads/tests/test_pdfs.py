"""What is left of a PDF that is written anew."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from common.uploads import child, images, pdfs
from common.uploads.inspection import MAX_BYTES
from common.uploads.readers import pdf
from common.uploads.refusals import Refused
from common.uploads.tests import samples

AUTHOR = "canaryauthor"


def test_pages_stay_and_what_tells_of_their_maker_goes() -> None:
    document = pikepdf.open(BytesIO(samples.packed_pdf(pages=3)))
    document.docinfo["/Author"] = AUTHOR
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [AUTHOR]
    out = BytesIO()
    document.save(out)
    assert AUTHOR.encode() in out.getvalue()

    kept = pdfs.written_anew(out.getvalue())

    assert AUTHOR.encode() not in kept
    with pikepdf.open(BytesIO(kept)) as anew:
        assert len(anew.pages) == 3
        assert "/Metadata" not in anew.Root


def test_what_happens_at_the_opening_goes() -> None:
    kept = pdfs.written_anew(samples.packed_pdf(OpenAction=pikepdf.Array([0])))
    with pikepdf.open(BytesIO(kept)) as anew:
        assert "/OpenAction" not in anew.Root


def test_what_happens_when_a_page_is_turned_to_goes() -> None:
    kept = pdfs.written_anew(samples.pdf_that_acts_by_itself())
    with pikepdf.open(BytesIO(kept)) as anew:
        assert "/AA" not in anew.pages[0].obj
        assert b"canary" not in b"".join(one.unparse() for one in anew.objects)


def test_a_file_of_codes_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: the codes are not written out where there are more than any document has."""
    written: list[int] = []

    def note(content: bytes) -> bytes:
        written.append(len(content))
        return content

    monkeypatch.setattr(pdfs, "_names_written_out", note)
    pdfs.examine(BytesIO(samples.pdf_of_codes(1)))
    assert written == []
    pdfs.examine(BytesIO(samples.pdf()))
    assert written


def test_what_is_kept_is_no_larger_than_what_may_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pdf.MAX_OUTPUT_BYTES == MAX_BYTES
    assert len(pdfs.written_anew(samples.pdf_that_grows())) < pdf.MAX_OUTPUT_BYTES
    monkeypatch.setattr(pdf, "MAX_OUTPUT_BYTES", 100)
    with pytest.raises(Refused):
        pdfs.written_anew(samples.pdf())


def test_the_reader_is_told_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    run = subprocess.run

    def note(*args: Any, **options: Any) -> Any:
        told.append(options["env"])
        return run(*args, **options)

    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr(subprocess, "run", note)
    pdfs.written_anew(samples.pdf())
    assert told == [{"LANG": "C.UTF-8"}]


def test_an_older_revision_goes() -> None:
    content = samples.pdf_of_revisions()
    with pikepdf.open(BytesIO(content)) as before:
        objects = len(before.objects)
    with pikepdf.open(BytesIO(pdfs.written_anew(content))) as anew:
        assert len(anew.objects) < objects


@pytest.mark.parametrize("happens", [subprocess.TimeoutExpired("pdf", 1), OSError("no memory")])
def test_what_does_not_come_to_an_end_is_refused_and_what_does_not_start_is_broken(
    happens: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise happens

    monkeypatch.setattr(subprocess, "run", fail)
    wanted = Refused if isinstance(happens, subprocess.TimeoutExpired) else child.ToolBroken
    with pytest.raises(wanted):
        pdfs.written_anew(samples.pdf())


def test_a_look_at_a_picture_ends_before_the_web_server_ends_the_request() -> None:
    told = (Path(__file__).resolve().parents[4] / "docker" / "gunicorn.conf.py").read_text()
    timeout = re.search(r"^timeout = (\d+)$", told, re.MULTILINE)
    assert timeout
    assert int(timeout[1]) / 1.5 > images.LOOK_SECONDS * child.PATIENCE
