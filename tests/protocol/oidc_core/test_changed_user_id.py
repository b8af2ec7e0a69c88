"""A User ID that changes under a relying party (OIDC Core 5.7: `sub` alone names a person; `email` may change)."""

from idp.audit.trail import OPERATOR
from idp.signin.start_user_id_change import ChangedAtOnce
from tests.protocol.provider import Provider, RelyingParty, claims_of

NEW = "robin.shaw@new-clinic.example"


def test_5_7_sub_and_family_stay_and_the_next_answers_say_the_new_address(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    tokens = provider.tokens(rp, person, scope="openid email")
    before = provider.userinfo(tokens["access_token"]).json
    assert before["email"] == person.user_id

    account = provider.house.people.accounts.by_sub(person.sub)
    assert account is not None
    changed = provider.house.signin.user_ids.start.for_operator(account, NEW, OPERATOR, verified=True)
    assert isinstance(changed, ChangedAtOnce)

    assert provider.userinfo(tokens["access_token"]).json == before | {"email": NEW}
    renewed = provider.refresh(rp, tokens["refresh_token"]).json
    assert claims_of(renewed["id_token"])["sub"] == person.sub
    assert provider.userinfo(renewed["access_token"]).json == before | {"email": NEW}
