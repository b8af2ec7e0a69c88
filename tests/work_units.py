"""Which tests one worker of a run does one after the other, and which are begun first."""

from zlib import crc32

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

ONE_WORKER = ("tests/interop", "tests/processes")
"""Folders that start programs for all their tests together: in every further worker these would start once more."""
HALVES = ("tests/journeys",)
"""Folders of that kind that are too much for one worker: two take them."""
OWN_PROGRAMS = ("test_s2_ldap.py", "test_s2_upstream.py")
"""Files there that use programs of their own only."""
LONG = (
    "tests/journeys",
    "tests/interop",
    "tests/processes",
    "tests/server/test_serve.py",
    "tests/demo",
    "tests/packaging",
    "tests/house/test_checks.py",
    "tests/signin/test_upgraded_people.py",
    "tests/protocol/rfc6749/test_stores_away.py",
    "tests/protocol/attacks/test_slow_addresses.py",
    "tests/notify/test_mail_server_away.py",
)
"""What takes long is begun first, in this order, so that no worker has much left when the others are done."""


def unit_of(nodeid: str) -> str:
    """Return the name of the unit that a test belongs to: its file, as a rule, so that what a module starts starts once."""
    file = nodeid.partition("::")[0]
    folder = "/".join(file.split("/")[:2])
    if folder in ONE_WORKER:
        return folder
    if folder in HALVES and not file.endswith(OWN_PROGRAMS):
        return f"{folder} {crc32(file.encode()) % 2 + 1}"
    return file


class WorkUnits(LoadScopeScheduling):
    """Gives each worker one unit after the other, long ones first and the others in the run's random order."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=_turn), last=False)
        super()._assign_work_unit(node)


def _turn(unit: str) -> int:
    return next((turn for turn, name in enumerate(LONG) if unit.startswith(name)), len(LONG))
