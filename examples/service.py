"""A service that ranks markets: ``uvicorn service:app --app-dir examples``; see docs/service.md."""

import json
from functools import lru_cache, partial
from time import monotonic
from typing import Any

import pandas as pd
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

import marketselect as ms

DRAWS, ROWS, SECONDS = 50_000, 5_000, 10.0  # at most, for one request
RECORD = "#/components/schemas/Ranking"  # the place of the record's own schema
ANSWER = {"content": {"application/json": {"schema": {"$ref": RECORD}}}}
REFUSAL = {"description": "Every fault, with its code"}
CODES = {"less_than_equal": "too-large", "too_long": "too-large", "extra_forbidden": "unknown-key",
         "json_invalid": "unreadable"}  # fmt: skip


class Wanted(BaseModel, extra="forbid", strict=True):
    """What a client asks for: the arguments of `rank_markets`."""

    framework: str | dict[str, Any] = "pestle"  # the name of one that ships, or a document
    data: dict[str, dict[str, float | str | None]] | None = Field(None, max_length=ROWS)
    as_of: int = 2024
    max_age: int = 5
    markets: list[str] | None = None
    weights: dict[str, float] | str | None = None
    method: str | None = None
    options: dict[str, Any] | None = None
    draws: int = Field(10_000, le=DRAWS)
    tolerance: float = 0.25
    seed: int = 0


class Service(FastAPI):
    """FastAPI, which tells of the record by the schema that ships."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of the service."""
        described = super().openapi()
        described["components"]["schemas"]["Ranking"] = ms.Ranking.json_schema(RECORD)
        return described


app = Service(title="marketselect", version=ms.__version__)


@app.get("/health")
def health() -> dict[str, str]:
    """Say that the service is there."""
    return {"status": "ok", "version": ms.__version__}


@app.post("/rank", response_class=Response, responses={200: ANSWER, 422: REFUSAL})
def rank(wanted: Wanted) -> Response:
    """Rank markets by the embedded indicators, or by rows of the client's own."""
    in_time = partial(ends_at, monotonic() + SECONDS)
    rules = framework(json.dumps(wanted.framework))
    if wanted.data is None:
        data: Any = table(rules, wanted.as_of, wanted.max_age)
    else:
        data = pd.DataFrame(list(wanted.data.values()), index=list(wanted.data))
    given = wanted.model_dump(exclude={"framework", "data", "as_of", "max_age"})
    ranking = ms.rank_markets(data, rules, **given, progress=in_time)
    return Response(ranking.to_json(values=False), media_type="application/json")


@lru_cache(maxsize=100)
def framework(wanted: str) -> ms.Framework:
    """Return a framework by its document, or by its name, as JSON: never by a path."""
    given, names = json.loads(wanted), ms.framework_names()
    if isinstance(given, dict):
        return ms.Framework.from_document(given)
    if given in names:
        return ms.load_framework(given)
    ways = f"name one of {', '.join(names)}, or send a document"
    raise ms.InputError.of("unknown-name", "framework", "is none that ships", ways)


@lru_cache(maxsize=100)
def table(rules: ms.Framework, as_of: int, max_age: int) -> ms.IndicatorTable:
    """Return the table of the embedded indicators that a framework needs."""
    return ms.indicator_table(ms.load_indicators(), rules, as_of=as_of, max_age=max_age)


def ends_at(end: float, done: int, total: int) -> None:
    """End a run that takes too long."""
    if done < total and monotonic() > end:
        raise HTTPException(503, f"not done within {SECONDS:g} seconds; ask for fewer draws")


@app.exception_handler(ms.InputError)
def refused(_request: Request, error: ms.InputError) -> Response:
    """Answer with every fault."""
    return JSONResponse(error.to_dict(), 422)


@app.exception_handler(RequestValidationError)
def misread(request: Request, error: RequestValidationError) -> Response:
    """Answer what is no such request in the same form."""
    faults = []
    for found in error.errors():
        code, place = CODES.get(found["type"], "wrong-type"), map(str, found["loc"][1:])
        faults.append(ms.Fault(code, ".".join(place) or "body", found["msg"]))
    return refused(request, ms.InputError(*faults))
