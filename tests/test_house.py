"""The rules of the house that no linter knows: sizes, packages, settings, dependencies, locks."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("bot", "channels", "intents", "faq")
WRITTEN_BY_HAND = (*SHIPPED, "tests", "benchmarks")
COMMITTED = (*WRITTEN_BY_HAND, "locales", "docs", ".ci")

MODULE_LINES = 400
FUNCTION_LINES = 50
PUBLIC_METHODS = 12

# Needed without an import of ours, each for its own reason.
UNIMPORTED = {
    "aioimaplib": "the mail channel, next",
    "aiosmtplib": "the mail channel, next",
    "python-telegram-bot": "the Telegram channel, next",
    "greenlet": "SQLAlchemy's asyncio side asks for it",
    "langdetect": "the reader takes its language profiles, not its code",
    "opencc-python-reimplemented": "its tables of Traditional and Simplified Chinese, not its code",
    "httptools": "uvicorn takes it when it is there",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "websockets": "uvicorn's sockets",
}

# Published together with, and in step with, a package that pyproject.toml names.
PART_OF = {"pydantic-core": "pydantic"}


def modules(*folders: str) -> Iterator[tuple[str, ast.Module, str]]:
    """Give the path below the root, the syntax tree and the text of every module in these folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            yield str(path.relative_to(ROOT)), ast.parse(text), text


def must_be_empty(faults: list[str]) -> None:
    """Fail with one line for each fault."""
    assert not faults, "\n" + "\n".join(faults)


def test_modules_are_short() -> None:
    must_be_empty(
        [
            f"{path}: {lines} lines, at most {MODULE_LINES}: split it"
            for path, _, text in modules(*WRITTEN_BY_HAND)
            if (lines := len(text.splitlines())) > MODULE_LINES
        ]
    )


def test_functions_are_short() -> None:
    must_be_empty(
        [
            f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {FUNCTION_LINES}"
            for path, tree, _ in modules(*WRITTEN_BY_HAND)
            if "/migrations/versions/" not in path  # drawn by alembic, each in one function
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
        ]
    )


def test_classes_have_few_public_methods() -> None:
    must_be_empty(
        [
            f"{path}:{node.lineno}: {node.name} has {count} public methods, at most {PUBLIC_METHODS}"
            for path, tree, _ in modules(*SHIPPED)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            if (count := public_methods(node)) > PUBLIC_METHODS
        ]
    )


def public_methods(node: ast.ClassDef) -> int:
    return sum(
        isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and not part.name.startswith("_")
        for part in node.body
    )


def test_every_module_says_its_job_and_every_package_in_one_sentence() -> None:
    faults = []
    for path, tree, _ in modules(*SHIPPED):
        said = ast.get_docstring(tree) or ""
        if not said:
            faults.append(f"{path}: no docstring; say the job in one sentence")
        elif path.endswith("__init__.py") and not one_sentence(said):
            faults.append(f"{path}: a package says its job in one sentence first, found {said!r}")
        if not (ROOT / path).with_name("__init__.py").exists():
            faults.append(f"{path}: its folder has no __init__.py")
    must_be_empty(faults)


def one_sentence(said: str) -> bool:
    first = said.split("\n\n", maxsplit=1)[0]
    return first.endswith(".") and not re.search(r"[.!?]\s+[A-Z]", first)


def test_nothing_is_patched() -> None:
    faults = []
    for path, tree, _ in modules(*WRITTEN_BY_HAND):
        for node in ast.walk(tree):
            if isinstance(node, ast.arg) and node.arg in {"monkeypatch", "mocker"}:
                faults.append(f"{path}:{node.lineno}: {node.arg}; give the part what it needs as an argument")
            if isinstance(node, ast.stmt) and {"mock", "unittest.mock"} & imported(node):
                faults.append(f"{path}:{node.lineno}: a mock; write a small server or class instead")
    must_be_empty(faults)


