"""docker/kubernetes as kustomize puts it together, and what Kubernetes would refuse of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from kubernetes_validate import validate
from kubernetes_validate.utils import SchemaNotFoundError, ValidationError

from devtools.places import ROOT
from devtools.process import our_environment

EXAMPLE = ROOT / "docker" / "kubernetes" / "example"
# The oldest that is still looked after when a version of ours is new, and the newest whose schemas we have.
VERSIONS = ("1.34", "1.37")


class ManifestError(Exception):
    """kustomize does not put it together; the text is its own."""


def rendered(overlay: Path = EXAMPLE) -> list[dict[str, Any]]:
    """Every object that `kubectl apply -k` would send. Raises `ManifestError`."""
    kubectl = str(Path(sys.executable).with_name("kubectl"))
    done = subprocess.run(  # noqa: S603
        [kubectl, "kustomize", str(overlay)], env=our_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ManifestError(done.stderr)
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def refused(objects: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What no Kubernetes of these versions takes: a field that it does not know, or of another kind, or is missing."""
    for one in objects:
        name = f"{one.get('kind')}/{one.get('metadata', {}).get('name')}"
        for version in VERSIONS:
            try:
                validate(one, version, strict=True)
            except ValidationError as error:
                yield f"{name} ({version}): {'.'.join(map(str, error.path))}: {error.message}"
            except SchemaNotFoundError as error:
                yield f"{name} ({version}): {error.message}"
