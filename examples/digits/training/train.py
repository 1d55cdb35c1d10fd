"""Handwritten digits: a small convolutional network on 784 grey values, 0 to 255, a row."""

import math

import torch
from torch import nn
from torch.nn import functional

import ratchet_training as ratchet

SIDE = 28
BATCH = 64
RATE = 3e-3
# In steps and not in epochs, so that a run takes its seconds whether it has hundreds of rows or thousands.
STEPS_FROM_SCRATCH = 300
STEPS_FROM_CHAMPION = 600
WATCHED_SHARE = 0.1


class DigitsNetwork(nn.Module):
    """float32 [N, 784], grey values from 0 to 255 row by row → logits [N, 10]."""

    # Mean and standard deviation of MNIST's training set, grey values scaled to 0 … 1.
    MEAN, DEVIATION = 0.1307, 0.3081

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(1, 8, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(16 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        images = (features.reshape(-1, 1, SIDE, SIDE) / 255 - self.MEAN) / self.DEVIATION
        return self.classifier(self.convolutions(images))


def shifted(features: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each batch moved by up to two pixels: a digit is the same digit a little to the side."""
    right, down = (int(offset) - 2 for offset in torch.randint(0, 5, (2,), generator=generator))
    images = functional.pad(features.reshape(-1, SIDE, SIDE), (2, 2, 2, 2))
    return images[:, 2 + down : 2 + down + SIDE, 2 + right : 2 + right + SIDE].reshape(-1, SIDE * SIDE)


def evaluate(model: nn.Module, rows: ratchet.Rows) -> dict:
    model.eval()
    with torch.no_grad():
        scores = model(rows.features)
    model.train()
    return {
        "accuracy": (scores.argmax(1) == rows.labels).float().mean().item(),
        "log-loss": functional.cross_entropy(scores, rows.labels).item(),
    }


def train(
    model: nn.Module,
    rows: ratchet.Rows,
    watched: ratchet.Rows,
    steps: int,
    generator: torch.Generator,
    processes: ratchet.Processes,
) -> None:
    distributed = processes.distribute(model)
    rows = processes.share(rows)
    # Together they see as many rows as one would, in larger batches: fewer steps, at a rate that grows as their root.
    steps = math.ceil(steps / processes.size)
    rate = RATE * math.sqrt(processes.size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.2)
    per_epoch = math.ceil(len(rows) / BATCH)
    epochs = math.ceil(steps / per_epoch)
    step = 0
    for epoch in range(1, epochs + 1):
        total = 0.0
        order = torch.randperm(len(rows), generator=generator)
        for batch in order.split(BATCH)[: steps - step]:
            optimizer.zero_grad()
            loss = functional.cross_entropy(distributed(shifted(rows.features[batch], generator)), rows.labels[batch])
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1
            total += loss.item() * len(batch)
        # A few hundred rows make many short epochs; some ten lines tell their story.
        if processes.is_first and (epoch == epochs or epoch % math.ceil(epochs / 10) == 0):
            accuracy = evaluate(model, watched)["accuracy"]
            ratchet.progress(f"epoch {epoch}/{epochs}  loss {total / len(rows):.4f}  accuracy on watched rows {accuracy:.1%}")


def main() -> None:
    arguments = ratchet.parse_arguments()
    definition = ratchet.load_definition()
    # In a network this small, threads wait for each other longer than they work; on a busy machine ten times as long.
    torch.set_num_threads(1)
    with ratchet.process_group("gloo") as processes:
        # The same in each process, so that all part the rows alike.
        generator = ratchet.seed_everything(7)
        rows = ratchet.load_rows(arguments.train, definition)
        training, watched = ratchet.split(rows, WATCHED_SHARE, generator)
        ratchet.progress(f"{len(training):,} rows to train on, {len(watched):,} to watch by")

        model = DigitsNetwork()
        warm = ratchet.load_warm_start(model, arguments.warm_start)
        train(model, training, watched, STEPS_FROM_CHAMPION if warm else STEPS_FROM_SCRATCH, generator, processes)

    if processes.is_first:
        ratchet.metrics({f"watched-{name}": value for name, value in evaluate(model, watched).items()})
        ratchet.save_checkpoint(model, arguments.out)
        ratchet.export_onnx(model, rows.features[:2], arguments.out, definition)


if __name__ == "__main__":
    main()
