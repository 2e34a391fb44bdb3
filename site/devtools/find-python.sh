#!/bin/sh
# Print a Python that can make our .venv: 3.11 or newer, with venv and pip. Each candidate is run, because a name on
# the PATH (a version manager's shim, say) does not mean that there is an interpreter behind it.
for python in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3; do
    [ -n "$python" ] || continue
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        command -v "$python"
        exit 0
    fi
done
echo 'This needs Python 3.11 or newer with its venv module (on Debian and Ubuntu: apt install python3 python3-venv).' >&2
echo 'Name another interpreter with PYTHON=/path/to/python.' >&2
exit 1
