"""Runs one function in several processes at the same moment, as workers and operators on several nodes would."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["idp.store.migrate", "idp.keyring.rotate", "idp.notify.worker"])


def in_processes(count: int, function: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Return what `function(*arguments)` returned in each of `count` processes; an exception is returned as its words.

    `function` stands at the top of a module, and arguments and results can be pickled.
    """
    barrier, answers = _CONTEXT.Barrier(count), _CONTEXT.SimpleQueue()
    processes = [_CONTEXT.Process(target=_run, args=(barrier, answers, function, arguments)) for _ in range(count)]
    for process in processes:
        process.start()
    returned = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return returned


def _run(
    barrier: Barrier, answers: "SimpleQueue[Any]", function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    barrier.wait()
    try:
        answers.put(function(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it instead of waiting for ever
        answers.put(f"{type(error).__name__}: {error}")
