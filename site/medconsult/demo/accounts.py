"""The demo's sign-in accounts, printed by `make demo`. They exist only where `manage.py seed_demo` has run."""

from __future__ import annotations

PASSWORD = "calm-surgery-morning-27"  # noqa: S105 - printed for everybody to read

ACCOUNTS: list[tuple[str, str, str]] = [
    ("patient@demo.example", "Patient", "see and cancel appointments, book another, also for a relative"),
    ("doctor@demo.example", "Doctor", "run the day, answer requests, set availability"),
    ("applicant@demo.example", "Doctor, not verified yet", "send what the verification officer asks for"),
    ("newcomer@demo.example", "Doctor who has just joined", "fill in what is asked and submit it"),
    ("reception@demo.example", "Clinic staff", "see the day at one clinic, cancel for it"),
    ("editor@demo.example", "Content editor", "edit pages and doctors' profiles"),
    ("moderator@demo.example", "Content moderator", "also approve what doctors propose for their pages"),
    ("verifier@demo.example", "Verification officer", "decide who may be listed"),
    ("billing@demo.example", "Billing officer", "see payments, give money back, answer disputes"),
    ("admin@demo.example", "Administrator", "everything in the dashboard"),
]
