"""The one way out: every HTTP call to others goes through `Outbound`, which knows whom we may call and for how long."""

from idp.outbound.calls import Answer, Outbound
from idp.outbound.fault import OutboundFault
from idp.outbound.target import check_outbound_url

__all__ = ["Answer", "Outbound", "OutboundFault", "check_outbound_url"]
