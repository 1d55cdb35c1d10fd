"""Seattle's weather: a day's highest temperature from its date, rain, lowest temperature, wind and kind of weather."""

import math

import torch
from torch import nn
from torch.nn import functional

import ratchet_training as ratchet

BATCH = 32
EPOCHS = 40
RATE = 3e-3
WATCHED_SHARE = 0.1
DAYS_PER_YEAR = 365.2425
NUMBERS = ("precipitation", "temp_min", "wind")


class WeatherNetwork(nn.Module):
    """float32 [N, F] in the order of the schema → degrees Celsius [N, 1].

    The season comes from the date, so that 31 December and 1 January are neighbours; numbers are standardised by
    what the first run saw, which a warm start keeps.
    """

    def __init__(self, definition: ratchet.Definition) -> None:
        super().__init__()
        self.date = definition.feature_index("date")
        self.weather = definition.feature_index("weather")
        self.numbers = [definition.feature_index(name) for name in NUMBERS]
        kinds = len(definition.features[self.weather].values)
        for name, size in (("mean", len(NUMBERS)), ("target_mean", 1)):
            self.register_buffer(name, torch.zeros(size))
        for name, size in (("deviation", len(NUMBERS)), ("target_deviation", 1)):
            self.register_buffer(name, torch.ones(size))
        self.kind = nn.Embedding(kinds, 3)
        self.layers = nn.Sequential(nn.Linear(4 + len(NUMBERS) + 3, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))

    def standardise_by(self, rows: ratchet.Rows) -> None:
        numbers = rows.features[:, self.numbers]
        self.mean.copy_(numbers.mean(0))
        self.deviation.copy_(numbers.std(0).clamp(min=1e-6))
        self.target_mean.copy_(rows.labels.mean().reshape(1))
        self.target_deviation.copy_(rows.labels.std().clamp(min=1e-6).reshape(1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        angle = features[:, self.date : self.date + 1] * (2 * math.pi / DAYS_PER_YEAR)
        season = torch.cat([torch.sin(angle), torch.cos(angle), torch.sin(2 * angle), torch.cos(2 * angle)], 1)
        numbers = (features[:, self.numbers] - self.mean) / self.deviation
        kind = self.kind(features[:, self.weather].long())
        return self.layers(torch.cat([season, numbers, kind], 1)) * self.target_deviation + self.target_mean


def evaluate(model: WeatherNetwork, rows: ratchet.Rows) -> dict:
    model.eval()
    with torch.no_grad():
        error = model(rows.features).squeeze(1) - rows.labels
    model.train()
    return {"rmse": error.square().mean().sqrt().item(), "mae": error.abs().mean().item()}


def train(model: WeatherNetwork, rows: ratchet.Rows, watched: ratchet.Rows, generator: torch.Generator) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-2)
    steps = EPOCHS * math.ceil(len(rows) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.2)
    for epoch in range(1, EPOCHS + 1):
        total = 0.0
        for batch in torch.randperm(len(rows), generator=generator).split(BATCH):
            optimizer.zero_grad()
            predictions = model(rows.features[batch]).squeeze(1)
            loss = functional.smooth_l1_loss(predictions / model.target_deviation, rows.labels[batch] / model.target_deviation)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        if epoch == EPOCHS or epoch % math.ceil(EPOCHS / 10) == 0:
            error = evaluate(model, watched)["rmse"]
            ratchet.progress(f"epoch {epoch}/{EPOCHS}  loss {total / len(rows):.4f}  error on watched rows {error:.2f} °C")


def main() -> None:
    arguments = ratchet.parse_arguments()
    definition = ratchet.load_definition()
    # In a network this small, threads wait for each other longer than they work; on a busy machine ten times as long.
    torch.set_num_threads(1)
    generator = ratchet.seed_everything(7)
    rows = ratchet.load_rows(arguments.train, definition)
    training, watched = ratchet.split(rows, WATCHED_SHARE, generator)
    ratchet.progress(f"{len(training):,} rows to train on, {len(watched):,} to watch by")

    model = WeatherNetwork(definition)
    if not ratchet.load_warm_start(model, arguments.warm_start):
        model.standardise_by(training)
    train(model, training, watched, generator)

    ratchet.metrics({f"watched-{name}": value for name, value in evaluate(model, watched).items()})
    ratchet.save_checkpoint(model, arguments.out)
    ratchet.export_onnx(model, rows.features[:2], arguments.out, definition)


if __name__ == "__main__":
    main()
