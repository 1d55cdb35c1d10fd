"""What every peer is told, and how it says what it took. Usage: <peer>.py <task.json> <file> <folder> [threads]"""

import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

with open(sys.argv[1]) as opened:
    task = json.load(opened)
columns = task["columns"]
features = [column["name"] for column in columns if column["name"] != task["label"]]
holdout = task["holdout"]
file, folder = sys.argv[2], Path(sys.argv[3])
is_parquet = file.endswith(".parquet")


def digest():
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def peak_bytes():
    """The most memory that the process had: of this program alone, not of what started it."""
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.M)[1]) * 1024


def measure(work):
    """Does the work and prints what it took; imports and the start of the process do not count."""
    before, started = os.times(), time.perf_counter()
    digest()
    train, held = work()
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.user + after.system - before.user - before.system
    answer = {"rows": {"train": train, "holdout": held}, "seconds": seconds, "cpuSeconds": cpu, "peakBytes": peak_bytes()}
    print(json.dumps(answer))
