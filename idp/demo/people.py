"""The people, modules and employees of the demo: one for every case worth showing. Their passwords are for trying only."""

from dataclasses import dataclass, field
from typing import Literal

from idp.accounts.model import Affiliation

Start = Literal["ready", "locked", "temporary_password", "authenticator_app", "employee"]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as."""

    user_id: str
    given_name: str
    family_name: str
    password: str
    shows: str
    """What this person is good for, in a sentence."""
    phone: str | None = None
    affiliation: Affiliation = "provider"
    start: Start = "ready"
    """The state in which the person stands at every start of the demo."""
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Modules that the person may open, with the roles there."""
    e6codes: tuple[str, ...] = ()
    """MMIS User IDs in use (fact S13)."""
    mailed_e6code: str = ""
    """One whose set-up is still to be finished: its mails, with a new password, come at every start."""
    approves: tuple[str, ...] = ()
    """Modules whose requests for access the person decides (fact S12)."""


PEOPLE = (
    DemoPerson(
        user_id="paula.reyes@riverside-clinic.example",
        given_name="Paula",
        family_name="Reyes",
        password="Copper.Kettle.41",  # noqa: S106 - shown to everybody who starts the demo
        shows="A provider with e-mail and mobile phone; may open both modules.",
        phone="+18045550142",
        roles={"mmis": ("provider",), "appeals": ("appellant",)},
        e6codes=("E6R40172",),
    ),
    DemoPerson(
        user_id="edgar.moss@blue-ridge-care.example",
        given_name="Edgar",
        family_name="Moss",
        password="Walnut.Bridge.72",  # noqa: S106
        shows="A provider with e-mail only; may open MMIS.",
        roles={"mmis": ("provider", "claims")},
        e6codes=("E6M83315",),
    ),
    DemoPerson(
        user_id="dana.whitfield@dmas.virginia.gov",
        given_name="Dana",
        family_name="Whitfield",
        password="Harbor.Candle.58",  # noqa: S106
        shows="A DMAS employee: the directory knows the password, no code is asked.",
        affiliation="dmas",
        start="employee",
        roles={"mmis": ("staff",), "appeals": ("staff",)},
        e6codes=("E6D20006",),
    ),
    DemoPerson(
        user_id="omar.fields@tidewater-mco.example",
        given_name="Omar",
        family_name="Fields",
        password="Meadow.Lantern.63",  # noqa: S106
        shows="Has an authenticator app: may file an appeal in Appeals.",
        phone="+18045550187",
        affiliation="mco",
        start="authenticator_app",
        roles={"mmis": ("mco",), "appeals": ("appellant",)},
        e6codes=("E6F55921",),
    ),
    DemoPerson(
        user_id="lena.hart@shenandoah-clinic.example",
        given_name="Lena",
        family_name="Hart",
        password="Saddle.Orchard.29",  # noqa: S106
        shows="Locked: three invalid attempts were just made.",
        start="locked",
        roles={"appeals": ("appellant",)},
    ),
    DemoPerson(
        user_id="theo.grant@valley-billing.example",
        given_name="Theo",
        family_name="Grant",
        password="Pepper.Violin.84",  # noqa: S106
        shows="Just approved: has a temporary password and must choose a new one.",
        affiliation="trading-partner",
        start="temporary_password",
        roles={"mmis": ("trading-partner",)},
        e6codes=("E6T60718",),
    ),
    DemoPerson(
        user_id="vera.stone@piedmont-pediatrics.example",
        given_name="Vera",
        family_name="Stone",
        password="Marble.Lantern.57",  # noqa: S106
        shows="Stands before the set-up of MMIS: E6Code and MMIS temporary password are in the inbox.",
        roles={"mmis": ("provider",), "appeals": ("appellant",)},
        mailed_e6code="E6V27590",
    ),
    DemoPerson(
        user_id="marcus.bell@two-rivers-billing.example",
        given_name="Marcus",
        family_name="Bell",
        password="Cedar.Compass.46",  # noqa: S106
        shows="Has two E6Codes, and says at the door of MMIS which one to use.",
        affiliation="trading-partner",
        roles={"mmis": ("trading-partner",)},
        e6codes=("E6B31007", "E6B31845"),
    ),
    DemoPerson(
        user_id="iris.lang@provider-enrollment.example",
        given_name="Iris",
        family_name="Lang",
        password="Marble.Harvest.46",  # noqa: S106
        shows="Approves access to both modules: two requests wait, linked from the menu.",
        affiliation="trading-partner",
        roles={"appeals": ("staff",)},
        approves=("mmis", "appeals"),
    ),
    DemoPerson(
        user_id="nina.cole@hilltop-home.example",
        given_name="Nina",
        family_name="Cole",
        password="Velvet.Compass.35",  # noqa: S106
        shows="Authorised for nothing: the menu and both modules say so, and whom to ask.",
    ),
)
