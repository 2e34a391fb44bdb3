from __future__ import annotations

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from common.uploads import inspection
from common.uploads.forms import UploadField


class Form(forms.Form):
    file = UploadField()


def errors(*files: SimpleUploadedFile) -> list[str]:
    form = Form(data={}, files=MultiValueDict({"file": list(files)}))
    form.is_valid()
    return [str(message) for message in form.errors.get("file", [])]


def test_field_says_what_may_be_chosen_to_people_and_to_the_browser() -> None:
    html = str(Form()["file"])
    assert "up to 20 MB" in Form()["file"].help_text
    for kind in ("application/pdf", "image/jpeg", "image/png", ".pdf", ".jpg", ".jpeg", ".png"):
        assert kind in html


def test_nothing_chosen_and_nothing_in_it_are_said_in_plain_words() -> None:
    assert errors() == ["Choose a file."]
    assert errors(SimpleUploadedFile("cv.pdf", b"")) == ["This file is empty. Choose another one."]


def test_size_is_said_beside_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.uploads.forms.MAX_BYTES", 3)
    assert errors(SimpleUploadedFile("cv.pdf", b"abcd")) == ["This file is larger than 20 MB. Choose a smaller one."]
    assert errors(SimpleUploadedFile("cv.pdf", b"abc")) == []
    assert inspection.MAX_BYTES == 20 * 1024 * 1024
