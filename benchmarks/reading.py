"""What reading costs: time and memory until ready, and processor time a message in each language.

`python -m benchmarks.reading` prints it; `--cold` also makes all models anew, in a folder of its own. How
well messages are read is measured by `crossdesk evaluate tests/intents/reading.dev.jsonl`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import megabytes, percentile, table
from bot.settings import Settings, models_folder
from intents.evaluate import read_rows
from intents.understand import Reader

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "tests" / "intents" / "reading.dev.jsonl"
ROUNDS = 5
LONG = " ".join(["Hello, I ordered three lamps last week and one of them arrived broken."] * 55)[:4000]

# A process of its own: what it takes to get ready includes loading the modules.
_START = """
import json, sys, time
begin = time.perf_counter()
import psutil
from pathlib import Path
from intents.understand import Reader
reader = Reader.open(Path(sys.argv[1]))
ready = time.perf_counter() - begin
idle = psutil.Process().memory_info().rss
for text in json.load(sys.stdin):
    reader.understand(text)
print(json.dumps([ready, idle, psutil.Process().memory_info().rss]))
"""


def run(*, cold: bool) -> str:
    """Measure everything; the tables."""
    models = models_folder(Settings(), ROOT / "data")
    Reader.open(models)
    texts = [row.text for row in read_rows(ROWS)]
    ready, idle, used = _started(models, texts)
    rows = [
        ("ready with models on disk, modules loaded included", f"{ready:.2f} s"),
        ("memory then", megabytes(idle)),
        ("memory after messages in all languages (models mapped)", megabytes(used)),
    ]
    if cold:
        with tempfile.TemporaryDirectory() as folder:
            rows.insert(
                0, ("ready on a new machine (all models made)", f"{_started(Path(folder), [])[0]:.1f} s")
            )
    rows.append(("size of the models on disk", megabytes(_size(models))))
    messages = table("Processor time a message: p50, p99", list(_messages(Reader.open(models))))
    return "\n\n".join([table("Start", rows), messages])


def _started(models: Path, texts: list[str]) -> tuple[float, float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _START, str(models)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    ready, idle, used = json.loads(done.stdout)
    return ready, idle, used


def _size(models: Path) -> float:
    newest: dict[str, Path] = {}
    for file in sorted(models.glob("*.bin"), key=lambda each: each.stat().st_mtime):
        newest[file.name.partition("-")[0]] = file
    return sum(file.stat().st_size for file in newest.values())


def _messages(reader: Reader) -> Iterator[tuple[str, str]]:
    rows = read_rows(ROWS)
    everything: list[float] = []
    for language in sorted({row.lang for row in rows}):
        texts = [row.text for row in rows if row.lang == language]
        times = [_spent(reader, text) for _ in range(ROUNDS + 1) for text in texts][len(texts) :]
        everything += times
        yield f"{language} ({len(texts)} messages)", _shown(times)
    yield "all", _shown(everything)
    yield "a mail of 4,000 characters", _shown([_spent(reader, LONG) for _ in range(50)])


def _spent(reader: Reader, text: str) -> float:
    start = time.thread_time()
    reader.understand(text)
    return time.thread_time() - start


def _shown(times: list[float]) -> str:
    return f"{percentile(times, 0.5) * 1e6:.0f} us, {percentile(times, 0.99) * 1e6:.0f} us"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="also make all models anew (a minute or less)")
    print(run(cold=parser.parse_args().cold))
