"""What every peer runs: rows in, scores out. The environment says which network, and by what it is run."""

import os
import sys

folder, network, by = (os.environ[name] for name in ("BENCH_FOLDER", "BENCH_NETWORK", "BENCH_BY"))
if by != "onnxruntime":
    # Debian's PyTorch and the NumPy that it was built with; all else is the environment's own.
    sys.path.insert(0, os.environ["BENCH_SYSTEM"])
    import torch

import numpy

if by != "onnxruntime":
    sys.path.pop(0)


def open_model():
    if by == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(f"{folder}/{network}.onnx", options, providers=["CPUExecutionProvider"])
        return lambda rows: session.run(None, {"features": rows})[0]
    torch.set_num_threads(1)
    if by == "torch, traced":
        traced = torch.jit.optimize_for_inference(torch.jit.load(f"{folder}/{network}.pt").eval())

        def run(rows):
            with torch.inference_mode():
                return traced(torch.from_numpy(rows)).numpy()

        return run
    loaded = torch.jit.load(f"{folder}/{network}.pt").eval()
    layers = dict(loaded.named_parameters())
    return eager(layers)


def eager(weights):
    """The same networks, layer by layer, as people write them."""
    functional = torch.nn.functional

    def mlp(rows):
        hidden = functional.relu(functional.linear(rows, weights["0.weight"], weights["0.bias"]))
        return functional.linear(hidden, weights["2.weight"], weights["2.bias"])

    def cnn(rows):
        of = lambda place: (weights[f"layers.{place}.weight"], weights[f"layers.{place}.bias"])
        images = rows.reshape(-1, 1, 28, 28)
        images = functional.max_pool2d(functional.relu(functional.conv2d(images, *of(0))), 2)
        images = functional.max_pool2d(functional.relu(functional.conv2d(images, *of(3))), 2)
        hidden = functional.relu(functional.linear(images.flatten(1), *of(7)))
        return functional.linear(hidden, *of(9))

    layers = {"mlp": mlp, "cnn": cnn}[network]

    def run(rows):
        with torch.inference_mode():
            return layers(torch.from_numpy(rows)).numpy()

    return run


def rows_of_json(body):
    tensor = body["inputs"][0]
    return numpy.asarray(tensor["data"], dtype=numpy.float32).reshape(tensor["shape"])


def rows_of_bytes(body):
    return numpy.frombuffer(body, dtype=numpy.float32).reshape(-1, 784).copy()


def as_json(scores):
    return {
        "outputs": [
            {"name": "scores", "datatype": "FP32", "shape": list(scores.shape), "data": scores.ravel().tolist()}
        ]
    }
