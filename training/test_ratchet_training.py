"""python -m unittest, in this folder, with PyTorch."""

import contextlib
import io
import math
import os
import socket
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

import numpy
import torch

import ratchet_training as ratchet

SCHEMA = [
    {"name": "id", "type": "integer", "feature": False},
    {"name": "wind", "type": "number"},
    {"name": "kind", "type": "category", "values": ["rain", "sun"]},
    {"name": "day", "type": "date"},
    {"name": "open", "type": "boolean", "optional": True},
    {"name": "label", "type": "integer", "min": 3, "max": 5},
]


def definition(schema=SCHEMA, task="classification", label="label"):
    return ratchet.read_definition({"model": "m", "task": task, "data": {"label": label, "schema": schema}})


class InTemporaryFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


class TheDefinition(unittest.TestCase):
    def test_gives_the_features_in_schema_order_without_the_label_and_what_is_no_feature(self):
        self.assertEqual([column.name for column in definition().features], ["wind", "kind", "day", "open"])

    def test_expands_a_range_of_names(self):
        schema = [{"name": "pixel[8..11]", "type": "integer"}, {"name": "label", "type": "boolean"}]
        self.assertEqual([column.name for column in definition(schema).features], ["pixel8", "pixel9", "pixel10", "pixel11"])

    def test_names_the_classes_of_each_kind_of_label(self):
        self.assertEqual(definition().classes, ("3", "4", "5"))
        self.assertEqual(definition(label="kind").classes, ("rain", "sun"))
        self.assertEqual(definition(label="open").classes, ("false", "true"))
        self.assertIsNone(definition(label="wind", task="regression").classes)

    def test_without_its_label_is_refused_by_name(self):
        with self.assertRaisesRegex(ratchet.DataError, "no column of the schema is named nope"):
            definition(label="nope")


