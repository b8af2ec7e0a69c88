"""What is said of metadata that cannot be registered."""


class MetadataFault(Exception):
    """The metadata cannot be registered: `field` is its RFC 7591 name, `reason` a plain sentence of ours."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
