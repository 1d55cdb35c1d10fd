"""FastAPI, as its documentation has it: the body read, the answer by orjson. Run by uvicorn with uvloop and httptools."""

import orjson
from fastapi import FastAPI, Request, Response
from model import as_json, open_model, rows_of_bytes, rows_of_json

app = FastAPI()
run = open_model()


@app.get("/ready")
async def ready():
    return {}


@app.post("/json")
async def by_json(request: Request):
    scores = run(rows_of_json(orjson.loads(await request.body())))
    return Response(orjson.dumps(as_json(scores)), media_type="application/json")


@app.post("/binary")
async def by_bytes(request: Request):
    return Response(run(rows_of_bytes(await request.body())).tobytes(), media_type="application/octet-stream")
