"""The house: every capability's rooms by name, and `build`, the one place that opens them, floor by floor, and passes each what
it needs. Surfaces and commands ask here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from idp.accounts.rooms import AccountRooms, open_accounts
from idp.accounts.seal_plain_rows import SealPlainRows
from idp.audit.events import Event
from idp.audit.seals import TrailSeals
from idp.authenticators.rooms import AuthenticatorRooms, open_authenticators
from idp.captcha.captcha import Captcha
from idp.clock import Clock, SystemClock
from idp.directory.directory import Directory
from idp.directory.rooms import open_directories
from idp.directory.upstream import Upstream
from idp.grants.grants import revoke_all_of_client
from idp.grants.rooms import GrantRooms, open_grants
from idp.ground import Ground, lay_ground
from idp.keyring.rooms import KeyringRooms, open_keyring
from idp.keyring.rotate_data import RotateData
from idp.modules.rooms import ModuleRooms, open_modules
from idp.notify.deliveries import deliveries_of
from idp.notify.delivery import Delivery
from idp.notify.render import Renderer
from idp.notify.worker import Worker
from idp.oidc.jose import Jose
from idp.oidc.people.subjects import Subjects
from idp.oidc.sign_out.backchannel_logout import BackchannelLogout
from idp.onboarding.rooms import OnboardingRooms, open_onboarding
from idp.registry.rooms import RegistryRooms, open_registry
from idp.settings import Settings
from idp.signin.rooms import SignInRooms, open_signin
from idp.store.sql_store import SqlStore


@dataclass(frozen=True)
class House(Ground):
    """Everything that somebody outside asks for, built and connected."""

    keys: KeyringRooms
    registry: RegistryRooms
    modules: ModuleRooms
    people: AccountRooms
    factors: AuthenticatorRooms
    grants: GrantRooms
    captcha: Captcha
    signin: SignInRooms
    onboarding: OnboardingRooms
    rotate_data: RotateData
    trail_seals: TrailSeals
    worker: Worker
    """Carries out what the outbox holds."""
    sweeps: tuple[Callable[[], int], ...]
    """Each deletes some of what has run out, or does something else that is due; it returns how much."""

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    directory: Directory | None = None,
    upstream: Upstream | None = None,
    deliveries: Mapping[str, Delivery] | None = None,
    watch: Callable[[Event], None] | None = None,
) -> House:
    """Build the house; touches neither database nor Redis yet.

    `directory` and `upstream` know the employees, else what the settings name does; without any they cannot sign in.
    `deliveries` replace those of their channels; `watch` is told of each event of the trail.
    Raises SecretsFault, SmtpUrlFault, LdapSetupFault, UpstreamSetupFault, OutboundFault.
    """
    ground = lay_ground(settings, clock or SystemClock(), watch)

    keys = open_keyring(ground)
    registry = open_registry(ground, revoke_all_of_client)
    people = open_accounts(ground)
    directories = open_directories(ground, directory, upstream)
    modules = open_modules(ground, people.guards)
    factors = open_authenticators(ground)
    grants = open_grants(ground)
    captcha = Captcha.over(ground.ephemeral, ground.clock, ground.secrets, settings.captcha)
    signin = open_signin(ground, people, factors, modules, registry, grants, captcha, directories)
    onboarding = open_onboarding(ground, people, modules, captcha)

    jose = Jose(keys.keyring, ground.clock, settings.issuer)
    sent_by_us = deliveries_of(settings, Renderer(settings, ground.languages), ground.clock, ground.outbound)
    sent_by_us |= {
        "logout": BackchannelLogout(
            registry.clients,
            Subjects(ground.database, ground.lasting_keys),
            jose,
            ground.clock,
            ground.database,
            signin.sign_out_outcomes,
            ground.trail,
            ground.outbound.post_form,
        ),
        "reset": signin.send_reset,
        "access": onboarding.jobs,
        "lock": signin.tell_of_lock,
        "notice": people.send_notices,
    }
    it = ground
    plain = SealPlainRows(people.accounts)
    rotate_data = RotateData(it.database, it.clock, it.secrets, it.kept_keys, it.trail, first=(plain,))
    trail_seals = TrailSeals(it.database, it.clock, it.lasting_keys, it.trail)
    sweeps: list[Callable[[], int]] = [
        trail_seals.sweep,
        rotate_data.sweep,
        signin.sweep_quiet_accounts,
        signin.user_ids.finish.sweep,
        people.guards.sweep,
        people.notices.sweep,
        people.not_me_links.sweep,
        factors.sweep,
        grants.sweep,
        registry.sweep_unused,
        signin.sign_out_outcomes.sweep,
        onboarding.sweep,
    ]
    if isinstance(ground.ephemeral, SqlStore):
        sweeps.append(ground.ephemeral.sweep)

    return House(
        **vars(ground),
        keys=keys,
        registry=registry,
        modules=modules,
        people=people,
        factors=factors,
        grants=grants,
        captcha=captcha,
        signin=signin,
        onboarding=onboarding,
        rotate_data=rotate_data,
        trail_seals=trail_seals,
        worker=Worker(ground.database, ground.outbox, sent_by_us | dict(deliveries or {})),
        sweeps=tuple(sweeps),
    )
