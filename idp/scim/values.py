"""What a module says of a user, checked and in canonical form; and the user as the module sees it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from scim2_models import InvalidValueException, Meta

from idp.accounts.create_account import canonical_phone
from idp.accounts.model import Affiliation
from idp.accounts.user_id import canonical
from idp.language import Languages
from idp.plain_words import NAME_RULE, is_name
from idp.scim.registrations import Registration
from idp.scim.user import Email, KeptUser, Name, PhoneNumber, User, UserIdChange

MOST_EXTERNAL_ID_CHARACTERS = 128
_AFFILIATIONS: dict[str, Affiliation] = {"provider": "provider", "mco": "mco", "trading-partner": "trading-partner"}


@dataclass(frozen=True, slots=True)
class Values:
    """The attributes of a user that a module may set."""

    user_id: str
    affiliation: Affiliation
    given_name: str
    family_name: str
    active: bool
    phone: str | None
    """E.164."""
    locale: str | None
    """Tag of a language that there is."""
    external_id: str | None
    new_user_id: str | None = None
    """What the User ID is to become."""


def values_of(user: User, languages: Languages) -> Values:
    """Return what the module says. Raises InvalidValueException, which names the attribute and says what it must be."""
    user_id = canonical(user.user_name or "")
    if user_id is None:
        raise _invalid("userName", "must be one plain e-mail address in ASCII, of 254 characters at most")
    affiliation = _AFFILIATIONS.get((user.user_type or "").lower())
    if affiliation is None:
        raise _invalid("userType", "must be one of " + ", ".join(_AFFILIATIONS))
    name = user.name or Name()
    return Values(
        user_id=user_id,
        affiliation=affiliation,
        given_name=_name("name.givenName", name.given_name),
        family_name=_name("name.familyName", name.family_name),
        active=bool(user.active),
        phone=_phone(user.phone_numbers),
        locale=_locale(user.locale, languages),
        external_id=_external_id(user.external_id),
        new_user_id=_new_user_id(user),
    )


def user_of(registration: Registration) -> User:
    """Return the user as the module sees it; the server adds where it stands (`meta.location`)."""
    account = registration.account
    phones = [PhoneNumber(value=account.phone, type=PhoneNumber.Type.mobile, primary=True)] if account.phone else None
    made = KeptUser(
        id=account.sub,
        external_id=registration.external_id,
        user_name=account.user_id,
        user_type=account.affiliation,
        name=Name(given_name=account.given_name, family_name=account.family_name),
        active=account.disabled_at is None,
        locale=account.locale,
        emails=[Email(value=account.user_id, primary=True)],
        phone_numbers=phones,
        meta=Meta(
            resource_type="User",
            created=datetime.fromtimestamp(account.created_at, UTC),
            last_modified=datetime.fromtimestamp(registration.modified_at, UTC),
            version=registration.etag,
        ),
    )
    if registration.new_user_id is not None:
        made[UserIdChange] = UserIdChange(new_user_name=registration.new_user_id)
    return made


def _new_user_id(user: User) -> str | None:
    extension = user[UserIdChange]
    if extension is None or not extension.new_user_name:
        return None
    wanted = canonical(extension.new_user_name)
    if wanted is None:
        raise _invalid("newUserName", "must be one plain e-mail address in ASCII, of 254 characters at most")
    return wanted


def _invalid(attribute: str, reason: str) -> InvalidValueException:
    return InvalidValueException(detail=f"{attribute} {reason}")


def _name(attribute: str, text: str | None) -> str:
    name = (text or "").strip()
    if not is_name(name):
        raise _invalid(attribute, NAME_RULE)
    return name


def _phone(numbers: list[PhoneNumber] | None) -> str | None:
    if not numbers:
        return None
    if len(numbers) > 1:
        raise _invalid("phoneNumbers", "must hold one number at most: the mobile number for text messages")
    number = numbers[0]
    if number.type not in (None, PhoneNumber.Type.mobile) or number.primary is False:
        raise _invalid("phoneNumbers", "must hold the mobile number, which is the primary one")
    # RFC 3966 is how RFC 7643 4.1.2 would like it.
    text = (number.value or "").removeprefix("tel:")
    phone = canonical_phone(text) if len(text) <= 40 else None
    if phone is None:
        raise _invalid("phoneNumbers.value", "must be a number that can be called, such as +1 804 555 0100")
    return phone


def _locale(tag: str | None, languages: Languages) -> str | None:
    if not tag:
        return None
    language = languages.for_locale(tag).tag
    if language.partition("-")[0] != tag.replace("_", "-").partition("-")[0].lower():
        raise _invalid("locale", "must be one of " + ", ".join(languages.available))
    return language


def _external_id(text: str | None) -> str | None:
    if not text:
        return None
    if len(text) > MOST_EXTERNAL_ID_CHARACTERS or not text.isprintable():
        raise _invalid("externalId", f"must have {MOST_EXTERNAL_ID_CHARACTERS} printable characters at most")
    return text
