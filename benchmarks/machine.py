"""What the machine is, and what is done so that it treats every server alike."""

import os
import pathlib

TOUCHED = 6_000_000_000


def touch_memory(folder):
    """Makes a virtual machine own the memory that pushes will use as page cache: the first touch
    of a page costs several times what the page does, and whoever came first would pay."""
    block = bytes(16_000_000)
    with open(f"{folder}/touched", "wb", buffering=0) as file:
        for _ in range(TOUCHED // len(block)):
            file.write(block)
    os.unlink(f"{folder}/touched")


def load_averages():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def machine():
    models = [line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else os.uname().machine
    return f"{os.cpu_count()} cores of {model}, Linux {os.uname().release}"
