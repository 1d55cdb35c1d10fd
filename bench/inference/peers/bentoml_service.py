"""A service of BentoML, by JSON of nested rows, its own way."""

import bentoml
import numpy
from model import open_model


@bentoml.service(workers=1, traffic={"timeout": 60})
class Bench:
    def __init__(self):
        self.scores_of = open_model()

    @bentoml.api(route="/json")
    def predict(self, rows: list) -> list:
        return self.scores_of(numpy.asarray(rows, dtype=numpy.float32)).tolist()
