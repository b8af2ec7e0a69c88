"""House rules 2 and 9 on files, and what must never stand in one."""

import re
from pathlib import Path

import pytest

from tests.house.tracked import our_files, text_of, tracked_files

MOST_LINES = 300
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}
# Written in halves, so that this file does not hold what it looks for.
REGISTRIES = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js.org", "registry.yarn" + "pkg.com"]
MACHINE_PATH = re.compile(r"(?<![\w./-])/(root|home/(?!example)\w+|Users/\w+|work)/")
PRIVATE_KEY = re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
CODE = (".py", ".html", ".js", ".mjs", ".toml", ".txt")


def test_house_rule_2_no_file_is_longer_than_300_lines() -> None:
    too_long = {
        str(path): lines
        for path in [*our_files(*CODE), Path("dev")]
        if (lines := len(text_of(path).splitlines())) > MOST_LINES and "json" not in path.suffixes
    }
    assert not too_long, f"split by reason to change: {too_long}"


def test_house_rule_9_no_drawer_names() -> None:
    found = [str(path) for path in our_files() if DRAWERS & {path.stem, *path.parts}]
    assert not found, f"name the room for what it holds: {found}"


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("the address of a package registry", re.compile("|".join(map(re.escape, REGISTRIES)))),
        ("an absolute path of somebody's machine", MACHINE_PATH),
        ("a private key", PRIVATE_KEY),
    ],
)
def test_no_file_holds(what: str, pattern: re.Pattern[str]) -> None:
    found = [f"{path}: {match[0]}" for path in tracked_files() if (match := pattern.search(text_of(path)))]
    assert not found, f"{what} stands in: {found}"


def test_nothing_is_left_unfinished() -> None:
    found = [f"{path}: {match[0]}" for path in our_files() if (match := UNFINISHED.search(text_of(path)))]
    assert not found, f"finish it or leave it out: {found}"


def test_keys_hold_nothing_but_their_readme() -> None:
    assert [str(path) for path in tracked_files() if path.parts[0] == "keys"] == ["keys/README.md"]


def test_requirements_are_pinned_with_hashes() -> None:
    text = text_of(Path("requirements.lock"))
    pins = re.findall(r"^[a-z0-9].*", text, re.MULTILINE)
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert "://" not in text
