"""The loads; each returns how much was done, in how many seconds, and at which cost."""

import concurrent.futures
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass

from content import LARGE, MANIFEST_TYPE, REPOSITORY, TAG, TINY_PUSH, digest_of
from processes import allocated_bytes, cpu_seconds
from registry_client import Client, WrongAnswer

HERE = pathlib.Path(__file__).resolve().parent
TINY_PUSHERS = 100
PUSHES_EACH = 10


@dataclass
class Result:
    units: float
    seconds: float
    cpu: float
    client_cpu: float = 0
    allocated: int | None = None

    @property
    def rate(self):
        return self.units / self.seconds

    @property
    def cost(self):
        return self.cpu / self.units

    @property
    def client_cost(self):
        """What a unit cost the load generator: where it has no core left, it is the limit."""
        return self.client_cpu / self.units

    @property
    def allocation(self):
        """Bytes of the heap that a unit took, to be collected later."""
        return self.allocated / self.units


def with_allocations(load, target, content, seconds):
    """A load, and what a Java server allocated meanwhile; its CPU time has no part in asking."""
    before = allocated_bytes(target.pid)
    result = load(target, content, seconds)
    after = allocated_bytes(target.pid)
    result.allocated = None if before is None or after is None else after - before
    return result


def children_cpu():
    times = os.times()
    return times.children_user + times.children_system


def wrk(target, path, connections, seconds, threads=1, headers=()):
    """Returns requests, bytes, seconds, the server's CPU seconds and wrk's."""
    more = [word for header in headers for word in ("-H", header)]
    before, own_before = cpu_seconds(target.pid), children_cpu()
    run = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s"]
        + more
        + ["-H", f"Accept: {MANIFEST_TYPE}", "-s", str(HERE / "report.lua"), target.url + path],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 30,
    )
    cpu = cpu_seconds(target.pid) - before
    line = next(line for line in run.stdout.splitlines() if line.startswith("report "))
    requests, size, micros, errors = (int(word) for word in line.split()[1:])
    if errors:
        raise WrongAnswer(f"GET {path}: {errors} of {requests} requests failed")
    return requests, size, micros / 1e6, cpu, children_cpu() - own_before


def small_reads(target, path, seconds, headers=()):
    requests, _, took, cpu, client_cpu = wrk(target, path, 32, seconds, headers=headers)
    return Result(requests, took, cpu, client_cpu)


def manifest_reads(target, content, seconds, headers=()):
    return small_reads(target, f"/v2/{REPOSITORY}/manifests/{TAG}", seconds, headers)


def small_blob_reads(target, content, seconds):
    return small_reads(target, f"/v2/{REPOSITORY}/blobs/{content.small_digest}", seconds)


def large_pulls(target, content, seconds):
    """A hundred clients pull the large blob at once, again and again; in GB."""
    return pulls(target, content, seconds, 1)


def large_pulls_by_threads(target, content, seconds):
    """The same with a thread of the load generator for every core: one alone reads so fast and no faster."""
    return pulls(target, content, seconds, os.cpu_count())


def pulls(target, content, seconds, threads):
    path = f"/v2/{REPOSITORY}/blobs/{content.large_digest}"
    _, size, took, cpu, client_cpu = wrk(target, path, 100, seconds, threads)
    return Result(size / 1e9, took, cpu, client_cpu)


def large_pushes(target, content, seconds):
    """Pushes one large blob; in GB."""
    blob = content.fresh_large(int.from_bytes(os.urandom(7), "big"))
    digest = digest_of(blob)
    client = Client(target.url)
    before, begun = cpu_seconds(target.pid), time.monotonic()
    client.push_blob(blob, digest)
    took = time.monotonic() - begun
    client.close()
    return Result(LARGE / 1e9, took, cpu_seconds(target.pid) - before)


def tiny_pushes(target, content, seconds):
    """A hundred clients push small blobs at once."""

    def push(blobs):
        client = Client(target.url)
        for blob, digest in blobs:
            client.push_blob(blob, digest)
        client.close()

    blobs = [os.urandom(TINY_PUSH) for _ in range(TINY_PUSHERS * PUSHES_EACH)]
    named = [(blob, digest_of(blob)) for blob in blobs]
    with concurrent.futures.ThreadPoolExecutor(TINY_PUSHERS) as pushers:
        before, begun = cpu_seconds(target.pid), time.monotonic()
        for _ in pushers.map(push, [named[i::TINY_PUSHERS] for i in range(TINY_PUSHERS)]):
            pass
        took = time.monotonic() - begun
    return Result(len(blobs), took, cpu_seconds(target.pid) - before)
