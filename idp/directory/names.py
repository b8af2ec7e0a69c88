"""A name as a directory keeps it, made fit to be shown."""

MOST_NAME_CHARACTERS = 100


def plain_name(text: str) -> str:
    """Return the name without what cannot be printed, cut to MOST_NAME_CHARACTERS."""
    return "".join(character for character in text if character.isprintable())[:MOST_NAME_CHARACTERS].strip()
