"""Grant types of the token endpoint, one file each."""
