"""Tokens: how they are made, spent, refreshed, presented, looked into and given back."""
