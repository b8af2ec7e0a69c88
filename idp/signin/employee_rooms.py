"""The rooms of employees who sign in elsewhere, built."""

from dataclasses import dataclass

from idp.accounts.rooms import AccountRooms
from idp.directory.rooms import DirectoryRooms
from idp.ground import Ground
from idp.signin.complete import CompleteSignIn
from idp.signin.employee_accounts import EmployeeAccounts
from idp.signin.employee_errands import EmployeeErrands
from idp.signin.flow import SignInFlow
from idp.signin.receive_employee import ReceiveEmployee
from idp.signin.record_stranger import record_stranger
from idp.signin.request_limit import RequestLimit
from idp.signin.send_employee import SendEmployee
from idp.signin.throttle import people_throttle
from idp.signin.unlink_employee import UnlinkEmployee


@dataclass(frozen=True)
class EmployeeRooms:
    """There and back."""

    send: SendEmployee
    receive: ReceiveEmployee
    unlink: UnlinkEmployee


def open_employees(
    ground: Ground,
    directories: DirectoryRooms,
    people: AccountRooms,
    accounts: EmployeeAccounts,
    flow: SignInFlow,
    complete: CompleteSignIn,
) -> EmployeeRooms:
    """Build them."""
    errands = EmployeeErrands(ground.ephemeral, ground.settings)
    most = ground.settings.throttle.requests_per_minute
    throttle = people_throttle(ground, "employee-errands", most, 60)
    limit = RequestLimit(throttle, ground.database, ground.trail)
    return EmployeeRooms(
        send=SendEmployee(directories.upstream, errands, flow, limit),
        receive=ReceiveEmployee(
            ground.database,
            directories.upstream,
            errands,
            accounts,
            people.guards,
            complete,
            flow,
            ground.trail,
            record_stranger(ground),
        ),
        unlink=UnlinkEmployee(ground.database, directories.links, ground.trail),
    )
