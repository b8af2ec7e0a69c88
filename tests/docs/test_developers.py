"""The documents for module developers say what is there: each error, field, parameter, claim, specification and command."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from idp.cli import main
from idp.oidc.discovery import PROTOCOL_CLAIMS
from idp.oidc.errors import Code, PageFault
from idp.oidc.people.claims import CLAIMS
from idp.registry.metadata import FIELDS, LOCALIZED_FIELDS, SCOPES, check_metadata
from idp.registry.unsupported_metadata import UNSUPPORTED
from idp.web.errors import OAUTH_ERRORS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "docs" / "developers").glob("*.md"))
EXAMPLES = ROOT / "examples" / "README.md"
READ = re.compile(
    r'(?:parameters|form|sent)(?:\.get\(|\[)"([a-z_]+)"|"([a-z_]+)" (?:not )?in (?:form|sent|parameters)\b'
)
HOSTS = {"localhost", "127.0.0.1", "schemas.openid.net", "maven.apache.org"}
"""Names of schemas and of this machine; no address that anything is fetched from."""
NOT_OF_THE_PROTOCOL = {"proof"}
"""A field of the form on our own page that confirms a sign-out."""
COMMAND = re.compile(r"^(?:IDP_DATA_DIR=\S+ \.venv/bin/)?(idp (?:.*\\\n)*.*)$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / "docs" / "developers" / name).read_text()


def named(name: str) -> set[str]:
    """Return what stands between backticks in the first cells of a document's tables."""
    rows = [line.split("|")[1] for line in text(name).splitlines() if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("code", Code, ids=lambda code: code.value)
def test_every_error_code_has_a_row(code: Code) -> None:
    assert code.value in named("errors.md")


@pytest.mark.parametrize("code", sorted(set(OAUTH_ERRORS.values())))
def test_every_code_of_what_no_endpoint_answered_has_a_row(code: str) -> None:
    assert code in named("errors.md")


def test_no_row_tells_of_a_code_that_nobody_gets() -> None:
    apis = {"insufficient_user_authentication"}  # Appeals answers it (RFC 9470), this provider never
    parameter = {"error"}
    assert named("errors.md") - {code.value for code in Code} - {*OAUTH_ERRORS.values()} == apis | parameter


@pytest.mark.parametrize("fault", PageFault, ids=lambda fault: fault.name)
def test_every_fault_of_a_page_has_a_row(fault: PageFault) -> None:
    assert f"| {fault.value} |" in text("errors.md")


def test_the_table_of_descriptions_holds_those_that_there_are_and_no_others() -> None:
    files = [*(ROOT / "idp" / "oidc").rglob("*.py"), ROOT / "idp" / "web" / "errors.py"]
    said = {text for file in files for text in _descriptions(ast.parse(file.read_text()))}
    assert len(said) > 100
    listed = text("errors.md").partition("## What `error_description` says")[2].splitlines()
    rows = {line.split("|")[1].strip() for line in listed if line.startswith("| ") and not line.startswith("| **")}
    assert rows - {"description"} == said


MAKE_ERRORS = ("_refused", "_invalid", "_invalid_uri", "Malformed", "BadProof", "too_many", "redeemed")
"""What is called to refuse a client, beside what names a `Code`."""


def _descriptions(tree: ast.AST) -> Iterator[str]:
    """Yield what stands as text in calls that make an error for clients, and in tables of descriptions."""
    constants = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = node.value
    for name in ("DESCRIPTIONS", "_DESCRIPTIONS"):
        if isinstance(table := constants.get(name), ast.Dict):
            yield from (_text(value, constants) for value in table.values)
    for call in ast.walk(tree):
        if isinstance(call, ast.FunctionDef) and call.name in MAKE_ERRORS:
            yield from (said for word in call.args.defaults if (said := _text(word, constants)))
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        names_a_code = any(isinstance(word, ast.Attribute) and _is_code(word) for word in call.args)
        if names_a_code or name in MAKE_ERRORS:
            yield from (said for word in call.args if " " in (said := _text(word, constants)))
        elif name == "required":
            yield from (f"{_text(word, constants)} is missing" for word in call.args)


def _text(word: ast.AST, constants: dict[str, ast.expr]) -> str:
    """Return what an expression is as text, with constants of its module filled in; "" for what is only known later."""
    match word:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if name in constants:
            return _text(constants[name], constants)
        case ast.JoinedStr(values=parts):
            found = [_text(part.value if isinstance(part, ast.FormattedValue) else part, constants) for part in parts]
            return "".join(found) if all(found) else ""
        case _:
            return ""


def _is_code(word: ast.Attribute) -> bool:
    return isinstance(word.value, ast.Name) and word.value.id == "Code"


def test_every_field_of_a_registration_has_a_row() -> None:
    missing = {*FIELDS, "jwks", *UNSUPPORTED} - named("options.md")
    assert not missing
    assert set(LOCALIZED_FIELDS) <= set(FIELDS)


def test_every_parameter_that_the_protocol_reads_has_a_row() -> None:
    read = {
        one or other for file in (ROOT / "idp" / "oidc").rglob("*.py") for one, other in READ.findall(file.read_text())
    }
    assert len(read) >= 20
    missing = {name for name in read - NOT_OF_THE_PROTOCOL if f"`{name}`" not in text("options.md")}
    assert not missing


def test_every_address_of_discovery_has_a_row() -> None:
    addresses = set(re.findall(r'"([a-z_]+)": f"\{issuer\}', (ROOT / "idp" / "oidc" / "discovery.py").read_text()))
    assert len(addresses) >= 10
    assert not addresses - named("options.md")


def test_every_scope_and_claim_is_named() -> None:
    words = text("options.md")
    names = {*SCOPES, *PROTOCOL_CLAIMS, *(claim.name for claim in CLAIMS)}
    assert not {name for name in names if f"`{name}`" not in words}


def test_every_folder_of_protocol_tests_stands_in_the_table_of_specifications_and_the_reverse() -> None:
    folders = {path.name for path in (ROOT / "tests" / "protocol").iterdir() if any(path.glob("test_*.py"))}
    written = text("specifications.md")
    assert not {name for name in folders if f"`{name}`" not in written}
    cells = [
        line.split("|")[4] for line in written.splitlines() if line.count("|") == 5 and not line.startswith("|---")
    ]
    claimed = {name for cell in cells for name in re.findall(r"`([a-z0-9_]+)`", cell)}
    assert not claimed - folders


@pytest.mark.parametrize("document", [*DOCUMENTS, EXAMPLES], ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert not [target for target in targets if not (document.parent / target).exists()]


@pytest.mark.parametrize("document", [*DOCUMENTS, EXAMPLES], ids=lambda path: path.name)
def test_commands_are_ones_that_we_have(document: Path) -> None:
    for line in COMMAND.findall(document.read_text()):
        words = shlex.split(line.replace("\\\n", " "))[1:]
        command: click.Command = main
        context = click.Context(command)
        while isinstance(command, click.Group):
            found = command.get_command(context, words[0])
            assert found is not None, line
            command, words = found, words[1:]
        if "--help" not in words:
            command.make_context(command.name, words)


def test_registrations_shown_are_ones_that_we_take() -> None:
    blocks = re.findall(r"^```json\n(\{\n.*?)^```", text("README.md"), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        check_metadata(json.loads(block))


def test_no_address_is_named_that_anything_is_fetched_from() -> None:
    for document in [*DOCUMENTS, EXAMPLES, *(ROOT / "examples").rglob("pom.xml"), *(ROOT / "examples").rglob("*.json")]:
        if "node_modules" in document.parts:
            continue
        hosts = set(re.findall(r"https?://([a-z0-9.-]+)", document.read_text()))
        assert not {host for host in hosts if host not in HOSTS and not host.endswith(".example.gov")}
