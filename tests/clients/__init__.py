"""The relying party kit and the two modules on it, against a provider that is honest until a test makes it lie."""
