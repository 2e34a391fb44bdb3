from __future__ import annotations


class Refused(Exception):
    """Why a file is not taken, in words for whoever uploaded it."""
