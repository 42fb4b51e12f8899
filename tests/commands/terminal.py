"""The real command in a process of its own, as somebody types it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    out: str
    err: str
    status: int

    @property
    def lines(self) -> list[str]:
        """The lines of its standard output."""
        return self.out.splitlines()

    @property
    def rows(self) -> list[Any]:
        """The lines of its standard output, each from JSON."""
        return [json.loads(line) for line in self.out.removesuffix("\n").split("\n")]


@dataclass(frozen=True)
class Terminal:
    """A folder in which commands are typed."""

    folder: Path

    def types(
        self,
        *words: str,
        put_in: str | bytes = b"",
        environ: Mapping[str, str] | None = None,
        at_most: float = 50,
    ) -> Said:
        """Carry out `crossdesk words...` with this standard input, and with no settings from outside."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDESK_")}
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            input=put_in.encode() if isinstance(put_in, str) else put_in,
            capture_output=True,
            cwd=self.folder,
            env={**clean, "COLUMNS": "120", **(environ or {})},
            timeout=at_most,
            check=False,
        )
        return Said(done.stdout.decode(), done.stderr.decode(), done.returncode)

    def fails(self, *words: str, put_in: str | bytes = b"", environ: Mapping[str, str] | None = None) -> str:
        """What a command says that ends with an error: status 2, nothing on standard output, no traceback."""
        said = self.types(*words, put_in=put_in, environ=environ)
        assert said.status == 2, said
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err


def json_lines(rows: Iterable[object]) -> str:
    """Rows as standard input."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
