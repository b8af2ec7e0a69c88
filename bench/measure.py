"""Measures in turns: ours, peer, ours, peer. A machine drifts; two runs side by side drift together."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.flows import Requests, Site, TokenSource, makers
from bench.load import FlowMaker, Load, pace, saturate
from bench.machine import Cores, Process, core_times

PACE = 0.7
"""Share of its own best rate at which a server's latency is measured."""


@dataclass(frozen=True)
class Contender:
    """A running server that takes part."""

    name: str
    process: Process
    site: Site
    tokens: TokenSource


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure."""

    rounds: int
    seconds: float
    warm_up_seconds: float
    pace_seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one contender at full load."""

    rate: float
    cpu_ms: float
    """CPU milliseconds of the server for one flow."""
    own_share: float
    """Share of the server's core that the server got."""
    foreign_share: float
    """Share of the server's core that other programs took: above a few hundredths the rate says little."""
    load_share: float
    """Share of the load's core that was busy: near 1 the load, not the server, may be what was measured."""


@dataclass(slots=True)
class Result:
    """What a contender reached in one flow."""

    turns: list[Turn] = field(default_factory=list)
    paced: list[Load] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Flows a second, median of the turns."""
        return median(turn.rate for turn in self.turns)

    @property
    def best_rate(self) -> float:
        """Flows a second in the best turn: the one that other programs disturbed least."""
        return max(turn.rate for turn in self.turns)

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a flow, median of the turns."""
        return median(turn.cpu_ms for turn in self.turns)

    def latency_ms(self, share: float) -> float:
        """Milliseconds within which `share` of the paced flows were done, median of the turns."""
        return median(load.latency_ms(share) for load in self.paced)


def ratio(ours: Result, peers: Result) -> float:
    """How many times the peer's rate ours is: median over the turns, each beside its neighbour."""
    return median(mine.rate / other.rate for mine, other in zip(ours.turns, peers.turns, strict=True))


def cpu_ratio(ours: Result, peers: Result) -> float:
    """The same in CPU time, which other programs on the core disturb less."""
    return median(other.cpu_ms / mine.cpu_ms for mine, other in zip(ours.turns, peers.turns, strict=True))


def in_turns(
    flow: str, contenders: Sequence[Contender], plan: Plan, cores: Cores, tell: Callable[[str], None]
) -> dict[str, Result]:
    """Measure one flow for each contender: warm up, then turns at full load, then turns at a steady pace."""
    results = {contender.name: Result() for contender in contenders}
    prepared = {c.name: makers(flow, Requests(c.site), plan.connections, c.tokens) for c in contenders}
    for contender in contenders:
        tell(f"{flow}: warming up {contender.name}")
        saturate(contender.site.address, prepared[contender.name], plan.warm_up_seconds)
    for number in range(plan.rounds):
        for contender in contenders:
            tell(f"{flow}: {contender.name}, turn {number + 1} of {plan.rounds}")
            results[contender.name].turns.append(
                full_load(contender.process, contender.site, prepared[contender.name], plan.seconds, cores)
            )
    for number in range(2 if plan.pace_seconds else 0):
        for contender in contenders:
            tell(f"{flow}: {contender.name} at {PACE:.0%} of its rate, turn {number + 1} of 2")
            result = results[contender.name]
            rate = min(turn.rate for turn in result.turns) * PACE
            run = pace(contender.site.address, prepared[contender.name], rate, plan.pace_seconds / 2)
            result.paced.append(run)
    return results


def full_load(process: Process, site: Site, flows: Sequence[FlowMaker], seconds: float, cores: Cores) -> Turn:
    """Measure one turn at full load."""
    cpu, server_core, load_core = process.cpu_seconds(), core_times(cores.server), core_times(cores.load)
    begin = time.perf_counter()
    load = saturate(site.address, flows, seconds)
    took = time.perf_counter() - begin
    used = process.cpu_seconds() - cpu
    busy = core_times(cores.server)[0] - server_core[0]
    return Turn(
        rate=load.rate,
        cpu_ms=used * 1000 / max(1, len(load.latencies)) * seconds / took,
        own_share=used / took,
        foreign_share=max(0.0, busy - used) / took,
        load_share=(core_times(cores.load)[0] - load_core[0]) / took,
    )


def bind_this_process(core: int) -> None:
    """Bind the load driver to its core."""
    os.sched_setaffinity(0, {core})
