"""A demo whose clock stands as the machine's does, and the examples running beside it."""

from collections.abc import Iterator

import pytest

from tests.servers.demo import Demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo."""
    running = Demo(tmp_path_factory.mktemp("examples") / "data")
    yield running
    running.stop()
