"""Which account an employee has here, by what a directory or an upstream says (fact S2): made at the first sign-in."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts, UserIdTaken
from idp.accounts.create_account import canonical_phone
from idp.accounts.model import Account
from idp.accounts.user_id import canonical, domain
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.directory.directory import Employee
from idp.directory.links import UpstreamLinks
from idp.directory.upstream import Arrived, Upstream

NoAccount = Literal["other_domain", "not_employee", "other_subject", "disabled"]
"""Why somebody whom the upstream vouches for gets in nowhere here: for the trail alone."""


@dataclass(frozen=True)
class EmployeeAccounts:
    """Finds and makes accounts of employees. Such an account may open nothing until somebody allows it (S14)."""

    accounts: Accounts
    links: UpstreamLinks
    trail: Trail

    def of_directory(self, connection: Connection, employee: Employee, visitor: Visitor) -> Account:
        """Return the account of whom the directory knows under this User ID."""
        known = self.accounts.by_user_id(employee.user_id, connection)
        if known is not None:
            return known
        given_name, family_name, phone = employee.given_name, employee.family_name, employee.phone
        return self._add(connection, employee.user_id, given_name, family_name, phone, visitor)

    def of_upstream(
        self, connection: Connection, upstream: Upstream, arrived: Arrived, visitor: Visitor
    ) -> Account | NoAccount:
        """Return the account that is linked to this person, its words as the upstream has them now.

        Somebody who comes for the first time is linked to the account with their address when it is an employee's and
        nobody else's, and given a new one when there is none (docs/decisions/0023-upstream.md).
        """
        user_id = canonical(arrived.email)
        if user_id is None or not upstream.serves(domain(user_id)):
            return "other_domain"
        account_id = self.links.find(connection, arrived.issuer, arrived.subject)
        if account_id is not None:
            known = self.accounts.by_id(account_id, connection)
        else:
            known = self.accounts.by_user_id(user_id, connection)
        if known is None:
            given_name = arrived.given_name or user_id.partition("@")[0]
            known = self._add(connection, user_id, given_name, arrived.family_name, arrived.phone, visitor)
        if not known.is_employee:
            return "not_employee"
        if not self.accounts.hold(connection, known.id):
            return "disabled"
        if account_id is None:
            if self.links.link(connection, arrived.issuer, arrived.subject, known.id):
                self.trail.record(connection, Event.EMPLOYEE_LINKED, visitor, subject=known.sub)
            elif self.links.find(connection, arrived.issuer, arrived.subject) != known.id:
                return "other_subject"
        return self._refreshed(connection, known, arrived)

    def _refreshed(self, connection: Connection, known: Account, arrived: Arrived) -> Account:
        """The address stays: it is the User ID, and a new one would be somebody else's to see (fact S10)."""
        phone = canonical_phone(arrived.phone) if arrived.phone else known.phone
        given_name = arrived.given_name or known.given_name
        family_name = arrived.family_name or known.family_name
        if (given_name, family_name, phone) == (known.given_name, known.family_name, known.phone):
            return known
        return self.accounts.change_person(
            connection, known.id, given_name=given_name, family_name=family_name, phone=phone
        )

    def _add(
        self,
        connection: Connection,
        user_id: str,
        given_name: str,
        family_name: str,
        phone: str | None,
        visitor: Visitor,
    ) -> Account:
        try:
            account = self.accounts.add(
                connection,
                user_id=user_id,
                given_name=given_name,
                family_name=family_name,
                # A directory holds numbers in any form; one that cannot be called is none.
                phone=canonical_phone(phone) if phone else None,
                affiliation="dmas",
                registered_by="dmas",
            )
        except UserIdTaken:
            # Two first sign-ins at once: the other one made it.
            taken = self.accounts.by_user_id(user_id, connection)
            if taken is None:
                raise
            return taken
        self.trail.record(connection, Event.ACCOUNT_CREATED, visitor, subject=account.sub, affiliation="dmas")
        return account
