"""The members that MMIS shows. They are invented: no person, number or practice here exists."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One line of the list of members."""

    number: str
    name: str
    plan: str
    covered_until: str
    is_active: bool


MEMBERS = (
    Member("100 200 0101", "Alma Whitaker", "Medallion", "December 31, 2026", is_active=True),
    Member("100 200 0102", "Ben Okafor", "FAMIS", "March 31, 2027", is_active=True),
    Member("100 200 0103", "Carmen Delgado", "Medallion", "June 30, 2027", is_active=True),
    Member("100 200 0104", "Duc Tran", "Cardinal Care", "September 30, 2026", is_active=False),
    Member("100 200 0105", "Edith Marsh", "Cardinal Care", "April 30, 2027", is_active=True),
)
