"""Whether an answer of `/api/auth/` is as `docs/openapi-auth.yaml` says."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from accounts.security.headless.description import OUR_ROOT, described


def wrong_with(method: str, path: str, status: int, told: Any) -> list[str]:
    """What an answer has that its description does not allow; nothing of addresses elsewhere."""
    root, _, door = path.partition("/v1/")
    operations = described()["paths"].get(f"{OUR_ROOT}{door}")
    if operations is None or not root.startswith("/api/auth/"):
        return []
    answer = operations[method.lower()]["responses"].get(str(status))
    if answer is None:
        return [f"{method} {door} does not say {status}"]
    if "$ref" in answer:
        answer = described()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"] if "content" in answer else {}
    whole = {"allOf": [schema], "components": described()["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(told)]
