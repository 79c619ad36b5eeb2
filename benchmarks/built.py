"""Builds the Java programs of the benchmarks, once, with Maven and the JDK that the registry starts with."""

import os
import pathlib
import shutil
import subprocess

from servers import HOME, say

TARGET = HOME / "benchmarks" / "target"


class Build:
    """A folder with a pom.xml, whose classes and libraries go to another one."""

    def __init__(self, folder, target, also=()):
        self.folder, self.target, self.also = folder, target, also
        command = f'. "{HOME}/build/find-jdk.sh" && find_jdk'
        found = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
        self.jdk = found.stdout.strip()
        if found.returncode or not self.jdk:
            raise SystemExit("run: found no JDK that is new enough: install one and set JAVA_HOME to its folder")

    def build(self, *options):
        stamp = self.target / "built"
        sources = [self.folder / "pom.xml", *(self.folder / "src").rglob("*.*"), *self.also]
        if stamp.exists() and all(file.stat().st_mtime <= stamp.stat().st_mtime for file in sources):
            return
        say("building the benchmarks (once) ...")
        command = ["mvn", "-q", "-B", "-f", self.folder / "pom.xml", *options, "process-classes"]
        # Not all that was built: reports are kept.
        for old in ("classes", "lib", "generated-sources"):
            shutil.rmtree(self.target / old, ignore_errors=True)
        begun = self.target / "building"
        self.target.mkdir(parents=True, exist_ok=True)
        begun.touch()
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, env={**os.environ, f"JAVA{self.release()}_HOME": self.jdk})
            if done.returncode:
                raise SystemExit("run: tried to build the benchmarks but mvn failed; its messages are above")
            # What was saved while it was built is newer, and is built next time.
            begun.rename(stamp)
        finally:
            begun.unlink(missing_ok=True)

    def release(self):
        text = pathlib.Path(self.jdk, "release").read_text()
        return text.partition('JAVA_VERSION="')[2].partition(".")[0]
