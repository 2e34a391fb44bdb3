"""What is left of a PDF that is written anew."""

from __future__ import annotations

import subprocess
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from common.uploads import pdfs
from common.uploads.pdf_rewriter import CPU_SECONDS
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
    wanted = Refused if isinstance(happens, subprocess.TimeoutExpired) else pdfs.ToolBroken
    with pytest.raises(wanted):
        pdfs.written_anew(samples.pdf())


def test_the_processors_limit_ends_before_ours() -> None:
    assert CPU_SECONDS < pdfs.TIMEOUT_SECONDS
