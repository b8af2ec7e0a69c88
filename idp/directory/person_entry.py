"""What a directory's entry says about a person, by the attributes that the settings name."""

from dataclasses import dataclass

from idp.directory.directory import Employee
from idp.directory.ldap_line import Entry
from idp.plain_words import made_name
from idp.settings import Directory as DirectorySettings

ACCOUNT_CONTROL = "userAccountControl"
ACCOUNT_DISABLED = 0x2
"""ADS_UF_ACCOUNTDISABLE ([MS-ADTS] 2.2.16)."""


@dataclass(frozen=True, slots=True)
class Person:
    """One entry, read."""

    entry: Entry
    settings: DirectorySettings

    def has_user_id(self, user_id: str) -> bool:
        """Whether this very User ID stands in the entry.

        Directories fold accents, widths and blanks when they compare; an address is not to be taken for its look-alike.
        """
        values = self._values(self.settings.user_id_attribute)
        return any(value.isascii() and value.lower() == user_id for value in values)

    def is_disabled(self) -> bool:
        """Whether Active Directory's flag says so; one that cannot be read counts as set."""
        try:
            return any(int(value) & ACCOUNT_DISABLED for value in self._values(ACCOUNT_CONTROL))
        except ValueError:
            return True

    def employee(self, user_id: str) -> Employee:
        """Return the person; who has no given name in the directory is called by their User ID."""
        return Employee(
            user_id=user_id,
            given_name=self._name(self.settings.given_name_attribute) or user_id.partition("@")[0],
            family_name=self._name(self.settings.family_name_attribute),
            phone=next(iter(self._values(self.settings.phone_attribute)), None),
        )

    def _name(self, attribute: str) -> str:
        return made_name(next(iter(self._values(attribute)), ""))

    def _values(self, attribute: str) -> list[str]:
        return [value.decode("utf-8", "replace") for value in self.entry.attributes.get(attribute, ())]


def wanted_attributes(settings: DirectorySettings) -> list[str]:
    """Return what is asked of the directory, and nothing more."""
    named = (
        settings.user_id_attribute,
        settings.given_name_attribute,
        settings.family_name_attribute,
        settings.phone_attribute,
        ACCOUNT_CONTROL,
    )
    return [attribute for attribute in named if attribute]
