"""The event catalogue and the trail. Append only; carries no secret and no personal data."""
