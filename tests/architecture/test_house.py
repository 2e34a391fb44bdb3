"""What the house promises and no linter holds. Each failure names the file and the line."""

from __future__ import annotations

import ast
import re
from statistics import median

from tests.architecture.source import APPS, ROOT, SITE, Source, called, product, sources

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
STATUSES = {"status", "verification_status"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "save", "delete"}
# What opens a connection; an error class may be caught anywhere.
NETWORK = {"requests", "httpx", "http.client", "urllib.request", "smtplib", "socket", "ftplib", "stripe"}
# Signing out by token is knox's own doing, as signing out by form is Django's.
TOKENS = "request.auth."
# The direction of reading inside an app; a file imports from its own rank or a higher number only.
RANKS = {
    "urls": 0,
    **dict.fromkeys(("views", "api", "tasks", "admin", "wagtail_hooks", "wagtail_admin"), 1),
    "forms": 2,
    "services": 3,
    "policies": 4,
    **dict.fromkeys(("selectors", "locks"), 5),
    **dict.fromkeys(("models", "validators"), 6),
    **dict.fromkeys(("states", "errors"), 7),
}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def services() -> list[Source]:
    return [source for source in product() if source.package in APPS and source.module == "services"]


def test_site_is_only_a_path_entry() -> None:
    """`site` is a module of Python's standard library: an `__init__.py` there would break the interpreter."""
    assert list(SITE.glob("*.py")) == []


def test_the_root_holds_only_what_the_map_names() -> None:
    allowed = {"manage.py", "conftest.py"}
    assert {path.name for path in ROOT.glob("*.py")} <= allowed


def test_a_file_is_read_in_one_sitting() -> None:
    long = {source.name: lines for source in sources() if (lines := len(source.text.splitlines())) > LONGEST_FILE}
    assert long == {}


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{source.name}:{function.lineno} {function.name} ({length(function)} lines)"
        for source in sources()
        if not source.is_test
        for function in source.functions()
        if length(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_stay_short_over_the_whole_house() -> None:
    lengths = sorted(length(function) for source in product() for function in source.functions())
    assert median(lengths) < 10
    assert lengths[int(len(lengths) * 0.95)] <= 30


def test_rows_are_locked_in_one_way() -> None:
    """The row alone and with a time-out: `common.locks` says how."""
    places = {source.name for source in product() for call in source.calls() if called(call) == "select_for_update"}
    assert places == {"common/locks.py"}


def test_rows_are_locked_in_one_place_of_each_app() -> None:
    elsewhere = [
        f"{source.name}:{call.lineno}"
        for source in product()
        for call in source.calls()
        if called(call) in {"locked", "locked_first", "for_update"} and not source.name.endswith("/locks.py")
    ]
    assert elsewhere == []


def test_a_status_is_written_by_services_alone() -> None:
    elsewhere = [
        f"{source.name}:{line}"
        for source in product()
        if source.package in APPS and source.module != "services"
        for line in _status_writes(source)
    ]
    assert elsewhere == []


def _status_writes(source: Source) -> list[int]:
    lines = []
    for node in ast.walk(source.tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        # `case.status, case.note = …` too.
        written = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
        lines += [part.lineno for part in written if part.attr in STATUSES and isinstance(part.ctx, ast.Store)]
        if isinstance(node, ast.Call) and called(node) == "update" and STATUSES & {key.arg for key in node.keywords}:
            lines.append(node.lineno)
    return lines


def test_services_take_their_arguments_by_name() -> None:
    positional = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in services()
        for function in source.tree.body
        if isinstance(function, ast.FunctionDef)
        and function.name in _published(source)
        and (function.args.args or function.args.posonlyargs)
        # An event reads as a sentence: event_record("appointment.booked", appointment, actor=…).
        and function.name != "event_record"
    ]
    assert positional == []


def _published(source: Source) -> set[str]:
    """The services that a file offers: its public functions, or in a package what the package names again."""
    if source.name.endswith("/services.py"):
        return {function.name for function in source.functions() if not function.name.startswith("_")}
    package = next(one for one in services() if one.name == f"{source.package}/services/__init__.py")
    return {name.rpartition(".")[2] for name, _ in package.imported_modules()}


def test_tasks_take_ids_only() -> None:
    plain = {"int", "str", "uuid.UUID", "UUID"}
    # Wagtail's own tasks name themselves and bring their arguments.
    heavy = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in product()
        if source.name != "medconsult/tasks_backend.py"
        for function in source.functions()
        if any("shared_task" in ast.unparse(decorator) for decorator in function.decorator_list)
        if not {ast.unparse(one.annotation) for one in function.args.args if one.annotation} <= plain
    ]
    assert heavy == []


