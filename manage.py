#!/usr/bin/env python
import gc
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medconsult.settings.dev")
    # A command ends soon. A fifth of the migrations' time would else go into looking for rubbish among the models
    # that Django copies.
    gc.set_threshold(100_000, 50, 100)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
