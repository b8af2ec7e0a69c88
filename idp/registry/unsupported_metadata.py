"""Fields of the standards that mean something we do not do: refused by name, so that nobody believes it was agreed."""

from idp.registry.metadata_fault import MetadataFault

_ENCRYPTION = "is not supported: answers are signed, and TLS is what hides them"
_MUTUAL_TLS = "is not supported: use private_key_jwt, and DPoP to bind tokens"
_BACKCHANNEL_AUTHENTICATION = "is not supported: there is no backchannel authentication here"
_GIVEN_BY_US = "is given by this provider, never by a client"

UNSUPPORTED = {
    "software_statement": "is not accepted here: nobody's statements about software are trusted",
    **dict.fromkeys(
        (
            "id_token_encrypted_response_alg",
            "id_token_encrypted_response_enc",
            "userinfo_encrypted_response_alg",
            "userinfo_encrypted_response_enc",
            "request_object_encryption_alg",
            "request_object_encryption_enc",
            "authorization_encrypted_response_alg",
            "authorization_encrypted_response_enc",
            "introspection_encrypted_response_alg",
            "introspection_encrypted_response_enc",
        ),
        _ENCRYPTION,
    ),
    **dict.fromkeys(
        (
            "tls_client_auth_subject_dn",
            "tls_client_auth_san_dns",
            "tls_client_auth_san_uri",
            "tls_client_auth_san_ip",
            "tls_client_auth_san_email",
            "tls_client_certificate_bound_access_tokens",
            "use_mtls_endpoint_aliases",
        ),
        _MUTUAL_TLS,
    ),
    **dict.fromkeys(
        (
            "backchannel_token_delivery_mode",
            "backchannel_client_notification_endpoint",
            "backchannel_authentication_request_signing_alg",
            "backchannel_user_code_parameter",
        ),
        _BACKCHANNEL_AUTHENTICATION,
    ),
    "authorization_details_types": "is not supported: there are no rich authorization requests here",
    **dict.fromkeys(
        (
            "client_id",
            "client_secret",
            "client_id_issued_at",
            "client_secret_expires_at",
            "registration_access_token",
            "registration_client_uri",
        ),
        _GIVEN_BY_US,
    ),
}
"""Name and reason."""


def refuse_unsupported(name: str, value: object) -> None:
    """Raise MetadataFault for a field that is known and not supported; to say that it is not wanted is no fault."""
    if not (value is None or value is False or value == ""):
        raise MetadataFault(name, UNSUPPORTED[name])
