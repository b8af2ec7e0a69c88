"""`idp serve`: production."""

import click

from idp.cli.operating import find_settings
from idp.cli.output import Refused
from idp.demo.place import DemoPlace
from idp.server.examine import examine
from idp.server.metrics import prepare_folder, start_metrics
from idp.server.process import load_provider
from idp.server.run import fault_of_address, run_server, set_up_logging


@click.command()
def serve() -> None:
    """Serve: the provider in production.

    Refuses to start on a broken or insecure setting, each fault on a line of its own. SIGTERM lets requests in flight end.
    """
    if place := DemoPlace.named_by_environment():
        raise Refused(f"IDP_DATA_DIR: {place.folder} belongs to a demo; production needs a folder of its own")
    settings, clock = find_settings()
    findings = list(examine(settings, clock))
    faults = [finding.line for finding in findings if finding.weight == "fault"]
    if address_fault := fault_of_address(settings.bind):
        faults.append(address_fault)
    if settings.metrics_bind and (address_fault := fault_of_address(settings.metrics_bind, "metrics_bind")):
        faults.append(address_fault)
    if faults:
        raise Refused(*dict.fromkeys(faults))
    for finding in findings:
        if finding.weight == "warning":
            click.echo(f"idp: warning: {finding.line}", err=True)
    set_up_logging()
    click.echo(f"idp: {settings.issuer} on {settings.bind}, workers: {settings.workers}", err=True)
    if settings.metrics_bind:
        start_metrics(settings.metrics_bind, prepare_folder(settings.data_dir))
    run_server(settings, load_provider)
