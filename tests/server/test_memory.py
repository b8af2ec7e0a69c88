"""A worker stays small however many of its threads have hashed a password."""

import subprocess
import sys

_PROGRAM = """
import threading
import argon2
from idp.server.memory import share_one_arena

share_one_arena()
hasher = argon2.PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1)
one_at_a_time, end = threading.Lock(), threading.Event()

def work():
    for _ in range(2):
        with one_at_a_time:
            hasher.hash("a password")
    done.release()
    end.wait()

done = threading.Semaphore(0)
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    done.acquire()
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
end.set()
"""


def test_many_threads_hash_in_the_memory_of_one() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 100_000, f"{done.stdout} kB resident; without the arena's bound it is some 300,000"
