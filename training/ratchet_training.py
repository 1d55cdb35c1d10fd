"""What training code for Ratchet needs besides the model itself.

One file, lying beside `train.py` and `definition.json` in the code that a run gets. It needs the standard library,
numpy and PyTorch (1.13 or any 2.x). A training script reads:

    import ratchet_training as ratchet

    arguments = ratchet.parse_arguments()
    definition = ratchet.load_definition()
    rows = ratchet.load_rows(arguments.train, definition)   # rows.features [N, F], rows.labels [N]
    model = MyModel()
    ratchet.load_warm_start(model, arguments.warm_start)
    ...
    ratchet.save_checkpoint(model, arguments.out)
    ratchet.export_onnx(model, rows.features[:2], arguments.out, definition)

Where a run has several processes, each of them runs the script; `process_group` is what brings them together.
"""

import argparse
import contextlib
import csv
import importlib
import inspect
import json
import os
import random
import re
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

import numpy
import torch

INPUT_NAME = "features"
OUTPUT_NAMES = {"classification": "scores", "regression": "prediction"}
MODEL_FILE = "model.onnx"
CHECKPOINT_FILE = "checkpoint.pt"
ONNX_OPSET = 14
READING_KEY = "ratchet.reading"


class DataError(Exception):
    """A row, a file or a definition that does not fit; the message names the place."""


# --- The definition ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of a file, ranges of names already expanded."""

    name: str
    type: str
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    values: Tuple[str, ...] = ()
    optional: bool = False
    feature: bool = True
    default: Optional[str] = None
    """What stands where a field is empty, or a file has no such column."""
    was: Tuple[str, ...] = ()
    """The names it had before, the latest first: files from then are read by them."""
    origin: Optional[str] = None
    """From which day the days of a date are counted; None for 1970-01-01."""


@dataclass(frozen=True)
class Definition:
    """The parts of `ratchet.yaml` that training code needs."""

    model: str
    task: str
    label: Column
    features: Tuple[Column, ...]
    """The columns that the model sees, in the order of its input."""
    classes: Optional[Tuple[str, ...]]
    """The names of the classes by index; None for a regression."""

    @property
    def output_name(self) -> str:
        return OUTPUT_NAMES[self.task]

    def feature_index(self, name: str) -> int:
        """The position of a column in the model's input."""
        for index, column in enumerate(self.features):
            if column.name == name:
                return index
        raise DataError(f"the definition has no feature named {name}")


def load_definition(path: Optional[Path] = None) -> Definition:
    """Reads `definition.json`, by default the one beside this file."""
    path = path or Path(__file__).resolve().parent / "definition.json"
    return read_definition(json.loads(Path(path).read_text(encoding="utf-8")))


def read_definition(document: dict) -> Definition:
    data = document["data"]
    columns = [column for entry in data["schema"] for column in _expand(entry)]
    label = next((column for column in columns if column.name == data["label"]), None)
    if label is None:
        raise DataError(f"no column of the schema is named {data['label']}")
    task = document["task"]
    return Definition(
        model=document["model"],
        task=task,
        label=label,
        features=tuple(column for column in columns if column.feature and column is not label),
        classes=_classes(label) if task == "classification" else None,
    )


def _expand(entry: dict) -> Iterator[Column]:
    former = entry.get("was") or []
    former = [_expand_name(name) for name in ([former] if isinstance(former, str) else former)]
    for index, name in enumerate(_expand_name(entry["name"])):
        yield Column(
            name=name,
            type=entry["type"],
            minimum=entry.get("min"),
            maximum=entry.get("max"),
            values=tuple(entry.get("values") or ()),
            optional=entry.get("optional", False),
            feature=entry.get("feature", True),
            default=_text(entry.get("default")),
            was=tuple(names[index] for names in former),
            origin=entry.get("origin"),
        )


def _expand_name(name: str) -> List[str]:
    """`pixel[0..783]` stands for pixel0 to pixel783."""
    match = re.fullmatch(r"(.*)\[(\d+)\.\.(\d+)\]", name)
    return [f"{match[1]}{index}" for index in range(int(match[2]), int(match[3]) + 1)] if match else [name]


