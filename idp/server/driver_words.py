"""What a database or Redis driver says went wrong, fit for an operator's eyes."""


def first_line(error: BaseException) -> str:
    """Return the driver's own words without the statement and its parameters, which may hold personal data."""
    cause = error.__cause__ or error
    words = str(getattr(cause, "orig", None) or cause).strip()
    return words.splitlines()[0] if words else type(cause).__name__
