"""Builds the simulations, runs one, and reads what Gatling measured."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field

import gatling_report
from built import TARGET, Build
from servers import HOME

FOLDER = HOME / "benchmarks"
# Class, and how many users it has when nobody says.
SIMULATIONS = {
    "concurrent-pulls": ("ConcurrentPulls", 100),
    "mixed": ("MixedLoad", 50),
    "chunked-uploads": ("ChunkedUploads", 20),
    "manifest-storm": ("ManifestStorm", 100),
    "ci-day": ("CiDay", 40),
}
FLAGS = (
    "-XX:+UseParallelGC",
    "-Xmx3g",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    # Gatling tells its makers about every run, and keeps in the home folder when it did.
    "-Dgatling.data.enableAnalytics=false",
    f"-Djava.util.prefs.userRoot={TARGET}/preferences",
    "-Dgatling.data.console.light=true",
)
SHOWN = 10
MADE = "made"


class Settings:
    """What one run of a simulation is told."""

    def __init__(self, arguments, server, seed):
        self.name, default = SIMULATIONS[arguments.simulation]
        self.users = arguments.users or default
        self.seconds = arguments.seconds
        self.seed = seed
        self.layer_kib = arguments.layer_kib
        self.insecure = arguments.insecure
        self.server = server

    def replaced(self, **changes):
        other = object.__new__(Settings)
        other.__dict__ = {**self.__dict__, **changes}
        return other

    def properties(self, moved):
        values = {
            "slipway.url": self.server.url,
            "slipway.users": self.users,
            "slipway.seconds": self.seconds,
            "slipway.seed": self.seed,
            "slipway.layerKib": self.layer_kib,
            "slipway.moved": moved,
            "gatling.ssl.useInsecureTrustManager": str(self.insecure).lower(),
            "gatling.ssl.enableHostnameVerification": str(not self.insecure).lower(),
        }
        return [f"-D{name}={value}" for name, value in values.items()]

    def environment(self):
        """Without the settings of a registry; the password where `ps` does not show it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_", "BENCHMARK_"))}
        if self.server.username:
            kept |= {"BENCHMARK_USERNAME": self.server.username, "BENCHMARK_PASSWORD": self.server.password}
        return kept


@dataclass
class Result:
    """What a run measured; `failed` says what went wrong, if anything did."""

    failed: str = ""
    errors: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    received: int = 0
    sent: int = 0

    @property
    def requests(self):
        return self.rows[0].requests if self.rows else 0

    @property
    def seconds(self):
        return self.requests / self.rows[0].rate


class Gatling(Build):
    def __init__(self):
        super().__init__(FOLDER, TARGET)

    def run(self, settings, folder, cost=None):
        """Runs it to its end; tells cost when the load begins and ends."""
        folder.mkdir(parents=True, exist_ok=True)
        moved = folder / "moved.json"
        command = [
            f"{self.jdk}/bin/java",
            *FLAGS,
            *settings.properties(moved),
            "-cp",
            f"{TARGET}/classes:{TARGET}/lib/*",
            "io.gatling.app.Gatling",
            "-s",
            f"io.slipway.benchmarks.{settings.name}",
            "-rf",
            folder / MADE,
        ]
        with open(folder / "gatling.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, env=settings.environment(), cwd=folder,
            )  # fmt: skip
            try:
                for line in process.stdout:
                    log.write(line)
                    if line.startswith("slipway: load begins") and cost:
                        cost.begin()
                    if line.startswith("slipway: load ended") and cost:
                        cost.end()
                code = process.wait()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        return self.result(folder, code, moved)

    def result(self, folder, code, moved):
        result = Result()
        for page in (folder / MADE).glob("*/index.html"):
            result.rows = gatling_report.rows(page.read_text())
            place(page.parent, folder)
        if moved.exists():
            counted = json.loads(moved.read_text())
            result.received, result.sent = counted["received"], counted["sent"]
            moved.unlink()
        if result.rows and result.rows[0].failed:
            result.failed = f"{result.rows[0].failed} of {result.requests} requests failed"
            result.errors = gatling_report.errors((folder / "gatling.log").read_text())
        elif code or not result.rows:
            result.failed = f"Gatling ended with {code}"
            result.errors = (folder / "gatling.log").read_text().splitlines()[:SHOWN]
        return result


def place(report, folder):
    """Moves what Gatling made, under a name of its own, to where it was asked for."""
    for each in list(report.iterdir()):
        each.rename(folder / each.name)
    shutil.rmtree(folder / MADE)
