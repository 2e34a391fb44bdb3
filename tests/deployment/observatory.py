"""Mozilla's HTTP Observatory, by the rules that MDN publishes with it (its chart of scores): one page at a time.

What it can only know of a name in public, such as the browsers' preload list, counts as not so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import requests

BASELINE = 100
# Below it nobody is given what is extra.
BONUS_FROM = 90
SIX_MONTHS = 15_768_000
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
UNSAFE = {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


@dataclass(frozen=True)
class Verdict:
    """`points` are what it gives or takes, `why` is what was found."""

    why: str
    points: int


def score(page: requests.Response, plain: requests.Response) -> tuple[int, list[Verdict]]:
    """Of a page as it came by TLS; `plain` is the answer to the same address without."""
    verdicts = list(_verdicts(page, plain))
    bare = BASELINE + sum(one.points for one in verdicts if one.points < 0)
    extra = sum(one.points for one in verdicts if one.points > 0)
    return max(0, bare + (extra if bare >= BONUS_FROM else 0)), verdicts


def _verdicts(page: requests.Response, plain: requests.Response) -> Iterator[Verdict]:
    policy = policy_of(page)
    yield _policy(policy)
    yield from _cookies(page)
    shared = page.headers.get("Access-Control-Allow-Origin")
    with_credentials = page.headers.get("Access-Control-Allow-Credentials") == "true"
    yield Verdict("shared with every origin", -50) if shared and with_credentials else Verdict("shared with nobody", 0)
    led = plain.status_code in {301, 302, 307, 308} and plain.headers.get("Location", "").startswith("https://")
    yield Verdict("led to TLS", 0) if led else Verdict("not led to TLS", -20)
    referrer = {part.strip() for part in page.headers.get("Referrer-Policy", "").lower().split(",")}
    yield Verdict("private referrer", 5) if referrer <= PRIVATE_REFERRERS else Verdict("referrer told", -5)
    age = re.search(r"max-age=(\d+)", page.headers.get("Strict-Transport-Security", ""))
    yield Verdict("no HSTS", -20) if age is None else Verdict("HSTS", 0 if int(age[1]) >= SIX_MONTHS else -10)
    yield _scripts(page)
    nosniff = page.headers.get("X-Content-Type-Options", "").lower() == "nosniff"
    yield Verdict("nosniff", 0) if nosniff else Verdict("sniffed", -5)
    framed = policy.get("frame-ancestors", {"*"})
    yield Verdict("frames by policy", 5) if not framed & BROAD else Verdict("framed by anybody", -20)
    corp = page.headers.get("Cross-Origin-Resource-Policy", "")
    yield Verdict(f"resource policy: {corp}", 10 if corp in {"same-origin", "same-site"} else 0)


def policy_of(page: requests.Response) -> dict[str, set[str]]:
    parts = (part.split() for part in page.headers.get("Content-Security-Policy", "").split(";"))
    return {part[0].lower(): set(part[1:]) for part in parts if part}


def _policy(policy: dict[str, set[str]]) -> Verdict:
    if not policy:
        return Verdict("no content policy", -25)
    otherwise = policy.get("default-src", {"*"})
    scripts, objects, styles = (policy.get(f"{name}-src", otherwise) for name in ("script", "object", "style"))
    if scripts & (BROAD | UNSAFE) or objects & BROAD:
        return Verdict("scripts of anybody, or inline", -20)
    if any(source.startswith(("http:", "ftp:")) for sources in policy.values() for source in sources):
        return Verdict("something without TLS", -20)
    if "'unsafe-eval'" in scripts | styles:
        return Verdict("eval", -10)
    if styles & (BROAD | UNSAFE):
        return Verdict("styles of anybody, or inline", 0)
    is_closed = otherwise == {"'none'"}
    return Verdict("nothing unless it is named" if is_closed else "nothing unsafe", 10 if is_closed else 5)


def _cookies(page: requests.Response) -> Iterator[Verdict]:
    if not page.cookies:
        yield Verdict("no cookies", 0)
        return
    guarded = True
    for cookie in page.cookies:
        is_session = "sess" in cookie.name.lower() or "login" in cookie.name.lower()
        same_site = cookie.get_nonstandard_attr("SameSite")
        if not cookie.secure:
            yield Verdict(f"{cookie.name} without TLS", -40 if is_session else -20)
        if is_session and not cookie.has_nonstandard_attr("HttpOnly"):
            yield Verdict(f"{cookie.name} read by scripts", -30)
        if same_site not in {"Lax", "Strict"}:
            guarded = False
            yield Verdict(f"{cookie.name} sent from elsewhere", -20 if "csrf" in cookie.name.lower() else 0)
    if guarded:
        yield Verdict("cookies guarded", 5)


def _scripts(page: requests.Response) -> Verdict:
    """Where scripts come from our own origin, one whose digest is named gives what is extra."""
    tags = re.findall(r"<script\b[^>]*\bsrc=\"([^\"]+)\"[^>]*>", page.text)
    if any(source.startswith(("//", "http")) for source in tags):
        return Verdict("scripts of others", -5)
    has_digest = re.search(r"<script\b[^>]*\bintegrity=\"sha", page.text) is not None
    return Verdict("scripts by digest", 5) if has_digest else Verdict("scripts of our own", 0)
