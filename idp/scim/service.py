"""What this SCIM service is: its description, and where it is stricter or plainer than scim2-server."""

from typing import Any

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    InvalidFilterException,
    InvalidSyntaxException,
    Patch,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimProvider,
    SearchRequest,
    ServiceProviderConfig,
    Sort,
)
from scim2_models import Context as ScimContext
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from idp.scim import filters
from idp.scim.user import KeptUser, User, UserIdChange

MOST_RESULTS = 100
"""Users in one answer; a page may be smaller."""
MOST_OPERATIONS = 50
"""Operations in one PATCH."""


def description() -> ScimProvider:
    """Return what is served and what is announced (RFC 7643 5)."""
    config = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="OAuth 2.0 access token",
                description="A client_credentials access token with the scope scim, for a client of the module.",
                primary=True,
            )
        ],
    )
    kept = ResourceType.from_resource(KeptUser)
    return ScimProvider(models=[User, UserIdChange], resource_types=[kept], config=config)


class UserService(ScimService):
    """The protocol without storage and without HTTP."""

    def read_search(self, resource_types: list[ResourceType], payload: Any) -> tuple[SearchRequest[Any], Any]:
        """Read a search; its filter is parsed only when it is short enough to be parsed cheaply."""
        if any(_is_too_long(text) for text in _named(payload, "filter")):
            raise InvalidFilterException(detail=f"filter has more than {filters.LONGEST} characters")
        return super().read_search(resource_types, payload)

    def read_patch(self, resource_type: ResourceType, body: bytes, content_type: str | None) -> Any:
        """Read a PATCH; paths hold filters, so the same holds for them."""
        for operations in _named(self.decode_body(body, content_type), "operations"):
            found = operations if isinstance(operations, list) else []
            if len(found) > MOST_OPERATIONS:
                raise InvalidSyntaxException(detail=f"Operations has more than {MOST_OPERATIONS} entries")
            if any(_is_too_long(path) for operation in found for path in _named(operation, "path")):
                raise InvalidSyntaxException(detail=f"path has more than {filters.LONGEST} characters")
        return super().read_patch(resource_type, body, content_type)

    def patch_response(
        self, base_url: str, resource: Resource[Any], response_parameters: ResponseParameters[Any]
    ) -> ScimResponse:
        """Answer a PATCH with the user as it is now: what was kept, in which form, and its new entity tag."""
        published = self.publish(base_url, resource)
        return self.resource_response(published, ScimContext.RESOURCE_REPLACEMENT_RESPONSE, response_parameters)


def _named(payload: object, name: str) -> list[object]:
    """Return what an object holds under `name`, in whatever case (RFC 7643 2.1)."""
    return [value for key, value in payload.items() if key.casefold() == name] if isinstance(payload, dict) else []


def _is_too_long(text: object) -> bool:
    return isinstance(text, str) and len(text) > filters.LONGEST