def test_every_scheduled_task_exists() -> None:
    from celery import current_app
    from django.conf import settings

    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(current_app.tasks) == set()


def test_every_task_that_is_woken_exists() -> None:
    from celery import current_app

    current_app.loader.import_default_modules()
    woken = {
        call.args[0].value
        for source in product()
        for call in source.calls()
        if called(call) == "wake" and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert woken
    assert woken - set(current_app.tasks) == set()


def test_views_and_apis_write_nothing_themselves() -> None:
    writes = [
        f"{source.name}:{call.lineno} {ast.unparse(call.func)}"
        for source in product()
        if source.package in APPS and source.module in {"views", "api"}
        for call in source.calls()
        if called(call) in WRITES and not ast.unparse(call.func).startswith(TOKENS)
    ]
    assert writes == []


def test_the_network_is_called_in_integrations_alone() -> None:
    elsewhere = [
        f"{source.name}:{line} {name}"
        for source in product()
        if source.package != "integrations"
        for name, line in source.imported_modules()
        if name in NETWORK and not _only_errors(source, name)
    ]
    assert elsewhere == []


def test_stripe_is_spoken_to_in_one_place() -> None:
    importers = {
        source.name
        for source in sources()
        for name, _ in source.imported_modules()
        if name.partition(".")[0] == "stripe" and not source.is_test
    }
    assert importers
    assert {name for name in importers if not name.startswith("integrations/stripe/")} == set()


def _only_errors(source: Source, module: str) -> bool:
    """Whether a module is imported for the classes of its errors alone."""
    names = [name for name, _ in source.imported_modules() if name.startswith(f"{module}.")]
    return bool(names) and all(name.endswith(("Error", "Exception")) for name in names)


def test_the_clock_is_read_in_one_place() -> None:
    elsewhere = [
        f"{source.name}:{call.lineno}"
        for source in product()
        if source.name != "common/clock.py"
        for call in source.calls()
        if re.search(r"\b(datetime|timezone)\.(now|utcnow)$|\bdate\.today$", ast.unparse(call.func))
    ]
    assert elsewhere == []


def test_no_list_walks_the_whole_permission_table() -> None:
    """guardian's helper walks it on every request; `visible_rows` is the way (docs/decisions/0002)."""
    users = [source.name for source in product() for name, _ in source.imported_modules() if "get_objects_for" in name]
    assert users == []


def test_inside_an_app_reading_goes_one_way() -> None:
    upward = [
        f"{source.name}:{line} imports {name}"
        for source in product()
        # A Wagtail page is model and controller at once.
        if source.package in APPS and source.module in RANKS and not source.name.endswith("/models/pages.py")
        for name, line in source.imported_modules()
        if _rank(source.package, name) < RANKS[source.module]
    ]
    assert upward == []


def _rank(package: str, name: str) -> int:
    app, _, rest = name.partition(".")
    return RANKS.get(rest.partition(".")[0], 99) if app == package else 99


def test_apps_are_the_ones_of_the_map() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests", "bench"} <= set(APPS)


def test_a_comment_of_a_template_stands_on_one_line() -> None:
    """Django prints what begins as one and ends on another."""
    open_ended = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.glob("templates/**/*.html")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if line.count("{#") != line.count("#}")
    ]
    assert open_ended == []


def test_no_service_keeps_the_words_for_what_cannot_be_read() -> None:
    """They are for whoever reads a page or a file; kept, they would stand there as somebody's own."""
    words, reads = {"opened_or_words", "needs_told"}, "records/services/exports/"
    kept = [
        f"{source.name}:{node.lineno}"
        for source in services()
        if not source.name.startswith(reads)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and words & {one.name for one in node.names}
    ]
    assert kept == []
