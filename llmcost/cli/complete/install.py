"""Where a shell reads how this program is completed."""

from __future__ import annotations

from pathlib import Path

from llmcost.cli.complete.shells import PROGRAM, SHELLS, script
from llmcost.errors import UsageError, unwritable


def present_shell() -> str:
    """Name the shell that this program was started from. Raises UsageError where it is none that can be answered."""
    import shellingham

    try:
        name, _ = shellingham.detect_shell()
    except shellingham.ShellDetectionFailure:
        raise UsageError("cannot tell which shell this is", hint=f"run it in {', '.join(SHELLS)}") from None
    if name not in SHELLS:
        raise UsageError(f"{name}: no completion for this shell", hint=f"there is for {', '.join(SHELLS)}")
    return str(name)


def install() -> tuple[str, Path]:
    """Write the script of the present shell where it looks for it; gives the shell and the file.

    Raises OutputError and UsageError.
    """
    name, home = present_shell(), Path.home()
    file = {
        "bash": home / ".bash_completions" / f"{PROGRAM}.sh",
        "zsh": home / ".zfunc" / f"_{PROGRAM}",
        "fish": home / ".config" / "fish" / "completions" / f"{PROGRAM}.fish",
    }[name]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script(name) + "\n", encoding="utf-8")
        if name == "bash":
            add_lines(home / ".bashrc", f"source '{file}'")
        if name == "zsh":
            add_lines(home / ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit", ZSH_STYLE)
    except OSError as error:
        raise unwritable(error.filename or file, error) from error
    return name, file


ZSH_STYLE = "zstyle ':completion:*' menu select"


def add_lines(file: Path, *lines: str) -> None:
    """Add lines to a file of the shell's where they are not in it yet; a style of the user's own is left alone."""
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    missing = [line for line in lines if (line if line != ZSH_STYLE else "zstyle") not in text]
    if missing:
        file.write_text("\n".join(filter(None, [text.rstrip("\n"), *missing])) + "\n", encoding="utf-8")
