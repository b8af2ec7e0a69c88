"""`idp requests`: requests for access, for operators (fact S12). What approvers do on their page, and what is on nobody's."""

from dataclasses import asdict
from typing import assert_never, get_args

import click

from idp.audit.trail import OPERATOR
from idp.cli.operating import operating
from idp.cli.output import Refused, json_option, moment, print_facts, print_json, print_table
from idp.house import House
from idp.modules.administer_accounts import IdMalformed, IdTaken
from idp.onboarding.approve import AccountDisabled, Approved, CannotApprove, RoleRefused
from idp.onboarding.approvers import likely_role
from idp.onboarding.confirm import AnotherIsOpen, Confirmed, LinkOver
from idp.onboarding.deciding import DecidedAlready, NoSuchRequest, NotConfirmed, OwnRequest, Refusal
from idp.onboarding.deny import MOST_REASON_CHARACTERS, Denied, ReasonHoldsAddress, ReasonMissing
from idp.onboarding.model import AccessRequest, Line, State


@click.group()
def requests() -> None:
    """Look after requests for access."""


@requests.command("list")
@click.option("--state", type=click.Choice(get_args(State)), help="[those that wait: open and unconfirmed]")
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many, newest first.")
@json_option
def list_requests(state: State | None, most: int, as_json: bool) -> None:
    """List requests, newest first."""
    with operating() as house:
        found = house.onboarding.queue.newest(state=state, most=most)
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    rows = (
        (one.request_id, one.state, one.wish.email, one.wish.organisation, _modules(one), moment(one.created_at))
        for one in found
    )
    print_table("Requests", ("id", "state", "e-mail", "organization", "modules", "asked"), rows)


@requests.command()
@click.argument("request_id")
@json_option
def show(request_id: str, as_json: bool) -> None:
    """Show one request."""
    with operating() as house:
        _print(_find(house, request_id), as_json)


@requests.command()
@click.argument("request_id")
@json_option
def confirm(request_id: str, as_json: bool) -> None:
    """Confirm a request in place of its address's owner, when you have made sure in another way that it is theirs."""
    with operating() as house:
        match house.onboarding.confirm.for_owner(request_id, OPERATOR):
            case Confirmed():
                _print(_find(house, request_id), as_json)
            case AnotherIsOpen():
                raise Refused("another request for this address is open; decide that one first")
            case LinkOver():
                raise Refused(f"there is no request {request_id} that can be confirmed")
            case never:
                assert_never(never)


@requests.command()
@click.argument("request_id")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option(
    "--role", default="", help="The role to give.  [the one named as the person's affiliation, or the only one]"
)
@click.option("--external-id", default="", help="The person's own id in a module that gives such ids itself.")
@json_option
def approve(request_id: str, modules: tuple[str, ...], role: str, external_id: str, as_json: bool) -> None:
    """Approve modules of a request, or all that wait: the account is made, access is granted, mails go out."""
    with operating() as house:
        wanted = _chosen(house, request_id, modules)
        if external_id and len(wanted) != 1:
            raise Refused("say for which module the --external-id is")
        for module in wanted:
            _approve(house, _find(house, request_id), module, role, external_id)
        _print(_find(house, request_id), as_json)


@requests.command()
@click.argument("request_id")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option("--reason", required=True, help="Why, in words that the person reads in a mail.")
@json_option
def deny(request_id: str, modules: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Deny modules of a request, or all that wait."""
    with operating() as house:
        for module in _chosen(house, request_id, modules):
            outcome = house.onboarding.deny(request_id, module, reason=reason, by=None, visitor=OPERATOR)
            match outcome:
                case Denied():
                    pass
                case ReasonMissing():
                    raise Refused(f"a reason has 1 to {MOST_REASON_CHARACTERS} characters")
                case ReasonHoldsAddress():
                    raise Refused("a reason is mailed: it holds no web or e-mail address, nor what looks like one")
                case refusal:
                    raise _refused(refusal, request_id, module)
        _print(_find(house, request_id), as_json)


def _approve(house: House, request: AccessRequest, module: str, role: str, external_id: str) -> None:
    offered = house.onboarding.approvers.roles_of(module)
    outcome = house.onboarding.approve(
        request.request_id,
        module,
        role=role or likely_role(offered, request.wish.affiliation),
        external_id=external_id,
        by=None,
        visitor=OPERATOR,
    )
    match outcome:
        case Approved():
            pass
        case RoleRefused(()):
            raise Refused(f"{module} knows no roles; add them with: idp modules roles {module} --add ROLE")
        case RoleRefused(offered):
            raise Refused(f"choose a role of {module} with --role: {', '.join(offered)}")
        case AccountDisabled():
            raise Refused("the person's account is disabled; enable it first: idp users enable EMAIL")
        case CannotApprove(reason):
            raise Refused(reason)
        case IdMalformed():
            raise Refused(f"{external_id} has not the form of the ids of {module}")
        case IdTaken():
            raise Refused(f"somebody has, or once had, the id {external_id} in {module}")
        case refusal:
            raise _refused(refusal, request.request_id, module)


def _refused(refusal: Refusal, request_id: str, module: str) -> Refused:
    match refusal:
        case NoSuchRequest():
            return Refused(f"request {request_id} does not ask for {module}")
        case DecidedAlready(line):
            return Refused(f"{module} is {line.decision} already, by {line.decided_by}")
        case NotConfirmed():
            return Refused(
                "the owner of the address has not confirmed this request",
                f"when you have made sure in another way: idp requests confirm {request_id}",
            )
        case OwnRequest():
            return Refused("nobody decides about their own access")
        case never:
            assert_never(never)


def _chosen(house: House, request_id: str, modules: tuple[str, ...]) -> tuple[str, ...]:
    request = _find(house, request_id)
    chosen = modules or request.waiting
    if not chosen:
        raise Refused(f"every module of request {request_id} is decided already")
    return chosen


def _find(house: House, request_id: str) -> AccessRequest:
    found = house.onboarding.queue.find(request_id)
    if found is None:
        raise Refused(f"there is no request {request_id}")
    return found


def _print(request: AccessRequest, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(request))
        return
    wish = request.wish
    facts: dict[str, object] = {
        "id": request.request_id,
        "state": request.state,
        "name": request.name,
        "e-mail": wish.email,
        "phone": wish.phone,
        "affiliation": wish.affiliation,
        "organization": wish.organisation,
        "why": wish.why.replace("\n", " / "),
        "asked": moment(request.created_at),
        "confirmed": moment(request.confirmed_at),
    }
    print_facts(facts | {line.module: _in_words(line) for line in request.lines})


def _as_json(request: AccessRequest) -> dict[str, object]:
    facts = asdict(request)
    wish, lines = facts.pop("wish"), facts.pop("lines")
    return {**facts, **wish, "modules": lines}


def _modules(request: AccessRequest) -> list[str]:
    return [f"{line.module} ({line.decision or 'waits'})" for line in request.lines]


def _in_words(line: Line) -> str:
    if not line.decision:
        return "waits"
    more = ", ".join(line.roles) or line.reason.replace("\n", " / ")
    return f"{line.decision} by {line.decided_by} on {moment(line.decided_at)}{f': {more}' if more else ''}"
