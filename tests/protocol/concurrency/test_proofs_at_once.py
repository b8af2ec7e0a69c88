"""Of many uses of one DPoP proof at once, one is taken (RFC 9449 11.1)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.protocol.possession import ProofKey, new_code
from tests.protocol.provider import Provider

THREADS = 12


@pytest.mark.timeout(60)
def test_11_1_one_proof_many_requests(each_provider: Provider) -> None:
    key, rp = ProofKey(), each_provider.register()
    token = key.redeem(each_provider, rp, new_code(each_provider, rp)).json["access_token"]
    proof = key.proof(each_provider, "/userinfo", "GET", token=token)
    with ThreadPoolExecutor(THREADS) as pool:
        asked = [pool.submit(key.userinfo, each_provider, token, proof) for _ in range(THREADS)]
    assert Counter(answer.result().status_code for answer in asked) == {200: 1, 401: THREADS - 1}
