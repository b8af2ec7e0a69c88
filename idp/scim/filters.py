"""A SCIM filter (RFC 7644 3.4.2.2) as an SQL condition. What cannot be answered truly is refused with `invalidFilter`.

Names, addresses and numbers are sealed in the database: they can be found by a whole address and by nothing else. So `eq`
on the attributes below, joined by `and`, `or` and `not`, is all there is; there is no "contains", and no order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from idp.accounts.model import accounts
from idp.accounts.user_id import canonical
from idp.scim.model import scim_registrations

LONGEST = 500
"""Characters of a filter."""
MOST_TERMS = 20

_account = accounts.c
_row = scim_registrations.c


@dataclass
class Conditions(FilterVisitor[ColumnElement[bool]]):
    """Turns one filter into one condition."""

    id_of: Callable[[str], int | None]
    """Return the row number of the account with this canonical User ID."""
    terms: int = 0

    def of(self, wanted: FilterNode | None) -> ColumnElement[bool]:
        """Return the condition. Raises InvalidFilterException."""
        return true() if wanted is None else self.visit(wanted)

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        """Answer `eq`."""
        self._count()
        name, value = _name(node.attr_path), node.value
        if node.op is not CompareOperator.eq:
            raise InvalidFilterException(detail=f"{name} {node.op.value} is not supported: only eq is")
        if name == "active":
            if not isinstance(value, bool):
                raise InvalidFilterException(detail="active is compared with true or false")
            return _account.disabled_at.is_(None) if value else _account.disabled_at.is_not(None)
        if not isinstance(value, str) or not value.isprintable():
            raise InvalidFilterException(detail=f"{name} is compared with a text of printable characters")
        match name:
            case "id":
                return _account.sub == value
            case "externalid":
                # Never NULL, so that `not` tells the truth about users without one.
                return and_(_row.external_id.is_not(None), _row.external_id == value)
            case "username" | "emails" | "emails.value":
                return self._has_address(value)
            case "usertype":
                return _account.affiliation == value.lower()
            case _:
                raise InvalidFilterException(detail=f"{name} cannot be searched for")

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        """Join conditions."""
        join = and_ if node.op is LogicalOperator.and_ else or_
        return join(*(self.visit(term) for term in node.terms))

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        """Turn a condition round."""
        return not_(self.visit(node.expr))

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        """Answer `pr`, for what may be missing and is not sealed."""
        self._count()
        if _name(node.attr_path) != "externalid":
            raise InvalidFilterException(detail=f"{_name(node.attr_path)} pr is not supported")
        return _row.external_id.is_not(None)

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        """Refuse `emails[value eq …]`: `emails.value eq` says the same."""
        raise InvalidFilterException(detail=f"{_name(node.attr_path)}[…] is not supported")

    def _has_address(self, text: str) -> ColumnElement[bool]:
        # What cannot be an address is nobody's: look-alike characters find nothing.
        user_id = canonical(text)
        found = None if user_id is None else self.id_of(user_id)
        return false() if found is None else _account.id == found

    def _count(self) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise InvalidFilterException(detail=f"the filter has more than {MOST_TERMS} comparisons")


def _name(path: AttrPath) -> str:
    return f"{path.attr}.{path.sub_attr}".lower() if path.sub_attr else path.attr.lower()
