"""Static files: what was vendored is unchanged and complete, and browsers may keep it for a year."""

import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from idp import paths
from idp.pages.kit import PageKit

STATIC = paths.resource("static")
VENDORED = ("uswds", "altcha")


def test_vendored_files_are_those_of_the_lock() -> None:
    lines = (STATIC / "vendor.lock").read_text().splitlines()
    locked = dict(reversed(line.split("  ")) for line in lines if not line.startswith("#"))
    found = {
        path.relative_to(STATIC).as_posix(): path
        for folder in VENDORED
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert found.keys() == locked.keys()
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == locked


@pytest.mark.parametrize("sheet", ["uswds/css/uswds.min.css", "mes/form.css"])
def test_everything_that_a_style_sheet_names_is_there(sheet: str) -> None:
    named = set(re.findall(r"url\(\"?([^)\"]+)\"?\)", (STATIC / sheet).read_text()))
    local = {name for name in named if not name.startswith("data:")}
    assert local
    assert not [name for name in local if not ((STATIC / sheet).parent / name).is_file()]


def test_our_own_files_ask_nobody_else() -> None:
    for path in (STATIC / "mes").iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.", text), path


def test_an_address_is_kept_for_a_year_and_changes_with_the_content(
    client: FlaskClient, kit: PageKit, tmp_path: Path
) -> None:
    address = kit.static_files.address("mes/form.css")
    answer = client.get(address)
    assert answer.data == (STATIC / "mes" / "form.css").read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    (tmp_path / "a.css").write_text("a")
    before = type(kit.static_files)(tmp_path).version
    (tmp_path / "a.css").write_text("b")
    assert type(kit.static_files)(tmp_path).version != before


def test_a_browser_that_has_it_gets_304(client: FlaskClient, kit: PageKit) -> None:
    address = kit.static_files.address("uswds/js/uswds.min.js")
    tag = client.get(address).headers["ETag"]
    answer = client.get(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert "immutable" in answer.headers["Cache-Control"]


def test_text_is_compressed_for_who_wants_it(client: FlaskClient, kit: PageKit) -> None:
    address = kit.static_files.address("uswds/css/uswds.min.css")
    plain, small = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 5
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in small.headers["Vary"]


def test_another_release_in_an_upgrade_is_served_but_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/of-another-node/mes/form.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "name", ["", "nothing.css", "../pyproject.toml", "%2e%2e/pyproject.toml", "mes/", "vendor.lock/"]
)
def test_what_is_not_there_is_404(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code in (404, 308)


def test_a_template_cannot_name_a_file_that_is_not_there(kit: PageKit) -> None:
    with pytest.raises(LookupError, match=r"static/mes/nothing\.css"):
        kit.static_files.address("mes/nothing.css")
