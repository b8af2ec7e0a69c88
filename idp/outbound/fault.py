"""What a call to others fails with."""


class OutboundFault(Exception):
    """No answer came: refused, too slow, bad certificate, or an address we do not call. Holds no secret."""
