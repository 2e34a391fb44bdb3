"""The system calls that engines leave to a container without rights, as buildah's own packages bring the list along."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROFILE = Path("/usr/share/containers/seccomp.json")
_MACHINES = {"x86_64": ("SCMP_ARCH_X86_64", "amd64"), "aarch64": ("SCMP_ARCH_AARCH64", "arm64")}


def default_profile() -> dict[str, Any] | None:
    """In the words of the OCI's runtime specification; None where this machine has no such list."""
    if not PROFILE.exists() or platform.machine() not in _MACHINES:
        return None
    profile = json.loads(PROFILE.read_text(encoding="utf-8"))
    architecture, name = _MACHINES[platform.machine()]
    [known] = [one for one in profile["archMap"] if one["architecture"] == architecture]
    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile["defaultErrnoRet"],
        "architectures": [architecture, *known["subArchitectures"]],
        "syscalls": list(_rules(profile, name)),
    }


def _rules(profile: dict[str, Any], machine: str) -> Iterator[dict[str, Any]]:
    """Those of this machine, for a container that has no capability."""
    for rule in profile["syscalls"]:
        only = rule.get("includes") or {}
        if only.get("caps") or machine not in only.get("arches", [machine]):
            continue
        if machine in (rule.get("excludes") or {}).get("arches", []):
            continue
        given = {name: rule[name] for name in ("args", "errnoRet") if rule.get(name)}
        yield {"names": rule["names"], "action": rule["action"], **given}
