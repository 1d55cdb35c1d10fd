"""A runtime for MLServer, which itself speaks the Open Inference Protocol."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from model import open_model


class BenchModel(MLModel):
    async def load(self) -> bool:
        self.scores_of = open_model()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0])
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("scores", self.scores_of(rows))])
