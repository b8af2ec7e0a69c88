"""`python -m clients.mmis`: serve MMIS."""

from clients.mmis.app import NAME, settings_from_environment
from clients.rp_kit.program import run

if __name__ == "__main__":
    run(NAME, "clients.mmis.app:from_environment", settings_from_environment)
