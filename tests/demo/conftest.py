"""One running demo for the tests of this folder that only look at it."""

from collections.abc import Iterator

import pytest

from tests.servers.demo import Demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A running demo."""
    running = Demo(tmp_path_factory.mktemp("demo") / "data")
    yield running
    running.stop()