def _text(value: object) -> Optional[str]:
    """A default as a file would have it."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def _classes(label: Column) -> Tuple[str, ...]:
    if label.type == "category":
        return label.values
    if label.type == "boolean":
        return ("false", "true")
    if label.type == "integer" and label.minimum is not None and label.maximum is not None:
        return tuple(str(value) for value in range(int(label.minimum), int(label.maximum) + 1))
    raise DataError(f"the label {label.name} has no classes: it must be a category, a boolean or an integer with min and max")


# --- Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    features: torch.Tensor
    """float32 [N, F], the columns in the order of `Definition.features`."""
    labels: torch.Tensor
    """int64 [N] class indices, or float32 [N] values for a regression."""

    def __len__(self) -> int:
        return len(self.labels)


def load_rows(folder: Path, definition: Definition) -> Rows:
    """Reads every `*.csv` file of a folder, in the order of their names."""
    files = sorted(Path(folder).glob("**/*.csv"))
    if not files:
        raise DataError(f"there is no .csv file in {folder}")
    tables = [read_csv(file, (*definition.features, definition.label)) for file in files]
    table = numpy.concatenate(tables)
    if len(table) == 0:
        raise DataError(f"the files in {folder} hold no rows")
    features = torch.from_numpy(numpy.ascontiguousarray(table[:, :-1], dtype=numpy.float32))
    values = table[:, -1]
    if definition.classes is None:
        return Rows(features, torch.from_numpy(values.astype(numpy.float32)))
    first = int(definition.label.minimum or 0) if definition.label.type == "integer" else 0
    return Rows(features, torch.from_numpy(values.astype(numpy.int64) - first))


def read_csv(file: Path, columns: Sequence[Column]) -> numpy.ndarray:
    """The columns of one file as float64 [N, len(columns)]; its header decides where each of them stands."""
    with open(file, newline="", encoding="utf-8-sig") as lines:
        reader = csv.reader(lines)
        header = next(reader, [])
        positions = _positions(header, columns, file)
        if None not in positions and all(_is_plain(column) for column in columns):
            with contextlib.suppress(ValueError):
                return numpy.loadtxt(
                    file, delimiter=",", skiprows=1, usecols=positions, ndmin=2, encoding="utf-8-sig", quotechar='"', comments=None
                )
        return numpy.array(
            [_encode_row(row, positions, columns, f"{Path(file).name}, row {number}") for number, row in enumerate(reader, 1) if row],
            dtype=numpy.float64,
        ).reshape(-1, len(columns))


def _is_plain(column: Column) -> bool:
    return column.type in ("number", "integer") and not column.optional and column.default is None


def _positions(header: Sequence[str], columns: Sequence[Column], file: Path) -> List[Optional[int]]:
    """Where each column stands, by its name or one it had before; None for one that may be missing, and is."""
    place = {name: index for index, name in enumerate(header)}
    known = [next((place[name] for name in (column.name, *column.was) if name in place), None) for column in columns]
    missing = [
        column.name
        for column, position in zip(columns, known)
        if position is None and not column.optional and column.default is None
    ]
    if missing:
        raise DataError(f"{Path(file).name} has no column {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}")
    return known


def _encode_row(row: Sequence[str], positions: Sequence[Optional[int]], columns: Sequence[Column], where: str) -> List[float]:
    try:
        return [encode(column, "" if position is None else row[position]) for column, position in zip(columns, positions)]
    except IndexError:
        raise DataError(f"{where}: has only {len(row)} fields") from None
    except DataError as error:
        raise DataError(f"{where}, {error}") from None


_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def encode(column: Column, text: str) -> float:
    """One field as the number that the model sees; the same number that Ratchet feeds it when it judges and serves.

    Numbers as they are, booleans as 0 and 1, a category as the index of its value, a date as days since 1970-01-01 UTC
    (or since the column's origin) with fractions, an empty field as its column's default, or as not-a-number where it is
    optional.
    """
    if text == "":
        if column.default is not None:
            return encode(replace(column, default=None), column.default)
        if column.optional:
            return float("nan")
        raise DataError(f"column {column.name}: is empty")
    if column.type in ("number", "integer"):
        if column.optional and column.type == "number" and text.lower() == "nan":
            return float("nan")
        if not _DECIMAL.fullmatch(text):
            raise DataError(f"column {column.name}: {text!r} is not a number")
        return float(text)
    if column.type == "boolean":
        if text.lower() not in ("true", "false", "1", "0"):
            raise DataError(f"column {column.name}: {text!r} is not true or false")
        return 1.0 if text.lower() in ("true", "1") else 0.0
    if column.type == "category":
        if text not in column.values:
            raise DataError(f"column {column.name}: {text!r} is not one of {', '.join(column.values)}")
        return float(column.values.index(text))
    if column.type == "date":
        return (_instant(column, text) - _origin(column)) / timedelta(days=1)
    raise DataError(f"column {column.name}: its type {column.type} is no number")


def _origin(column: Column) -> datetime:
    return _EPOCH if column.origin is None else _instant(column, column.origin)


def _instant(column: Column, text: str) -> datetime:
    # Python 3.10 and older neither read a "Z" nor a fraction of one digit.
    iso = re.sub(r"\.(\d+)", lambda fraction: f".{fraction[1][:6]:0<6}", re.sub(r"Z$", "+00:00", text))
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        raise DataError(f"column {column.name}: {text!r} is not a date such as 2024-03-31") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment


# --- The run ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arguments:
    train: Path
    """The folder with the training rows, as .csv files."""
    warm_start: Optional[Path]
    """The output of the champion's run; None where there is none to start from."""
    out: Path
    """Where model.onnx and the checkpoint belong."""


def parse_arguments(arguments: Optional[Sequence[str]] = None) -> Arguments:
    parser = argparse.ArgumentParser(description="Trains a model for Ratchet.")
    parser.add_argument("--train", required=True, help="folder with the training rows (*.csv)")
    parser.add_argument("--warm-start", default="", help="output folder of the run to start from; may be empty")
    parser.add_argument("--out", required=True, help="folder for model.onnx and the checkpoint")
    given = parser.parse_args(arguments)
    out = Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    return Arguments(Path(given.train), Path(given.warm_start) if given.warm_start else None, out)


def seed_everything(seed: int = 0) -> torch.Generator:
    """Makes a run repeatable on the same machine; the generator is for what shuffles."""
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def split(rows: Rows, share: float, generator: torch.Generator) -> Tuple[Rows, Rows]:
    """Parts the rows at random into those to train on and a share of at least one row to watch the training by."""
    order = torch.randperm(len(rows), generator=generator)
    count = min(max(1, round(share * len(rows))), len(rows) - 1)
    watch, train = order[:count], order[count:]
    return Rows(rows.features[train], rows.labels[train]), Rows(rows.features[watch], rows.labels[watch])


# --- Several processes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Processes:
    """This process and those that train the same model beside it."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    """Which of its machine's processes, and so of its GPUs, this is."""

    @property
    def is_first(self) -> bool:
        """Whether what this one writes is what the run leaves."""
        return self.rank == 0

    def share(self, rows: Rows) -> Rows:
        """The rows of this process: each row is one's, and none has more than one row more than another."""
        if len(rows) < self.size:
            raise DataError(f"there are {len(rows)} rows for {self.size} processes; each needs one at least")
        return Rows(rows.features[self.rank :: self.size], rows.labels[self.rank :: self.size])

    def distribute(self, model: torch.nn.Module) -> torch.nn.Module:
        """The model to take steps by: it begins with the weights of the first, and its gradients are the mean of all."""
        return torch.nn.parallel.DistributedDataParallel(model) if self.size > 1 else model


@contextlib.contextmanager
def process_group(backend: str = "gloo") -> Iterator[Processes]:
    """Joins the processes of a run with `training.instances` or `training.processesPerInstance`, if it has more than one.

    "gloo" is for models on the CPU, "nccl" for those on GPUs. Each process must take as many steps as every other.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Processes()
        return
    torch.distributed.init_process_group(backend)
    processes = Processes(int(os.environ["RANK"]), size, int(os.environ.get("LOCAL_RANK", "0")))
    progress(f"process {processes.rank} of {size}")
    yield processes
    # Only where all went well: where one has failed, the others would be waited for that wait for this one.
    torch.distributed.destroy_process_group()


# --- What a run says --------------------------------------------------------------------------------------------------


_started = time.monotonic()


def progress(text: str) -> None:
    print(f"[{time.monotonic() - _started:6.1f} s] {text}", flush=True)


def metrics(values: Dict[str, float]) -> None:
    """Prints metrics in the one form that people and programs can read in a log: `metric <name>=<value>`."""
    for name, value in values.items():
        print(f"metric {name}={value:.6g}", flush=True)


# --- What a run leaves ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """A path to write to that becomes `path` when all went well, so that nobody finds half a file under that name."""
    path = Path(path)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    try:
        yield Path(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(temporary)
        raise


def save_checkpoint(model: torch.nn.Module, out: Path) -> None:
    """Keeps the weights, for a later run to start from."""
    with atomic_file(Path(out) / CHECKPOINT_FILE) as path:
        torch.save(model.state_dict(), path)


def load_warm_start(model: torch.nn.Module, folder: Optional[Path]) -> bool:
    """Takes over the weights of an earlier run; says whether there were any that fit this model."""
    checkpoint = Path(folder) / CHECKPOINT_FILE if folder else None
    if checkpoint is None or not checkpoint.exists():
        progress("starting from random weights: there is no earlier run to start from")
        return False
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        progress(f"starting from random weights: the earlier run had another model ({str(error).splitlines()[0]})")
        return False
    progress("starting from the weights of the champion")
    return True


def export_onnx(model: torch.nn.Module, example: torch.Tensor, out: Path, definition: Definition) -> Path:
    """Writes `model.onnx`: input `features` float32 [N, F], output `scores` [N, C] or `prediction` [N] or [N, 1].

    `example` is a batch of at least two rows; N stays open. The file also tells how rows were read: see `reading_of`.
    """
    if example.dim() != 2 or len(example) < 2:
        raise ValueError(f"the example must be a batch of at least two rows, not of shape {tuple(example.shape)}")
    was_training = model.training
    model.eval()
    path = Path(out) / MODEL_FILE
    try:
        with atomic_file(path) as temporary:
            _export(model, example.float(), str(temporary), definition.output_name)
            with open(temporary, "ab") as file:
                file.write(_metadata_entry(READING_KEY, json.dumps(reading_of(definition), ensure_ascii=False)))
    finally:
        model.train(was_training)
    progress(f"wrote {MODEL_FILE} ({path.stat().st_size:,} bytes)")
    return path


def reading_of(definition: Definition) -> dict:
    """How rows become numbers here, in examples: texts of each column, and the number that each became.

    Every category, both truth values, and some of all else. Where the model is served, rows that are asked about by name
    are read by the same words; a release by whose code one of these texts is another number is not served.
    """
    groups: List[dict] = []
    for column in definition.features:
        reads = [[text, None if number != number else number] for text, number in _examples(column)]
        if groups and groups[-1]["reads"] == reads:
            groups[-1]["names"].append(column.name)
        else:
            groups.append({"names": [column.name], "reads": reads})
    return {"format": 1, "columns": groups, "classes": None if definition.classes is None else list(definition.classes)}


def _examples(column: Column) -> List[Tuple[str, float]]:
    if column.type == "category":
        texts = list(column.values)
    elif column.type == "boolean":
        texts = ["true", "false", "1", "0"]
    elif column.type == "date":
        # Whole days, which single precision tells apart whatever they are counted from.
        origin = column.origin or "1970-01-01"
        texts = [origin, "2024-02-29", "1969-12-31"] if len(origin) == len("1970-01-01") else [origin]
    else:
        texts = [text for text in _NUMBERS if _allowed(column, text)]
    if column.optional or column.default is not None:
        texts.append("")
    return [(text, encode(column, text)) for text in texts]


_NUMBERS = ("0", "1", "-1", "255", "0.1", "-2.5e-3", "1e6", "16777216")


def _allowed(column: Column, text: str) -> bool:
    value = float(text)
    if column.type == "integer" and ("." in text or "e" in text):
        return False
    return (column.minimum is None or column.minimum <= value) and (column.maximum is None or value <= column.maximum)


def _metadata_entry(key: str, value: str) -> bytes:
    """An entry of an ONNX model's metadata, as bytes that are added to the end of its file.

    A protobuf message goes on being one when fields are added, so the package onnx is not needed: `metadata_props` is
    field 14 of ModelProto, and has a key (field 1) and a value (field 2).
    """

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2]) + _varint(len(content)) + content

    return field(14, field(1, key.encode()) + field(2, value.encode()))


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _export(model: torch.nn.Module, example: torch.Tensor, path: str, output: str) -> None:
    names = {"input_names": [INPUT_NAME], "output_names": [output]}
    axes = {INPUT_NAME: {0: "rows"}, output: {0: "rows"}}
    # The TorchScript exporter needs no further packages. PyTorch 1.13 has no other; from 2.9 on it must be asked for.
    ask_for_torchscript = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    try:
        with _onnx_package_not_needed():
            torch.onnx.export(model, (example,), path, opset_version=ONNX_OPSET, dynamic_axes=axes, **names, **ask_for_torchscript)
        return
    except (TypeError, ImportError, AttributeError) as error:
        # Only a PyTorch without that exporter ends here; an error in the model is not one of these.
        if not ask_for_torchscript:
            raise
        progress(f"the TorchScript exporter cannot be used ({error}); trying the one of torch.export, which needs onnxscript")
    torch.onnx.export(model, (example,), path, dynamo=True, external_data=False, dynamic_shapes=({0: "rows"},), **names)


# Where PyTorch 2.0 to 2.8, and 2.9 and later, keep the step in question.
_ONNX_PROTO_UTILS = (
    "torch.onnx._internal.onnx_proto_utils",
    "torch.onnx._internal.torchscript_exporter.onnx_proto_utils",
)


@contextlib.contextmanager
def _onnx_package_not_needed() -> Iterator[None]:
    """Lets PyTorch 2 export without the package `onnx`.

    Its TorchScript exporter imports that package for one thing only, to add functions written in onnxscript, and fails
    without it even where there are none. The step is left out while the package is missing.
    """
    if _can_import("onnx"):
        yield
        return
    modules = [importlib.import_module(name) for name in _ONNX_PROTO_UTILS if _can_import(name)]
    originals = [(module, module._add_onnxscript_fn) for module in modules if hasattr(module, "_add_onnxscript_fn")]
    for module, _ in originals:
        module._add_onnxscript_fn = lambda model_bytes, custom_opsets: model_bytes
    try:
        yield
    finally:
        for module, original in originals:
            module._add_onnxscript_fn = original


def _can_import(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