def imported(node: ast.AST) -> set[str]:
    """Give the full names that an import statement brings in."""
    if isinstance(node, ast.Import):
        return {each.name for each in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return set()


def test_no_path_of_one_machine_is_committed() -> None:
    of_one_machine = re.compile(r"(?<![\w.:/])/(?:home|root|work|Users)/[\w.]+")
    faults = []
    for path in committed_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        faults += [
            f"{path.relative_to(ROOT)}: {match.group()} exists on one machine only"
            for match in of_one_machine.finditer(text)
        ]
    must_be_empty(faults)


def committed_files() -> Iterator[Path]:
    yield from (
        path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith((".coverage", ".git"))
    )
    for folder in COMMITTED:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def test_every_exception_to_a_rule_has_its_reason() -> None:
    bare = re.compile(r"# (?:noqa|type: ignore)(?::? ?\[?[\w-]+(?:, ?[\w-]+)*\]?)?(?P<reason>.*)$")
    must_be_empty(
        [
            f"{path}:{number}: say why the rule does not hold here, as in '# noqa: S603 - our own program'"
            for path, _, text in modules(*SHIPPED, "benchmarks")
            for number, line in enumerate(text.splitlines(), 1)
            if (match := bare.search(line)) and not re.search(r"\w{2}", match["reason"])
        ]
    )


# ----------------------------------------------------------------------------- dependencies and locks


def direct() -> dict[str, Requirement]:
    """Give the run-time dependencies of pyproject.toml by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(each.name): each for each in map(Requirement, project["dependencies"])}


def for_development() -> dict[str, Requirement]:
    """Give what tests, checks and benchmarks need besides, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = map(Requirement, project["optional-dependencies"]["dev"])
    return {canonicalize_name(each.name): each for each in wanted}


def locked(name: str) -> dict[str, str]:
    """Give the versions in a lock file by name, and fail on a line that is not `name==version`."""
    pins: dict[str, str] = {}
    for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", line)
        assert match, f"{name}:{number}: {line!r} is not name==version; run `make lock`"
        pins[canonicalize_name(match[1])] = match[2]
    return pins


def test_the_locks_fit_the_ranges_and_each_other() -> None:
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    faults = [
        f"{name} is {run[name]} to run, {dev.get(name)} to test" for name in run if dev.get(name) != run[name]
    ]
    for pins, wanted in ((run, direct()), (dev, direct() | for_development())):
        for name, requirement in wanted.items():
            if name not in pins or pins[name] not in requirement.specifier:
                faults.append(f"{requirement} is wanted, {pins.get(name)} is locked; run `make lock`")
    must_be_empty(faults)


def test_dependencies_are_what_is_imported() -> None:
    used, declared = packages_used(*SHIPPED), direct()
    must_be_empty(
        [f"{used[name]} imports {name}; name it in pyproject.toml" for name in used.keys() - declared]
        + [
            f"nothing imports {name}; drop it or say here why not"
            for name in declared.keys() - used - UNIMPORTED.keys()
        ]
        + [f"{name} is imported now; it needs no reason here" for name in UNIMPORTED.keys() & used]
    )


def test_tests_import_only_what_is_named() -> None:
    declared = direct() | for_development()
    must_be_empty(
        [
            f"{where} imports {name}; name it under dev in pyproject.toml"
            for name, where in packages_used("tests", "benchmarks").items()
            if name not in declared
        ]
    )


def packages_used(*folders: str) -> dict[str, str]:
    """Give the distributions of others that these folders import, each with one module that does."""
    homes = packages_distributions()
    used: dict[str, str] = {}
    for path, tree, _ in modules(*folders):
        for node in ast.walk(tree):
            for name in imported(node):
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in WRITTEN_BY_HAND:
                    found = canonicalize_name(homes.get(top, [top])[0])
                    used[PART_OF.get(found, found)] = path
    return used
