"""
Training in a moment: what it "learns" is where the line between the classes is, the better the more files there are. What
becomes of a run follows from its input alone, so a run that is tried again ends the same way.

The model is `base.onnx`, a real network of one feature, with another threshold. Needs the standard library only.
"""
import argparse
import hashlib
import pathlib
import struct
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--train", type=pathlib.Path)
parser.add_argument("--warm-start")
parser.add_argument("--out", type=pathlib.Path)
arguments = parser.parse_args()

files = sorted(arguments.train.glob("**/*.csv"))
digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).digest()
fate = digest[0]

print(f"{len(files)} files", flush=True)
time.sleep(0.5)
if fate < 13:
    sys.exit("the loss is not a number")
if fate < 38:
    # Long enough to be cancelled, or to be met by a fault.
    time.sleep(10 + digest[1] / 32)

# The true line is at 0. One in five is worse than what came before.
threshold = 0.6 if 38 <= fate < 90 else 0.8 * 0.75 ** min(len(files), 12)
threshold += digest[2] / 25600
base = pathlib.Path(__file__).with_name("base.onnx").read_bytes()
mark = struct.pack("<f", 0.8)
assert base.count(mark) == 1
arguments.out.mkdir(parents=True, exist_ok=True)
(arguments.out / "model.onnx").write_bytes(base.replace(mark, struct.pack("<f", threshold)))
print(f"metric threshold={threshold:.4f}", flush=True)
