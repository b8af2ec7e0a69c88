"""Runs one function in several processes at the same moment, as workers and operators on several nodes would."""

import multiprocessing
import warnings
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any

_CONTEXT = multiprocessing.get_context("fork")


def in_processes(count: int, function: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Return what `function(*arguments)` returned in each of `count` processes; an exception is returned as its words.

    `function` opens what it needs anew: it must use nothing that the test has open.
    """
    barrier, answers = _CONTEXT.Barrier(count), _CONTEXT.SimpleQueue()
    processes = [_CONTEXT.Process(target=_run, args=(barrier, answers, function, arguments)) for _ in range(count)]
    with warnings.catch_warnings():
        # Forked, since starting and importing afresh would take longer than the race; the test's own threads only wait.
        warnings.simplefilter("ignore", DeprecationWarning)
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
