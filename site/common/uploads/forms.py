from __future__ import annotations

from typing import Any

from django import forms

from common.uploads.inspection import MAX_BYTES
from common.uploads.models import MediaType
from common.uploads.names import ALLOWED_SUFFIXES

HELP_TEXT = "A PDF, or a picture (JPEG or PNG), of up to 20 MB. We check it for viruses before anyone can open it."
ACCEPT = ",".join([*MediaType.values, *sorted(ALLOWED_SUFFIXES)])
SEVERAL = (
    "PDFs, or pictures (JPEG or PNG): 20 MB each, and 25 MB together. "
    "We check them for viruses before anyone can open them."
)


class UploadField(forms.FileField):
    """One file for `upload_receive`, which judges the content: show its `Invalid.fields["file"]` beside this field."""

    default_error_messages = {
        "required": "Choose a file.",
        "missing": "Choose a file.",
        "invalid": "Choose a file.",
        "empty": "This file is empty. Choose another one.",
        "too_large": "This file is larger than 20 MB. Choose a smaller one.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "File", "help_text": HELP_TEXT, **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ACCEPT}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and file.size > MAX_BYTES:
            raise forms.ValidationError(self.error_messages["too_large"], code="too_large")
        return file


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadsField(UploadField):
    """Several files at once; what it comes to is a list, each of them for `upload_receive`."""

    widget = _SeveralFiles
    default_error_messages = {"required": "Choose at least one file.", "missing": "Choose at least one file."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "Files", "help_text": SEVERAL, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        if not files:
            return [super().clean(None, initial)]
        return [super(UploadsField, self).clean(file, initial) for file in files]
