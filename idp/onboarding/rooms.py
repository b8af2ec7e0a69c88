"""The rooms of asking for access and of approving it, built over sign-in and the capabilities that they join."""

from dataclasses import dataclass

from idp.accounts.rooms import AccountRooms
from idp.captcha.captcha import Captcha
from idp.ground import Ground
from idp.modules.rooms import ModuleRooms
from idp.onboarding.approve import Approve
from idp.onboarding.approvers import Approvers
from idp.onboarding.confirm import ConfirmAccessRequest
from idp.onboarding.deciding import Deciding
from idp.onboarding.deny import Deny
from idp.onboarding.jobs import OnboardingJobs
from idp.onboarding.mail_limit import MailLimit
from idp.onboarding.queue import Queue
from idp.onboarding.reactivate_quiet import ReactivateQuiet
from idp.onboarding.request_access import RequestAccess
from idp.onboarding.requests import AccessRequests
from idp.onboarding.sweep_requests import SweepRequests
from idp.onboarding.take_request import TakeAccessRequest
from idp.onboarding.tell_approvers import TellApprovers
from idp.signin.throttle import AddressThrottle, people_throttle


@dataclass(frozen=True)
class OnboardingRooms:
    """What surfaces and commands ask about requests for access."""

    requests: AccessRequests
    request_access: RequestAccess
    jobs: OnboardingJobs
    confirm: ConfirmAccessRequest
    queue: Queue
    approve: Approve
    deny: Deny
    approvers: Approvers
    reactivate_quiet: ReactivateQuiet
    sweep: SweepRequests
    fresh_seconds: int
    """How recent an approver's sign-in must be."""
    idle_seconds: int
    """How long a page that was opened in time may then stay open."""


def open_onboarding(ground: Ground, people: AccountRooms, modules: ModuleRooms, captcha: Captcha) -> OnboardingRooms:
    """Build them."""
    database, clock, trail, outbox = ground.database, ground.clock, ground.trail, ground.outbox
    settings, limits, catalogue = ground.settings, ground.settings.access_requests, modules.catalogue

    def throttle(name: str, most: int) -> AddressThrottle:
        return people_throttle(ground, name, most, 3_600)

    requests = AccessRequests(database, clock, ground.personal)
    approvers = Approvers(database, clock, catalogue, trail)
    deciding, limit = Deciding(requests, approvers, trail), MailLimit(clock)
    queue = Queue(database, requests, approvers, people.accounts)
    tell = TellApprovers(database, clock, people.accounts, queue, outbox, settings.issuer)
    return OnboardingRooms(
        requests=requests,
        request_access=RequestAccess(
            database,
            clock,
            throttle("access-requests", limits.per_hour),
            throttle("access-requests-waited", limits.without_script_per_hour),
            captcha,
            catalogue,
            requests,
            tell,
            outbox,
            trail,
            settings,
        ),
        jobs=OnboardingJobs(
            TakeAccessRequest(database, clock, people.accounts, catalogue, requests, limit, outbox, trail, settings),
            tell,
        ),
        confirm=ConfirmAccessRequest(database, requests, tell, trail),
        queue=queue,
        approve=Approve(
            database,
            deciding,
            requests,
            approvers,
            people.accounts,
            people.create,
            catalogue,
            modules.administer,
            modules.own_accounts,
            outbox,
            trail,
            settings,
        ),
        deny=Deny(database, deciding, requests, people.accounts, catalogue, outbox, trail),
        approvers=approvers,
        reactivate_quiet=ReactivateQuiet(database, people.accounts, approvers, people.reactivate),
        sweep=SweepRequests(database, clock, requests, limit, limits.keep_closed_seconds),
        fresh_seconds=limits.fresh_seconds,
        idle_seconds=settings.session.idle_seconds,
    )
