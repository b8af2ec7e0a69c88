"""What a person's sign-in gave a client: authorization codes, grants with their refresh tokens, consents."""
