"""What a client may know of a person."""
