"""The settings: groups by what they are about, `Settings` that holds them all, and how they are loaded."""

from idp.settings.load import SettingsFault, load_settings
from idp.settings.onboarding import AccessRequests
from idp.settings.outside import Outbound, Upstream
from idp.settings.people import Notices, Quiet
from idp.settings.possession import Dpop
from idp.settings.protocol import Device, Keys, Registration, Tokens
from idp.settings.registering import Phone, Scim, UserId
from idp.settings.settings import Settings
from idp.settings.signing_in import (
    Captcha,
    Interaction,
    Lockout,
    Passcode,
    Password,
    Reset,
    Session,
    TemporaryPassword,
    Throttle,
)
from idp.settings.surroundings import Contacts, Directory, Mail

__all__ = [
    "AccessRequests",
    "Captcha",
    "Contacts",
    "Device",
    "Directory",
    "Dpop",
    "Interaction",
    "Keys",
    "Lockout",
    "Mail",
    "Notices",
    "Outbound",
    "Passcode",
    "Password",
    "Phone",
    "Quiet",
    "Registration",
    "Reset",
    "Scim",
    "Session",
    "Settings",
    "SettingsFault",
    "TemporaryPassword",
    "Throttle",
    "Tokens",
    "Upstream",
    "UserId",
    "load_settings",
]
