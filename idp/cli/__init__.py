"""What an operator types, one file a command group. Results go to stdout, reasons to stderr.

Exit codes: 0 done, 1 refused with a reason on stderr, 2 misuse. Every command that prints a result takes `--json`.
"""

from idp.cli.main import main

__all__ = ["main"]