class AFile(InTemporaryFolder):
    def test_is_read_by_its_header_whatever_the_order_of_its_columns(self):
        self.write("a.csv", 'label,day,kind,"wind",open,id\n4,1970-01-02,sun,2.5,,9\n')
        rows = ratchet.load_rows(self.folder, definition())
        self.assertEqual(rows.features[0, :3].tolist(), [2.5, 1.0, 1.0])
        self.assertTrue(math.isnan(rows.features[0, 3]))
        self.assertEqual(rows.labels.tolist(), [1])
        self.assertEqual(rows.features.dtype, torch.float32)

    def test_of_numbers_keeps_a_row_whose_first_field_begins_with_a_hash(self):
        schema = [{"name": "x", "type": "number"}, {"name": "label", "type": "integer", "min": 0, "max": 9}]
        self.write("a.csv", "id,x,label\n1,1,1\n#2,2,2\n")
        self.assertEqual(ratchet.load_rows(self.folder, definition(schema)).labels.tolist(), [1, 2])

    def test_from_before_a_column_was_renamed_or_added_is_read_by_what_the_definition_says(self):
        schema = [
            {"name": "net[0..1]", "type": "number", "was": ["price[0..1]", "amount[1..2]"]},
            {"name": "rate", "type": "number", "default": 0.19},
            {"name": "open", "type": "boolean", "default": True},
            {"name": "note", "type": "number", "optional": True},
            {"name": "label", "type": "integer", "min": 0, "max": 9},
        ]
        self.write("a.csv", "amount1,amount2,label\n1,2,3\n")
        self.write("b.csv", "net0,net1,rate,open,label\n4,5,,false,6\n")
        rows = ratchet.load_rows(self.folder, definition(schema))
        self.assertEqual(rows.features[:, :4].tolist(), numpy.float32([[1, 2, 0.19, 1], [4, 5, 0.19, 0]]).tolist())
        self.assertTrue(torch.isnan(rows.features[:, 4]).all())

    def test_of_numbers_only_gives_the_same_by_the_fast_way_as_by_the_careful_one(self):
        schema = [{"name": "x[0..2]", "type": "number"}, {"name": "label", "type": "integer", "min": 0, "max": 9}]
        fast = definition(schema)
        path = self.write("a.csv", "label,x2,x1,x0\n1,0.1,2e3,-3\n2,4,5.25,.5\n")
        columns = (*fast.features, fast.label)
        quick = ratchet.read_csv(path, columns)
        with mock.patch.object(numpy, "loadtxt", side_effect=ValueError):
            careful = ratchet.read_csv(path, columns)
        numpy.testing.assert_array_equal(quick, careful)
        numpy.testing.assert_array_equal(quick, [[-3, 2000, 0.1, 1], [0.5, 5.25, 4, 2]])

    def test_that_does_not_fit_is_refused_with_file_row_and_column(self):
        for text, message in [
            ("label,day,kind,wind,open\n4,1970-01-02,sun,2.5,\n4,1970-01-02,hail,2.5,\n", "a.csv, row 2, column kind: 'hail' is not one of rain, sun"),
            ("label,day,kind,wind,open\n4,soon,sun,2.5,\n", "a.csv, row 1, column day: 'soon' is not a date"),
            ("label,day,kind,wind,open\n4,1970-01-02,sun,,\n", "a.csv, row 1, column wind: is empty"),
            ("label,day,kind,wind,open\n4,1970-01-02,sun\n", "a.csv, row 1: has only 3 fields"),
            ("label,day,kind\n", "a.csv has no column wind"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(ratchet.DataError, message):
                self.write("a.csv", text)
                ratchet.load_rows(self.folder, definition())

    def test_all_of_a_folder_are_read_in_the_order_of_their_names(self):
        for name, label in [("b", 5), ("a", 3)]:
            self.write(f"{name}.csv", f"label,day,kind,wind,open\n{label},1970-01-01,sun,1,true\n")
        self.assertEqual(ratchet.load_rows(self.folder, definition()).labels.tolist(), [0, 2])

    def test_missing_altogether_is_said_with_the_folder(self):
        with self.assertRaisesRegex(ratchet.DataError, f"there is no .csv file in {self.folder}"):
            ratchet.load_rows(self.folder, definition())


class Processes(unittest.TestCase):
    def rows(self, count):
        return ratchet.Rows(torch.arange(float(count)).reshape(-1, 1), torch.arange(count))

    def test_are_one_where_nobody_says_otherwise_and_then_all_is_as_it_would_be_without(self):
        model = torch.nn.Linear(1, 1)
        for environment in ({}, {"WORLD_SIZE": "1", "RANK": "0"}):
            with self.subTest(environment), mock.patch.dict(os.environ, environment), ratchet.process_group() as processes:
                self.assertTrue(processes.is_first)
                self.assertIs(processes.distribute(model), model)
                self.assertEqual(processes.share(self.rows(3)).labels.tolist(), [0, 1, 2])
                self.assertFalse(torch.distributed.is_initialized())

    def test_share_the_rows_without_losing_or_doubling_any(self):
        shares = [ratchet.Processes(rank, 3).share(self.rows(10)) for rank in range(3)]
        self.assertEqual([len(share) for share in shares], [4, 3, 3])
        self.assertEqual(sorted(label for share in shares for label in share.labels.tolist()), list(range(10)))
        for share in shares:
            self.assertEqual(share.features[:, 0].tolist(), share.labels.tolist())

    def test_begin_with_the_weights_of_the_first_and_take_the_mean_of_their_gradients(self):
        program = """
import torch, ratchet_training as ratchet
with ratchet.process_group() as processes:
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(model.weight, 5 + processes.rank)
    distributed = processes.distribute(model)
    distributed(torch.tensor([[1.0 + processes.rank]])).sum().backward()
print("found", processes.rank, processes.local_rank, model.weight.item(), model.weight.grad.item())
"""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        together = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
        running = [
            subprocess.Popen(
                [sys.executable, "-B", "-W", "ignore", "-c", program],
                cwd=Path(__file__).parent,
                env={**os.environ, **together, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                stdout=subprocess.PIPE,
                text=True,
            )
            for rank in range(2)
        ]
        said = [process.communicate(timeout=60)[0].splitlines()[-1] for process in running]
        self.assertEqual(said, ["found 0 0 5.0 1.5", "found 1 1 5.0 1.5"])

    def test_that_are_more_than_the_rows_are_refused(self):
        with self.assertRaisesRegex(ratchet.DataError, "there are 2 rows for 3 processes"):
            ratchet.Processes(0, 3).share(self.rows(2))


class ARun(InTemporaryFolder):
    def setUp(self):
        super().setUp()
        silence = contextlib.redirect_stdout(io.StringIO())
        silence.__enter__()
        self.addCleanup(silence.__exit__, None, None, None)

    def test_without_a_warm_start_has_none_to_start_from(self):
        arguments = ratchet.parse_arguments(["--train", "t", "--warm-start", "", "--out", str(self.folder / "out")])
        self.assertIsNone(arguments.warm_start)
        self.assertTrue(arguments.out.is_dir())
        self.assertFalse(ratchet.load_warm_start(torch.nn.Linear(2, 2), None))
        self.assertFalse(ratchet.load_warm_start(torch.nn.Linear(2, 2), self.folder))

    def test_takes_over_the_weights_of_an_earlier_one(self):
        earlier, later = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
        ratchet.save_checkpoint(earlier, self.folder)
        self.assertTrue(ratchet.load_warm_start(later, self.folder))
        self.assertTrue(torch.equal(earlier.weight, later.weight))

    def test_starts_afresh_where_the_earlier_model_was_another(self):
        ratchet.save_checkpoint(torch.nn.Linear(3, 2), self.folder)
        model = torch.nn.Linear(2, 2)
        before = model.weight.clone()
        self.assertFalse(ratchet.load_warm_start(model, self.folder))
        self.assertTrue(torch.equal(model.weight, before))

    def test_is_the_same_twice_with_the_same_seed(self):
        def weights():
            ratchet.seed_everything(3)
            return torch.nn.Linear(4, 4).weight

        self.assertTrue(torch.equal(weights(), weights()))

    def test_parts_the_rows_without_losing_or_doubling_any(self):
        rows = ratchet.Rows(torch.arange(10.0).reshape(-1, 1), torch.arange(10))
        train, watch = ratchet.split(rows, 0.2, ratchet.seed_everything())
        self.assertEqual((len(train), len(watch)), (8, 2))
        self.assertEqual(sorted(train.labels.tolist() + watch.labels.tolist()), list(range(10)))

    def test_leaves_no_half_written_file(self):
        target = self.folder / "model.onnx"
        target.write_text("old")
        with self.assertRaises(RuntimeError), ratchet.atomic_file(target) as path:
            path.write_text("half")
            raise RuntimeError
        self.assertEqual([(file.name, file.read_text()) for file in self.folder.iterdir()], [("model.onnx", "old")])

    def test_exports_a_model_that_still_trains_afterwards(self):
        model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout(0.5)).train()
        path = ratchet.export_onnx(model, torch.zeros(2, 4), self.folder, definition())
        self.assertGreater(path.stat().st_size, 100)
        self.assertTrue(model.training)

    def test_tells_in_examples_how_rows_are_read(self):
        schema = [
            {"name": "kind", "type": "category", "values": ["rain", "sun"]},
            {"name": "x[1..3]", "type": "integer", "min": 0, "max": 9},
            {"name": "open", "type": "boolean", "optional": True},
            {"name": "day", "type": "date", "origin": "2024-01-01"},
            {"name": "rate", "type": "number", "min": 0.05, "default": 0.5},
            {"name": "label", "type": "boolean"},
        ]
        reading = ratchet.reading_of(definition(schema))
        self.assertEqual(
            reading,
            {
                "format": 1,
                "columns": [
                    {"names": ["kind"], "reads": [["rain", 0.0], ["sun", 1.0]]},
                    {"names": ["x1", "x2", "x3"], "reads": [["0", 0.0], ["1", 1.0]]},
                    {"names": ["open"], "reads": [["true", 1.0], ["false", 0.0], ["1", 1.0], ["0", 0.0], ["", None]]},
                    {"names": ["day"], "reads": [["2024-01-01", 0.0], ["2024-02-29", 59.0], ["1969-12-31", -19724.0]]},
                    {"names": ["rate"], "reads": [["1", 1.0], ["255", 255.0], ["0.1", 0.1], ["1e6", 1e6], ["16777216", 16777216.0], ["", 0.5]]},
                ],
                "classes": ["false", "true"],
            },
        )

    def test_refuses_an_example_of_one_row_which_would_fix_the_number_of_rows(self):
        with self.assertRaisesRegex(ValueError, r"at least two rows, not of shape \(1, 4\)"):
            ratchet.export_onnx(torch.nn.Linear(4, 3), torch.zeros(1, 4), self.folder, definition())

    def test_asks_a_newer_pytorch_for_the_exporter_that_needs_no_further_packages(self):
        asked = []

        def export(model, example, path, dynamo=True, **options):
            asked.append(dynamo)
            Path(path).write_bytes(b"onnx")

        with mock.patch.object(torch.onnx, "export", export):
            ratchet.export_onnx(torch.nn.Linear(4, 3), torch.zeros(2, 4), self.folder, definition())
        self.assertEqual(asked, [False])

    def test_exports_by_a_newer_pytorch_without_the_package_onnx(self):
        def add_functions(model_bytes, custom_opsets):
            raise RuntimeError("Module onnx is not installed!")

        newer = types.ModuleType("onnx_proto_utils")
        newer._add_onnxscript_fn = add_functions
        name = "torch.onnx._internal.torchscript_exporter"
        modules = {"onnx": None, name: types.ModuleType(name), f"{name}.onnx_proto_utils": newer}

        def export(model, example, path, dynamo=True, **options):
            Path(path).write_bytes(newer._add_onnxscript_fn(b"onnx", {}))

        with mock.patch.dict(sys.modules, modules), mock.patch.object(torch.onnx, "export", export):
            path = ratchet.export_onnx(torch.nn.Linear(4, 3), torch.zeros(2, 4), self.folder, definition())
        self.assertEqual(path.read_bytes()[:4], b"onnx")
        self.assertIs(newer._add_onnxscript_fn, add_functions)

    def test_takes_the_other_exporter_where_a_pytorch_has_lost_the_first(self):
        asked = []

        def export(model, example, path, dynamo=True, **options):
            asked.append((dynamo, "dynamic_shapes" in options))
            if not dynamo:
                raise TypeError("dynamo=False is gone")
            Path(path).write_bytes(b"onnx")

        with mock.patch.object(torch.onnx, "export", export):
            ratchet.export_onnx(torch.nn.Linear(4, 3), torch.zeros(2, 4), self.folder, definition())
        self.assertEqual(asked, [(False, False), (True, True)])


if __name__ == "__main__":
    unittest.main()
