"""Six invented patients. Their telephone numbers come from the mobile range that Ofcom keeps for
drama, their NHS numbers from the range that the NHS keeps for tests."""

from __future__ import annotations

from datetime import date

from medconsult.demo.content.shapes import Patient

PATIENTS = (
    Patient("Grace", "Tomlinson", date(1987, 4, 12), "female", "07700 900112", "999 100 2375"),
    Patient("Idris", "Powell", date(1959, 11, 3), "male", "07700 900134", "999 100 3746"),
    Patient("Meera", "Shah", date(1994, 7, 28), "female", "07700 900156", "999 100 5110"),
    Patient("Callum", "Fraser", date(2001, 1, 19), "male", "07700 900178", "999 100 6486"),
    Patient("Adaeze", "Nwosu", date(1978, 9, 6), "female", "07700 900191"),
    Patient("Robin", "Ellery", date(1969, 2, 23), "other", "07700 900203"),
)
