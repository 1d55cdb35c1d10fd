"""Trains this project's model. Ratchet calls it with --train, --warm-start and --out; see ratchet_training.py, which
lies beside this file when it runs."""

import ratchet_training as ratchet
import torch

EPOCHS = 200


def main() -> None:
    arguments = ratchet.parse_arguments()
    definition = ratchet.load_definition()
    generator = ratchet.seed_everything()
    rows = ratchet.load_rows(arguments.train, definition)
    train, watch = ratchet.split(rows, share=0.1, generator=generator)

    model = torch.nn.Linear(rows.features.shape[1], 1)
    ratchet.load_warm_start(model, arguments.warm_start)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for epoch in range(1, EPOCHS + 1):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(train.features).squeeze(1), train.labels)
        loss.backward()
        optimizer.step()
        if epoch % 20 == 0:
            ratchet.progress(f"epoch {epoch} of {EPOCHS}: loss {loss.item():.4f}")

    with torch.no_grad():
        error = torch.nn.functional.mse_loss(model(watch.features).squeeze(1), watch.labels).sqrt()
    ratchet.metrics({"rmse": error.item()})
    ratchet.save_checkpoint(model, arguments.out)
    ratchet.export_onnx(model, rows.features[:2], arguments.out, definition)


if __name__ == "__main__":
    main()
