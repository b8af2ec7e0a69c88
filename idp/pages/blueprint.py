"""All pages and their addresses."""

from functools import partial

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.access import AccessPage
from idp.pages.account import AccountPage
from idp.pages.account_history import AccountHistoryPage
from idp.pages.account_modules import AccountModulesPage
from idp.pages.account_password import AccountPasswordPage
from idp.pages.account_sessions import AccountSessionsPage
from idp.pages.add_passkey import AddPasskeyPage
from idp.pages.approval import ApprovalPage
from idp.pages.approvals import ApprovalsPage
from idp.pages.authenticators import AuthenticatorsPage
from idp.pages.choose_account import ChooseAccountPage
from idp.pages.choose_module_account import ChooseModuleAccountPage
from idp.pages.code import CodePage
from idp.pages.confirm_device import ConfirmDevicePage
from idp.pages.confirm_request import ConfirmRequestPage
from idp.pages.confirm_user_id import ConfirmUserIdPage
from idp.pages.consent import ConsentPage
from idp.pages.device import DevicePage
from idp.pages.door import Door
from idp.pages.employee import EmployeePage
from idp.pages.enrol_app import EnrolAppPage
from idp.pages.help import HelpPage
from idp.pages.help_topics import BY_NAME
from idp.pages.language import LanguagePage
from idp.pages.menu import MenuPage
from idp.pages.module_account import ModuleAccountPage
from idp.pages.new_password import NewPasswordPage
from idp.pages.not_me import NotMePage
from idp.pages.phone import PhonePage
from idp.pages.quiet_accounts import QuietAccountsPage
from idp.pages.recovery_code import RecoveryCodePage
from idp.pages.recovery_codes import RecoveryCodesPage
from idp.pages.remove_authenticator import RemoveAuthenticatorPage
from idp.pages.request_access import RequestAccessPage
from idp.pages.reset_password import ResetPasswordPage
from idp.pages.rooms import PageRooms
from idp.pages.show_passkey import ShowPasskeyPage
from idp.pages.sign_in import SignInPage
from idp.pages.sign_out import SignOutPage
from idp.pages.step_up import StepUpPage
from idp.pages.user_id import UserIdPage
from idp.pages.verify import VerifyPage


def pages_blueprint(rooms: PageRooms) -> Blueprint:
    """Return the pages over `rooms`."""
    pages = Blueprint("pages", __name__)
    door = Door(rooms)
    confirm_device = ConfirmDevicePage(door)
    menu, sign_out, chooser, employee = MenuPage(door), SignOutPage(door), VerifyPage(door), EmployeePage(door)
    for path, page in (
        (paths.SIGN_IN, SignInPage(door)),
        (paths.VERIFY, chooser),
        (paths.CODE, CodePage(door)),
        (paths.PASSKEY, ShowPasskeyPage(door)),
        (paths.RECOVERY_CODE, RecoveryCodePage(door)),
        (paths.NEW_PASSWORD, NewPasswordPage(door)),
        (paths.RESET_PASSWORD, ResetPasswordPage(door)),
        (paths.REQUEST_ACCESS, RequestAccessPage(door)),
        (paths.CONFIRM_REQUEST, ConfirmRequestPage(door)),
        (paths.QUIET_ACCOUNTS, QuietAccountsPage(door)),
        (f"{paths.APPROVALS}/<request_id>", ApprovalPage(door)),
        (paths.STEP_UP, StepUpPage(door, chooser)),
        (paths.ACCESS, AccessPage(door)),
        (paths.MODULE_ACCOUNT, ModuleAccountPage(door)),
        (paths.MODULE_CHOICE, ChooseModuleAccountPage(door)),
        (paths.CONSENT, ConsentPage(door)),
        (paths.DEVICE, DevicePage(door)),
        (paths.CONFIRM_DEVICE, confirm_device),
        (paths.CHOOSE_ACCOUNT, ChooseAccountPage(door)),
        (paths.ACCOUNT_PASSWORD, AccountPasswordPage(door)),
        (paths.ACCOUNT_SESSIONS, AccountSessionsPage(door)),
        (paths.ACCOUNT_MODULES, AccountModulesPage(door)),
        (paths.NOT_ME, NotMePage(door)),
        (paths.PHONE, PhonePage(door)),
        (paths.ACCOUNT_USER_ID, UserIdPage(door)),
        (paths.CONFIRM_USER_ID, ConfirmUserIdPage(door)),
        (paths.ACCOUNT_APP, EnrolAppPage(door)),
        (paths.ADD_PASSKEY, AddPasskeyPage(door)),
        (paths.RECOVERY_CODES, RecoveryCodesPage(door)),
        (paths.REMOVE_AUTHENTICATOR, RemoveAuthenticatorPage(door)),
        (paths.SIGN_OUT, sign_out),
    ):
        pages.add_url_rule(path, f"show {path}", page.show, methods=["GET"])
        pages.add_url_rule(path, f"submit {path}", page.submit, methods=["POST"])
    for path, show in (
        (paths.HOME, menu.home),
        (paths.MENU, menu.show),
        (paths.ACCOUNT, AccountPage(door).show),
        (paths.ACCOUNT_HISTORY, AccountHistoryPage(door).show),
        (paths.AUTHENTICATORS, AuthenticatorsPage(door).show),
        (paths.APPROVALS, ApprovalsPage(door).show),
        (paths.SIGNED_OUT, sign_out.signed_out),
        (paths.EMPLOYEE, employee.show),
        (paths.EMPLOYEE_RETURN, employee.come_back),
        (paths.DEVICE_DONE, confirm_device.done),
        (paths.HELP, HelpPage(door).show),
    ):
        pages.add_url_rule(path, f"show {path}", show, methods=["GET"])
    answers = HelpPage(door)
    for topic in BY_NAME.values():
        pages.add_url_rule(topic.path, f"show {topic.path}", partial(answers.show_topic, topic), methods=["GET"])
    pages.add_url_rule(paths.LANGUAGE, f"submit {paths.LANGUAGE}", LanguagePage(door).submit, methods=["POST"])
    _add_static(pages, rooms)
    return pages


def _add_static(pages: Blueprint, rooms: PageRooms) -> None:
    files = rooms.kit.static_files

    def serve(version: str, name: str) -> Response:
        return files.serve(version, name)

    def favicon() -> ResponseReturnValue:
        return redirect(files.address("mes/favicon.svg"), 302)

    pages.add_url_rule("/static/<version>/<path:name>", "static", serve)
    pages.add_url_rule("/favicon.ico", "favicon", favicon)
