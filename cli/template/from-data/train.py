"""Trains this project's model, whatever its columns are: a small network to start from. Ratchet calls it with --train,
--warm-start and --out; see ratchet_training.py, which lies beside this file when it runs."""

import math

import ratchet_training as ratchet
import torch
from torch import nn

BATCH = 256
EPOCHS = 30
RATE = 3e-3


class Network(nn.Module):
    """float32 [N, F] in the order of the schema → scores [N, classes], or predictions [N, 1] for a regression.

    Features are standardised by what the first run saw, which a warm start keeps; one that is missing is its mean, and
    the network is told that it is missing.
    """

    def __init__(self, definition: ratchet.Definition) -> None:
        super().__init__()
        features = len(definition.features)
        outputs = len(definition.classes) if definition.classes else 1
        for name, size, value in (("mean", features, 0.0), ("deviation", features, 1.0), ("target_mean", 1, 0.0), ("target_deviation", 1, 1.0)):
            self.register_buffer(name, torch.full((size,), value))
        self.layers = nn.Sequential(nn.Linear(2 * features, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs))

    def standardise_by(self, rows: ratchet.Rows) -> None:
        known = ~torch.isnan(rows.features)
        count = known.sum(0).clamp(min=1)
        values = torch.where(known, rows.features, torch.zeros_like(rows.features)).double()
        mean = values.sum(0) / count
        spread = (torch.where(known, values - mean, torch.zeros_like(values)).square().sum(0) / count).sqrt()
        self.mean.copy_(mean)
        self.deviation.copy_(torch.where(spread > 0, spread, torch.ones_like(spread)))
        if rows.labels.is_floating_point() and len(rows) > 1:
            self.target_mean.copy_(rows.labels.mean().reshape(1))
            self.target_deviation.copy_(rows.labels.std().clamp(min=1e-6).reshape(1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        missing = torch.isnan(features)
        values = torch.where(missing, torch.zeros_like(features), (features - self.mean) / self.deviation)
        return self.layers(torch.cat([values, missing.float()], 1)) * self.target_deviation + self.target_mean


def main() -> None:
    arguments = ratchet.parse_arguments()
    definition = ratchet.load_definition()
    generator = ratchet.seed_everything()
    rows = ratchet.load_rows(arguments.train, definition)
    train, watched = ratchet.split(rows, share=0.1, generator=generator)

    model = Network(definition)
    if not ratchet.load_warm_start(model, arguments.warm_start):
        model.standardise_by(train)

    def loss_of(some: ratchet.Rows, batch: torch.Tensor) -> torch.Tensor:
        outputs = model(some.features[batch])
        if definition.classes:
            return nn.functional.cross_entropy(outputs, some.labels[batch])
        return nn.functional.mse_loss(outputs.squeeze(1) / model.target_deviation, some.labels[batch] / model.target_deviation)

    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    for epoch in range(1, EPOCHS + 1):
        for batch in torch.randperm(len(train), generator=generator).split(BATCH):
            optimizer.zero_grad()
            loss_of(train, batch).backward()
            optimizer.step()
        if epoch == EPOCHS or epoch % math.ceil(EPOCHS / 10) == 0:
            with torch.no_grad():
                loss = loss_of(watched, torch.arange(len(watched))).item()
            ratchet.progress(f"epoch {epoch} of {EPOCHS}: loss {loss:.4f} on watched rows")

    ratchet.metrics({"watched-loss": loss})
    ratchet.save_checkpoint(model, arguments.out)
    ratchet.export_onnx(model, rows.features[:2], arguments.out, definition)


if __name__ == "__main__":
    main()
