"""What Linux knows about a server's processes, and starting servers that end with us."""

import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.request

ALLOCATED = re.compile(r" allocated=(\d+)([BKMG]) ")
UNITS = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """The process and all its descendants: some servers work in children."""
    found = [pid]
    for each in found:
        for task in pathlib.Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
    return found


def cpu_seconds(pid):
    """User and system time of all threads, those that have ended included."""
    total = 0
    for each in tree(pid):
        fields = pathlib.Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(pid, field):
    """VmRSS or VmHWM in MB."""
    total = 0
    for each in tree(pid):
        for line in pathlib.Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                total += int(line.split()[1])
    return total * 1024 / 1e6


def allocated_bytes(pid):
    """What the threads of a Java server have allocated so far; None of another one, or one that may not be asked.
    Good to a hundredth, as the JVM prints it, and without what threads that have ended allocated."""
    try:
        program = pathlib.Path(os.readlink(f"/proc/{pid}/exe"))
    except PermissionError:
        return None
    jcmd = program.with_name("jcmd")
    if program.name != "java" or not jcmd.exists():
        return None
    run = subprocess.run([jcmd, str(pid), "Thread.print", "-e"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if run.returncode:
        return None
    return sum(int(number) * UNITS[unit] for number, unit in ALLOCATED.findall(run.stdout))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server that this run starts and ends."""

    def __init__(self, command, port, log, environment=None):
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.begun = time.monotonic()
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **(environment or {})},
            )
        self.pid = self.process.pid

    def wait(self, timeout=60, path="/v2/"):
        """Seconds from the start of the process to its first 200."""
        while time.monotonic() - self.begun < timeout:
            try:
                with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - self.begun
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.002)
        raise SystemExit(f"compare: tried to start {self.process.args[0]} but it gave no 200; {self.log} says why")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
