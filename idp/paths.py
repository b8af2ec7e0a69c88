"""Where the product's own files are (checkout or installed wheel) and where its state goes by default."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PACKAGED_DATA = _PACKAGE / "_data"
_CHECKOUT = _PACKAGE.parent


def resource(name: str) -> Path:
    """Return the absolute path of a shipped folder or file: `templates`, `static`, `config`, `migrations`."""
    root = _PACKAGED_DATA if _PACKAGED_DATA.is_dir() else _CHECKOUT
    return root / name


def default_data_dir() -> Path:
    """Return where state goes when `IDP_DATA_DIR` is not set: `var/` in a checkout, else the user's state folder."""
    if not _PACKAGED_DATA.is_dir() and (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / "var"
    state_home = os.environ.get("XDG_STATE_HOME")
    return (Path(state_home) if state_home else Path.home() / ".local" / "state") / "mes-idp"


def default_keys_dir() -> Path:
    """Return where root secrets are when `IDP_KEYS_DIR` is not set: `keys/` in a checkout, else below the data folder."""
    if not _PACKAGED_DATA.is_dir() and (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / "keys"
    return default_data_dir() / "keys"
