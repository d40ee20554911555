"""`make docs`: the pictures in docs/images, taken of the program as it is on the invented month."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.browser import PHONE, WIDE, browser, programs, screenshot, show

IMAGES = Path(__file__).parent.parent / "docs" / "images"
COLUMNS = 100
MOST_BYTES = 400_000
RECORDED = {
    "report": "llmcost report",
    "report-over": "llmcost report cost --over day --since 2026-10-18",
    "report-latency": "llmcost report latency --top 6",
    "report-compare": "llmcost report cost --by model --since 2026-10-24 --until 2026-10-31 --compare previous",
}
# Rich's own template loads its font from elsewhere
TEMPLATE = """\
<svg xmlns="http://www.w3.org/2000/svg" class="rich-terminal" viewBox="0 0 {width} {height}">
    <style>
    .{unique_id}-matrix {{
        font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
        font-variant-east-asian: full-width;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: system-ui, sans-serif; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def main() -> None:
    """Write every picture that can be taken here."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("llmcost demo --scale 0.05", folder)
        run("llmcost ingest llmcost-demo/logs", folder)
        for picture, command in RECORDED.items():
            record(command, folder, IMAGES / f"{picture}.svg")
        if programs() is None:
            print("no chromium with its chromedriver here: the pictures of the page stay as they are", file=sys.stderr)
            return
        run("llmcost report -f html -o report.html", folder)
        photograph(folder / "report.html")


def run(command: str, folder: Path) -> None:
    """Run a command that only has to have been run."""
    subprocess.run(words_of(command), cwd=folder, env=environment(), capture_output=True, check=True)


def words_of(command: str) -> list[str]:
    """Run the program of this Python."""
    return [sys.executable, "-m", "llmcost", *shlex.split(command)[1:]]


def environment() -> dict[str, str]:
    """Leave out what would change a picture."""
    dropped = ("LLMCOST_DB", "NO_COLOR")
    return {name: value for name, value in os.environ.items() if name not in dropped} | {"COLUMNS": str(COLUMNS)}


def record(command: str, folder: Path, file: Path) -> None:
    """Draw what a command prints on a terminal, and then says."""
    printed, said = on_a_terminal(command, folder)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, legacy_windows=False)
        console.print(Text.assemble(("$ ", "bold green"), command, "\n"))
        console.print(Text.from_ansi(printed.strip("\n")))
        console.print()
        console.print(Text(said.strip("\n"), style="bright_black"))
        svg = console.export_svg(title="llmcost", code_format=TEMPLATE, unique_id=file.stem)
    file.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")


def on_a_terminal(command: str, folder: Path) -> tuple[str, str]:
    """Run a command with a terminal as its stdout."""
    leader, follower = os.openpty()
    process = subprocess.Popen(
        words_of(command), cwd=folder, env=environment(), stdout=follower, stderr=subprocess.PIPE, text=True
    )
    os.close(follower)
    chunks = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            # how Linux says that the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(leader)
    _, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"{command}: {said}")
    return b"".join(chunks).decode().replace("\r\n", "\n"), said


def photograph(page: Path) -> None:
    """Take the page on a desk and on a phone."""
    with browser() as driver:
        for name, width, theme in (
            ("report-1280", WIDE, "light"),
            ("report-1280-dark", WIDE, "dark"),
            ("report-390", PHONE, "light"),
        ):
            show(driver, page, width=width, theme=theme)
            file = IMAGES / f"{name}.png"
            screenshot(driver, file, whole=False)
            assert file.stat().st_size <= MOST_BYTES, f"{file.name} is larger than {MOST_BYTES:,} bytes"


if __name__ == "__main__":
    main()
