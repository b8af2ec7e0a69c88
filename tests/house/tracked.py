"""The project's files as git knows them: tracked, or new and not ignored."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Made by others and kept byte for byte, or made by a tool.
NOT_OURS = ("static/vendor/", "static/uswds/", "static/altcha/", "requirements.lock")


def tracked_files() -> list[Path]:
    """Return every file of the project, relative to its root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [Path(name) for name in sorted(names)]


def our_files(*suffixes: str) -> list[Path]:
    """Return the files that we wrote, those with one of the suffixes if any is given."""
    return [
        path
        for path in tracked_files()
        if not str(path).startswith(NOT_OURS) and (not suffixes or path.suffix in suffixes)
    ]


def text_of(path: Path) -> str:
    """Return the text of a file; an empty one when it is not text."""
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""
