"""SCIM 2.0 (RFC 7643, RFC 7644) for modules: each keeps the users that it registered, and sees no others (facts S3, S9).

The only importer of scim2-models and scim2-server.
"""
