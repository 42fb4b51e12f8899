"""An installed Crossdesk runs without its source tree: everything it reads is inside the wheel."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

# Without a warm cache the installed program has to learn its phrases first.
pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), at=ROOT)
    (built,) = folder.glob("crossdesk-*.whl")
    return built


@pytest.fixture(scope="module")
def crossdesk(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel beside the dependencies of this environment, but away from its source tree."""
    home = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", str(home), at=home)
    python = home / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
        at=home,
    )
    purelib = run(
        str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", at=home
    ).strip()
    # A folder named in a .pth file is searched, but its own .pth files (our editable install) are not read.
    Path(purelib, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    found = run(str(python), "-c", "import bot; print(bot.__file__)", at=home).strip()
    assert found.startswith(purelib), f"expected the installed package below {purelib}, found {found}"
    return home / "bin" / "crossdesk"


def run(*command: str, at: Path, lines: str = "") -> str:
    """Give what a command prints, started in the folder `at`; fail with its errors unless it exits with 0."""
    done = subprocess.run(
        command, cwd=at, input=lines, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, (
        f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
    )
    return done.stdout


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    outside = {
        str(path.relative_to(ROOT))
        for folder in ("bot", "channels", "intents", "faq")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } | {f"bot/_locales/{path.name}" for path in (ROOT / "locales").glob("*.po")}
    assert not outside - inside
    assert not {name for name in inside if name.startswith(("tests/", "benchmarks/"))}


def test_an_installed_wheel_finds_no_fault_in_its_content(crossdesk: Path, tmp_path: Path) -> None:
    run(str(crossdesk), "check", at=tmp_path)


def test_an_installed_wheel_reads_a_message(crossdesk: Path, tmp_path: Path) -> None:
    line = json.dumps({"text": "Ich möchte bitte mit einem Menschen sprechen."}) + "\n"
    answer = json.loads(run(str(crossdesk), "read", at=tmp_path, lines=line))
    assert (answer["lang"], answer["outcome"]) == ("de", "handoff")
