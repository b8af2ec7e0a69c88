"""What clients hold outlives the root secret that it was sealed with: secrets to sign with, and the subjects they know."""

from collections.abc import Callable
from pathlib import Path

from idp.audit.trail import OPERATOR
from idp.oidc.people.subjects import Subjects
from idp.sealing import RootSecrets
from tests.signin.house import House


def test_clients_sign_with_the_same_secret_and_see_the_same_subjects(
    make_house: Callable[..., House], tmp_path: Path
) -> None:
    before = make_house()
    metadata = {"client_name": "A client", "redirect_uris": ["https://client.example/back"]}
    signing = before.rooms.registry.register(
        metadata | {"token_endpoint_auth_method": "client_secret_jwt", "subject_type": "pairwise"}, OPERATOR
    )
    client = before.rooms.registry.clients.get(signing.client_id)
    assert client is not None
    shown = Subjects(before.database, before.rooms.lasting_keys).shown(client, "somebody")

    RootSecrets.create(tmp_path / "keys")
    rotation = make_house().rooms.rotate_data
    rotation.start(OPERATOR)
    rotation.go_on(60)
    assert rotation.progress().left == {}
    (tmp_path / "keys" / "root-1.key").unlink()

    after = make_house()
    client = after.rooms.registry.clients.get(signing.client_id)
    assert client is not None
    assert client.secret_keys(after.clock.now()) == (str(signing.client_secret).encode(),)
    assert Subjects(after.database, after.rooms.lasting_keys).account_sub(client, shown) == "somebody"
