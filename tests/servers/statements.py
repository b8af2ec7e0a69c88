"""SQLAlchemy's compiled statements, kept for a whole run: each test has an engine of its own, and would compile all anew."""

from typing import Any

from sqlalchemy import Engine

_MOST = 20_000
_make_engine = Engine.__init__


class Statements:
    """Takes the place of an engine's cache. What stands for a dialect in a key is its name: we have one of each kind."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[Any, ...], Any] = {}

    def get(self, key: tuple[Any, ...]) -> Any:
        """Return what was compiled under this key; None when nothing was."""
        return self._compiled.get((key[0].name, *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        if len(self._compiled) >= _MOST:
            self.clear()
        self._compiled[(key[0].name, *key[1:])] = compiled

    def clear(self) -> None:
        """Forget all."""
        self._compiled.clear()


def compile_once() -> None:
    """Have every engine of this process use the same compiled statements."""
    shared = Statements()

    # `create_engine` reads from the parameters' names what an engine takes.
    def make(
        engine: Engine,
        pool: Any,
        dialect: Any,
        url: Any,
        logging_name: str | None = None,
        echo: Any = None,
        query_cache_size: int = 500,
        execution_options: Any = None,
        hide_parameters: bool = False,
    ) -> None:
        _make_engine(
            engine, pool, dialect, url, logging_name, echo, query_cache_size, execution_options, hide_parameters
        )
        engine._compiled_cache = shared  # type: ignore[assignment]

    Engine.__init__ = make  # type: ignore[method-assign]
