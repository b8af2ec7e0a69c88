"""What sends the messages of each channel that is set up."""

from idp.clock import Clock
from idp.notify.delivery import Delivery
from idp.notify.mail import SmtpMail
from idp.notify.render import Renderer
from idp.notify.smtp_url import read_smtp_url
from idp.notify.text_message import HttpTextGateway
from idp.outbound import Outbound
from idp.settings import Settings


def deliveries_of(settings: Settings, renderer: Renderer, clock: Clock, outbound: Outbound) -> dict[str, Delivery]:
    """Return what serves each channel that is set up; messages of another one wait. Raises SmtpUrlFault, OutboundFault."""
    deliveries: dict[str, Delivery] = {}
    if settings.smtp_url:
        address = read_smtp_url(settings.smtp_url)
        deliveries["mail"] = SmtpMail(address, settings.mail_from, renderer, clock, settings.mail.timeout_seconds)
    if settings.sms_url:
        deliveries["text"] = HttpTextGateway(settings.sms_url, renderer, outbound)
    return deliveries
