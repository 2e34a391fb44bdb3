#!/usr/bin/env python3
"""Book a visit by the API, as a program of a patient's would, with nothing but Python's standard library.

    python docs/examples/book_a_visit.py                   against `make demo` on this machine
    python docs/examples/book_a_visit.py --base https://www.clinic.example --email … --password …

It signs in, looks for a doctor, finds a free time, books it, pays (on the simulator's page, as a person would, with a
card that it makes up), sees how that stands, cancels, and signs out.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

SCOPES = ["profile:read", "appointments:read", "appointments:write", "payments:read", "payments:write"]
# How long the clinic may take to hear of a payment, in seconds.
PATIENCE = 60
SECONDS = 10


class Refused(Exception):
    """What the API would not do: a problem (RFC 9457) with a stable `code`."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')} {problem.get('fields', '')}".strip())
        self.problem = problem
        self.code = problem.get("code")


class Clinic:
    """The API of one clinic."""

    def __init__(self, base: str) -> None:
        self.base = f"{base.rstrip('/')}/api/v1/"
        self.token = ""

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The answer's JSON. `key` makes a repeat harmless: it is answered with what the first one came to."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        request = Request(urljoin(self.base, path), data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=SECONDS) as answer:
                text = answer.read()
        except HTTPError as error:
            raise Refused(json.loads(error.read() or b"{}")) from error
        return json.loads(text) if text else None

    def get(self, path: str, **query: Any) -> Any:
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def every(self, path: str, **query: Any) -> Iterator[Any]:
        """All rows of a list, page by page: `next` is the address of the one behind."""
        page = self.get(path, **query)
        yield from page["results"]
        while page["next"]:
            page = self.send("GET", page["next"])
            yield from page["results"]

    def sign_in(self, email: str, password: str, code: str = "") -> None:
        """For a token that opens SCOPES and no more, for twelve hours; it is shown this once."""
        asked = {"email": email, "password": password, "scopes": SCOPES, "name": "Example client"}
        self.token = self.send("POST", "token/", asked | ({"code": code} if code else {}))["token"]

    def sign_out(self) -> None:
        self.send("DELETE", "token/")
        self.token = ""


def free_times(clinic: Clinic, query: dict[str, str]) -> Iterator[tuple[Any, Any, Any]]:
    """Doctors whom a search finds, with each of their kinds of visit that a payment confirms, and its free times."""
    for card in clinic.every("doctors/", **query):
        doctor = clinic.get(f"doctors/{card['doctor']['slug']}/")
        for visit in doctor["visit_types"]:
            if visit["price_minor"] and not visit["needs_approval"]:
                for slot in clinic.get(f"doctors/{doctor['slug']}/slots/", visit_type=visit["id"]):
                    yield doctor, visit, slot


def book(clinic: Clinic, query: dict[str, str]) -> dict[str, Any]:
    """The first free time that nobody else takes before us."""
    agreed = [{"code": one["code"], "version": one["version"]} for one in clinic.get("consents/")]
    for doctor, visit, slot in free_times(clinic, query):
        asked = {"visit_type": visit["id"], "location": slot["location"], "start": slot["start"], "agreed": agreed}
        key = str(uuid.uuid4())
        try:
            booked: dict[str, Any] = clinic.send("POST", "appointments/", asked, key=key)
        except Refused as refusal:
            print(f"Not {doctor['name']} at {slot['start']}: {refusal}")
            continue
        # The line may have dropped before we read the answer: the same key never books twice.
        again = clinic.send("POST", "appointments/", asked, key=key)
        assert again["id"] == booked["id"]
        print(f"{booked['status']}: {visit['name']} with {doctor['name']} on {booked['start']} ({booked['reference']})")
        return booked
    raise SystemExit("There is no free time that can be booked. Try another --specialty.")


class Form(HTMLParser):
    """The first form of a page: where it goes, and what a browser would send with it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = self.action or given.get("action") or ""
        is_chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
        if tag in ("input", "button") and given.get("name") and is_chosen:
            self.fields.setdefault(str(given["name"]), given.get("value") or "")


def pay_as_a_person(address: str) -> None:
    """Press the first button of the simulator's page; Stripe's own page is for people and their cards alone."""
    with urlopen(address, timeout=SECONDS) as page:
        form = Form(page.read().decode())
    sent = Request(urljoin(address, form.action or address), data=urlencode(form.fields).encode(), method="POST")
    try:
        urlopen(sent, timeout=SECONDS).close()
    except HTTPError as error:
        # It leads back to the clinic's pages, where we are nobody: that is the browser's way, not ours.
        error.close()


def pay(clinic: Clinic, appointment: dict[str, Any]) -> None:
    """Begin to pay, pay, and wait until the clinic has heard of it from Stripe."""
    path = f"appointments/{appointment['id']}/payment/"
    started = clinic.send("POST", path)
    print(f"To pay: {started['amount_minor'] / 100:.2f} {started['currency'].upper()} at {started['url']}")
    pay_as_a_person(started["url"])
    until = time.monotonic() + PATIENCE
    while clinic.get(f"appointments/{appointment['id']}/")["status"] == "pending":
        if time.monotonic() > until:
            raise SystemExit("The clinic has not heard of the payment yet. Look again later.")
        time.sleep(1)
    money = clinic.get(path)
    print(f"{money['standing']['title']}. Receipts: {', '.join(one['number'] for one in money['receipts']) or 'later'}")


def cancel(clinic: Clinic, appointment: dict[str, Any]) -> None:
    cancelled = clinic.send("POST", f"appointments/{appointment['id']}/cancel/")
    print(f"{cancelled['status']} ({cancelled['cancel_reason']})")
    for refund in clinic.get(f"appointments/{appointment['id']}/payment/")["refunds"]:
        print(f"Back: {refund['amount_minor'] / 100:.2f} {refund['currency'].upper()} ({refund['status']})")


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--base", default="http://127.0.0.1:8000")
    asked.add_argument("--email", default="patient@demo.example")
    asked.add_argument("--password", default="calm-surgery-morning-27")
    asked.add_argument("--code", default="", help="where the account has two-step sign-in")
    asked.add_argument("--specialty", default="", help="a slug, such as cardiology")
    asked.add_argument("--no-pay", action="store_true", help="leave the payment out")
    given = asked.parse_args(arguments)
    clinic = Clinic(given.base)
    try:
        clinic.sign_in(given.email, given.password, given.code)
        print(f"Signed in as {clinic.get('me/')['email']}")
        appointment = book(clinic, {"specialty": given.specialty} if given.specialty else {})
        if appointment["status"] == "pending" and not given.no_pay:
            pay(clinic, appointment)
        cancel(clinic, appointment)
        clinic.sign_out()
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
