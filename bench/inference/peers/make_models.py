"""Makes the two networks of the bench, as ONNX and as TorchScript, always the same. Usage: make_models.py <folder>"""

import sys
from pathlib import Path

import torch

folder = Path(sys.argv[1])
torch.manual_seed(1)


class Convolutions(torch.nn.Module):
    """LeNet-like, of 28 x 28 pixels that come as 784 numbers."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, 16, 5),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Conv2d(16, 32, 5),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(512, 128),
            torch.nn.ReLU(),
            torch.nn.Linear(128, 10),
        )

    def forward(self, features):
        return self.layers(features.reshape(-1, 1, 28, 28))


networks = {
    "mlp": torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)),
    "cnn": Convolutions(),
}
row = (torch.arange(784) % 17).reshape(1, -1) / 16
for name, network in networks.items():
    network.eval()
    torch.onnx.export(
        network,
        row,
        str(folder / f"{name}.onnx"),
        input_names=["features"],
        output_names=["scores"],
        dynamic_axes={"features": {0: "rows"}, "scores": {0: "rows"}},
        opset_version=13,
    )
    torch.jit.trace(network, row).save(str(folder / f"{name}.pt"))
    torch.save(network.state_dict(), folder / f"{name}.state")
    (folder / f"{name}.expected").write_text(" ".join(map(str, network(row)[0].tolist())))
