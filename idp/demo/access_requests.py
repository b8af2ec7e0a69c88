"""What the demo's approver finds to decide: the roles of each module, and two requests that are open at every start."""

from idp.audit.trail import OPERATOR
from idp.demo.people import PEOPLE
from idp.house import House
from idp.onboarding.model import Wish

ROLES = {
    "mmis": ("provider", "mco", "trading-partner", "claims"),
    "appeals": ("appellant",),
}
"""What may be given in each module."""

GRACE = Wish(
    given_name="Grace",
    family_name="Kim",
    email="grace.kim@lakeside-dental.example",
    phone="+18045550163",
    affiliation="provider",
    organisation="Lakeside Dental Group",
    why="I took over billing from Edgar Moss this month.\nOur office manager knows about it.",
    modules=("mmis", "appeals"),
)
"""Somebody without an account: approving a module makes it and sends the two mails."""
NINA = "nina.cole@hilltop-home.example"
"""Somebody with an account who opens nothing yet."""


def seed_requests(house: House) -> None:
    """Have roles, approvers and requests; whoever was approved in an earlier run stays so."""
    rooms = house.onboarding
    for module, roles in ROLES.items():
        for role in roles:
            rooms.approvers.offer_role(module, role, OPERATOR)
    for person in PEOPLE:
        account = house.people.accounts.by_user_id(person.user_id)
        for module in person.approves:
            if account is not None:
                rooms.approvers.add(account, module, OPERATOR)
    _ask_for_grace(house)
    _ask_for_nina(house)


def _ask_for_grace(house: House) -> None:
    requests = house.onboarding.requests
    if house.people.accounts.by_user_id(GRACE.email) is not None or _is_open(house, GRACE.email):
        return
    until = house.clock.now() + house.settings.access_requests.confirm_seconds
    with house.database.transaction() as connection:
        token = requests.add_unconfirmed(connection, GRACE, "en", confirm_until=until)
    house.onboarding.confirm.confirm(token, OPERATOR)


def _ask_for_nina(house: House) -> None:
    nina = house.people.accounts.by_user_id(NINA)
    if nina is None or _is_open(house, NINA) or house.modules.catalogue.access(nina.id, "appeals") is not None:
        return
    wish = Wish(
        given_name=nina.given_name,
        family_name=nina.family_name,
        email=nina.user_id,
        phone=nina.phone,
        affiliation=nina.affiliation,
        organisation="Hilltop Home Care",
        why="I file appeals for our patients.",
        modules=("appeals",),
    )
    with house.database.transaction() as connection:
        house.onboarding.requests.add_open(connection, wish, nina.locale, account_id=nina.id)


def _is_open(house: House, email: str) -> bool:
    return any(request.wish.email == email for request in house.onboarding.queue.newest(state="open", most=1_000))
