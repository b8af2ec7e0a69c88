"""`idp doctor`: what is wrong, and how to put it right."""

from dataclasses import asdict

import click
from rich.console import Console

from idp.cli.operating import find_settings
from idp.cli.output import json_option, print_json
from idp.demo.place import DemoPlace
from idp.server.check_mail import check_mail
from idp.server.check_traffic import check_traffic
from idp.server.examine import examine
from idp.server.findings import Finding, well

MARKS = {"well": "ok     ", "warning": "warning", "fault": "FAULT  "}
STYLES = {"well": "green", "warning": "yellow", "fault": "bold red"}


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at settings, database, Redis, mail server, keys and clocks, and say how to put right what is wrong.

    Exit code 1 when `idp serve` would refuse to start, or no mail could be sent.
    """
    settings, clock = find_settings()
    findings = [*examine(settings, clock), *check_mail(settings)]
    if ("database", "fault") not in ((finding.subject, finding.weight) for finding in findings):
        findings += check_traffic(settings, clock)
    if place := DemoPlace.named_by_environment():
        # A demo's inbox takes the place of mail server and text gateway, and a file that of the directory.
        findings = [finding for finding in findings if finding.subject not in ("smtp_url", "sms_url", "directory")]
        findings.append(well("demo", f"{place.folder} is a demo's folder"))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.weight == "fault" for finding in findings):
        context.exit(1)


def _print(findings: list[Finding]) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for finding in findings:
        console.print(MARKS[finding.weight], style=STYLES[finding.weight], end=" ")
        console.print(finding.line)
    faults = sum(finding.weight == "fault" for finding in findings)
    console.print(f"{faults} to put right" if faults else "Nothing keeps the provider from starting.")
