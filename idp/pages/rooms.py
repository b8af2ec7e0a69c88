"""What the pages work with, named in one place. Built by `idp/app.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request

from idp.audit.trail import Visitor
from idp.authenticators.registry import SecondFactors
from idp.captcha.captcha import Captcha
from idp.clock import Clock
from idp.modules.modules import Modules
from idp.pages.kit import PageKit
from idp.signin.check_app import CheckApp
from idp.signin.check_passcode import CheckPasscode
from idp.signin.check_password import CheckPassword
from idp.signin.choose_account import ChooseAccount
from idp.signin.choose_language import ChooseLanguage
from idp.signin.cookies import CookieJar
from idp.signin.enrol_app import EnrolApp
from idp.signin.flow import SignInFlow
from idp.signin.give_consent import GiveConsent
from idp.signin.note_denied import NoteDenied
from idp.signin.request_reset import RequestReset
from idp.signin.send_passcode import SendPasscode
from idp.signin.sessions import BrowserSessions
from idp.signin.set_new_password import SetNewPassword
from idp.signin.sign_out import SignOut


@dataclass(frozen=True)
class PageRooms:
    """The rooms that pages call."""

    kit: PageKit
    clock: Clock
    cookies: CookieJar
    visitors: Callable[[Request], Visitor]
    sessions: BrowserSessions
    flow: SignInFlow
    modules: Modules
    second_factors: SecondFactors
    check_password: CheckPassword
    send_passcode: SendPasscode
    check_passcode: CheckPasscode
    check_app: CheckApp
    captcha: Captcha
    request_reset: RequestReset
    set_new_password: SetNewPassword
    enrol_app: EnrolApp
    choose_account: ChooseAccount
    choose_language: ChooseLanguage
    give_consent: GiveConsent
    note_denied: NoteDenied
    sign_out: SignOut
