"""The registry that a simulation runs against: one that was named, or one of either profile that is started."""

import contextlib
import os
import pathlib
import re
import secrets
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from servers import HOME, MINIO, Own, go_program

ADMIN = "admin"
CLUSTER_LIMIT = 240


@dataclass
class Launched:
    """Where a registry is, who its clients are, and by name what returns the processes it is made of."""

    url: str
    username: str = ""
    password: str = ""
    parts: dict = field(default_factory=dict)


def launched(arguments, folder):
    """Returns what gives a registry that runs while it is entered."""
    if arguments.url:
        parts = {"the registry": lambda: arguments.pid} if arguments.pid else {}
        client = (os.environ.get("BENCHMARK_USERNAME", ""), os.environ.get("BENCHMARK_PASSWORD", ""))
        return contextlib.nullcontext(Launched(arguments.url, *client, parts))
    # Builds what is old, or starting would be waited for too long.
    subprocess.run([HOME / "registry", "--version"], check=True, stdout=subprocess.DEVNULL)
    return cluster(arguments, folder) if arguments.profile == "cluster" else files(arguments)


def settings_of(arguments):
    """Returns what the registry is told, and who its clients are."""
    settings = {"REGISTRY_HTTP_ACCESS_LOG": os.environ.get("REGISTRY_HTTP_ACCESS_LOG", "false")}
    if not arguments.tokens:
        return settings, ("", "")
    password = secrets.token_urlsafe(24)
    return {**settings, "REGISTRY_AUTH_MODE": "token", "REGISTRY_AUTH_ADMIN_PASSWORD": password}, (ADMIN, password)


@contextlib.contextmanager
def files(arguments):
    own = Own()
    try:
        settings, client = settings_of(arguments)
        server = own.slipway("slipway", settings)
        server.wait(path="/livez")
        yield Launched(server.url, *client, {"Slipway": lambda: [server.pid]})
    finally:
        own.end()


@contextlib.contextmanager
def cluster(arguments, folder):
    """What cluster/up starts, in a folder that goes with it."""
    settings, client = settings_of(arguments)
    settings["CLUSTER_NODES"] = str(arguments.nodes or 3)
    if not os.environ.get("SLIPWAY_MINIO") and not os.environ.get("REGISTRY_STORAGE_S3_BUCKET"):
        settings["SLIPWAY_MINIO"] = str(go_program("minio-comparison", "github.com/minio/minio", f"v{MINIO}"))
    log = folder / "cluster.log"
    with tempfile.TemporaryDirectory(prefix="slipway-cluster.") as data:
        # PostgreSQL, which is another user, has its folder in there.
        os.chmod(data, 0o755)
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [HOME / "cluster" / "up", data], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **settings}
            )
        try:
            url = address(process, log)
            parts = {"Slipway": lambda: nodes(data), "what it stands on": lambda: others(process.pid, data)}
            yield Launched(url, *client, parts)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(120)


def address(process, log):
    """Waits until all nodes answer."""
    limit = time.monotonic() + CLUSTER_LIMIT
    while time.monotonic() < limit:
        found = re.search(r"nodes answer at (\S+);", log.read_text())
        if found:
            return found.group(1)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"run: tried to start a cluster but it does not answer; {log} says why:\n{log.read_text()[-2000:]}")


def nodes(data):
    return [int(file.read_text()) for file in pathlib.Path(data).glob("node-*/pid")]


def others(pid, data):
    """The servers that cluster/up started beside the nodes."""
    children = [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    # What it waits with between two looks at the nodes is none of them.
    waits = [child for child in children if pathlib.Path(f"/proc/{child}/comm").read_text().strip() in ("sleep", "up")]
    return [child for child in children if child not in waits and child not in nodes(data)]
