"""`python -m clients.appeals`: serve Appeals."""

from clients.appeals.app import NAME, settings_from_environment
from clients.rp_kit.program import run

if __name__ == "__main__":
    run(NAME, "clients.appeals.app:from_environment", settings_from_environment)
