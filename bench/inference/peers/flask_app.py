"""Flask, run by gunicorn with threads."""

from flask import Flask, Response, jsonify, request
from model import as_json, open_model, rows_of_bytes, rows_of_json

app = Flask(__name__)
run = open_model()


@app.get("/ready")
def ready():
    return {}


@app.post("/json")
def by_json():
    return jsonify(as_json(run(rows_of_json(request.get_json()))))


@app.post("/binary")
def by_bytes():
    return Response(run(rows_of_bytes(request.get_data())).tobytes(), mimetype="application/octet-stream")
