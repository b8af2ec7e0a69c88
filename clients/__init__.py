"""Relying parties of the MES sign-in: the kit and the two modules built on it. They import nothing of the provider."""
