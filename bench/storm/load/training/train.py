"""
Training that costs next to nothing: it reads all rows and hands in a network of one feature that stands beside it. What is
measured is what happens around it. Needs the standard library only.
"""
import argparse
import pathlib

parser = argparse.ArgumentParser()
parser.add_argument("--train", type=pathlib.Path)
parser.add_argument("--warm-start")
parser.add_argument("--out", type=pathlib.Path)
arguments = parser.parse_args()

rows = sum(len(file.read_text().splitlines()) - 1 for file in arguments.train.glob("**/*.csv"))
arguments.out.mkdir(parents=True, exist_ok=True)
base = pathlib.Path(__file__).with_name("base.onnx")
(arguments.out / "model.onnx").write_bytes(base.read_bytes())
print(f"metric rows={rows}", flush=True)
