"""The load driver: one thread, raw sockets kept alive, epoll. Cheap enough that the server is what gets measured.

A flow is a generator: it yields the bytes of a request, is sent the answer, and ends when its work is done. Two ways to
drive it: `saturate` keeps every connection busy (how much goes through a core), `pace` starts flows at random moments
at a given rate, whether or not earlier ones are done, and counts latency from that moment (how long people wait).
"""

import random
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from bench.wire import Answer, cut_answer

Flow = Generator[bytes, Answer, None]
FlowMaker = Callable[[], Flow]

STALL_SECONDS = 20.0


class FlowFailed(Exception):
    """The server answered something that a flow did not expect, so there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run gave: flows finished within its time, and how long each took, in seconds, shortest first."""

    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Flows a second."""
        return len(self.latencies) / self.seconds

    def latency_ms(self, share: float) -> float:
        """Milliseconds within which `share` (0..1) of the flows were done."""
        if not self.latencies:
            return float("nan")
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1000


class _Connection:
    __slots__ = ("buffer", "flow", "maker", "socket", "started")

    def __init__(self, address: tuple[str, int], maker: FlowMaker) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.buffer = bytearray()
        self.maker = maker
        self.flow: Flow | None = None
        self.started = 0.0

    def start(self, moment: float) -> None:
        self.flow = self.maker()
        self.started = moment
        self.socket.send(next(self.flow))

    def receive(self) -> bool:
        """Read what is there and go on with the flow; tell whether the flow ended."""
        assert self.flow is not None
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return False
        if not data:
            raise FlowFailed("the server closed a connection in the middle of a flow")
        self.buffer += data
        answer = cut_answer(self.buffer)
        if answer is None:
            return False
        try:
            self.socket.send(self.flow.send(answer))
        except StopIteration:
            self.flow = None
            return True
        return False


class _Connections:
    def __init__(self, address: tuple[str, int], makers: Sequence[FlowMaker]) -> None:
        self.all = [_Connection(address, maker) for maker in makers]
        self._by_descriptor = {connection.socket.fileno(): connection for connection in self.all}
        self._epoll = select.epoll()
        for descriptor in self._by_descriptor:
            self._epoll.register(descriptor, select.EPOLLIN)

    def finished(self, wait: float) -> list[_Connection]:
        """Handle what arrives within `wait` seconds; return the connections whose flow ended."""
        return [c for c in (self._by_descriptor[d] for d, _ in self._epoll.poll(wait)) if c.receive()]

    def close(self) -> None:
        self._epoll.close()
        for connection in self.all:
            connection.socket.close()


def saturate(address: tuple[str, int], makers: Sequence[FlowMaker], seconds: float) -> Load:
    """Run one flow after the other on a connection for each of `makers`. Raises FlowFailed."""
    connections = _Connections(address, makers)
    latencies = []
    begin = time.perf_counter()
    end = begin + seconds
    try:
        for connection in connections.all:
            connection.start(time.perf_counter())
        running = len(connections.all)
        while running:
            done = connections.finished(1.0)
            now = time.perf_counter()
            if now > end + STALL_SECONDS:
                raise FlowFailed(f"{running} flows had no answer for {STALL_SECONDS:.0f} s")
            for connection in done:
                if now < end:
                    latencies.append(now - connection.started)
                    connection.start(now)
                else:
                    running -= 1
    finally:
        connections.close()
    return Load(seconds, tuple(sorted(latencies)))


def pace(address: tuple[str, int], makers: Sequence[FlowMaker], rate: float, seconds: float) -> Load:
    """Start `rate` flows a second at random moments, each on the next free connection. Raises FlowFailed."""
    chance = random.Random(7)
    connections = _Connections(address, makers)
    free = deque(connections.all)
    waiting: deque[float] = deque()
    latencies = []
    begin = time.perf_counter()
    due = begin + chance.expovariate(rate)
    try:
        while (now := time.perf_counter()) < begin + seconds or waiting or len(free) < len(connections.all):
            while due <= now and due < begin + seconds:
                waiting.append(due)
                due += chance.expovariate(rate)
            while waiting and free:
                free.popleft().start(waiting.popleft())
            if now > begin + seconds + STALL_SECONDS:
                raise FlowFailed(f"flows had no answer for {STALL_SECONDS:.0f} s")
            # Sleeping is a millisecond exact at best: stay awake when the next start is nearer than that.
            wait = due - time.perf_counter()
            for connection in connections.finished(min(wait, 0.5) if wait > 0.002 else 0):
                latencies.append(time.perf_counter() - connection.started)
                free.append(connection)
    finally:
        connections.close()
    return Load(seconds, tuple(sorted(latencies)))
