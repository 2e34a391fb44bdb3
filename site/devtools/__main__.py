"""The commands of `python -m devtools`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from devtools import checks, css, demo, lock, screenshots
from devtools.image import check as image_check
from devtools.image import page
from devtools.installation import InUseError, available_environment
from devtools.places import ROOT
from devtools.postgres import PostgresError
from devtools.scanner import ScannerError
from devtools.services import demo_folder
from devtools.supervisor import Stopped, stoppable
from devtools.valkey import ValkeyError


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    handler: Callable[[argparse.Namespace], int] = options.handler
    return handler(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devtools")
    commands = parser.add_subparsers(required=True)

    def add(name: str, handler: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about)
        command.set_defaults(handler=handler)
        return command

    add("demo", _demo, "run the product with sample data (PORT, DEMO_DIR)")
    check = add("check", _check, "every check and every test")
    check.add_argument("--without-tests", action="store_true")
    add("format", lambda _: checks.format_everything(), "format code and templates")
    add("css", _css, "build the style sheet")
    add("lock", lambda _: lock.write_requirements(), "write requirements/*.txt anew")
    add("image-check", _stopped_well(image_check.run), "build the image and run it, without a Docker engine")
    add("compose-check", _stopped_well(page.run), "type on a Docker engine what docs/deploy.md says")
    screenshots.add_options(add("screenshots", screenshots.run, "a picture of every page and state"))
    manage = add("manage", _manage, "run manage.py on the demo's database")
    manage.add_argument("--owner", action="store_true", help="as the role that owns the tables")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def _demo(_: argparse.Namespace) -> int:
    try:
        port = int(os.environ.get("PORT") or demo.DEFAULT_PORT)
    except ValueError:
        print(f"PORT is not a number: {os.environ['PORT']}", file=sys.stderr)
        return 2
    return demo.run(demo_folder(), port)


def _check(options: argparse.Namespace) -> int:
    return checks.run(with_tests=not options.without_tests)


def _css(_: argparse.Namespace) -> int:
    try:
        css.build()
    except subprocess.CalledProcessError as error:
        print(error.stderr, file=sys.stderr)
        return 1
    return 0


def _stopped_well(run: Callable[[], int]) -> Callable[[argparse.Namespace], int]:
    def stopped_well(_: argparse.Namespace) -> int:
        try:
            with stoppable():
                return run()
        except Stopped:
            return 130

    return stopped_well


def _manage(options: argparse.Namespace) -> int:
    try:
        with stoppable(leave_ctrl_c=True), available_environment(demo_folder()) as environment:
            if options.owner:
                environment["DATABASE_URL"] = environment["DATABASE_OWNER_URL"]
            argv = [sys.executable, str(ROOT / "manage.py"), *options.arguments]
            return subprocess.run(argv, env=environment, check=False).returncode  # noqa: S603
    except Stopped:
        return 130
    except InUseError:
        print("Another command is using the demo's data just now: try again when it has ended.", file=sys.stderr)
        return 1
    except (PostgresError, ScannerError, ValkeyError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
