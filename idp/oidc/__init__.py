"""The protocol: one file an endpoint, one a grant, and the checks on a request as one ordered table. Only importer of Authlib."""
