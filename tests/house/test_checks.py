"""`./dev check`, one test for each of its checks, so that `./dev test` alone shows everything."""

import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from tests.house.tracked import ROOT


def _checks() -> list[list[str]]:
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    spec = spec_from_loader("dev", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    checks: list[list[str]] = module.CHECKS
    return checks


@pytest.mark.parametrize("check", _checks(), ids=" ".join)
@pytest.mark.timeout(300)
def test_check(check: list[str]) -> None:
    program = Path(sys.executable).with_name(check[0])
    result = subprocess.run([program, *check[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
