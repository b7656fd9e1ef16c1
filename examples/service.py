"""A service that ranks markets: ``uvicorn service:app --app-dir examples``; see docs/service.md."""

from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse

import marketselect as ms

MOST, SECONDS = {"draws": 50_000, "rows": 5_000}, 10.0  # at most, for one request
JSON = "application/json"
PLACE = "#/paths/~1rank/post/responses/200/content/application~1json/schema"
ASKED = {"required": True, "content": {JSON: {"schema": ms.RankRequest.json_schema(**MOST)}}}
RECORD = {JSON: {"schema": ms.Ranking.json_schema(PLACE)}}
REFUSED = {"description": "Every fault, with its code"}
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": RECORD}, 422: REFUSED}
app = FastAPI(title="marketselect", version=ms.__version__)


async def body(request: Request) -> bytes:
    """Return what a client sent."""
    return await request.body()


@app.get("/health")
def health() -> dict[str, str]:
    """Say that the service is there."""
    return {"status": "ok", "version": ms.__version__}


@app.post("/rank", responses=ANSWERS, openapi_extra={"requestBody": ASKED})
def rank(sent: bytes = Depends(body)) -> Response:
    """Rank markets by the embedded indicators, or by rows of the client's own."""
    try:
        ranking = ms.RankRequest.from_json(sent, **MOST).rank(seconds=SECONDS)
    except ms.InputError as error:
        return JSONResponse(error.to_dict(), 422)
    except TimeoutError as late:
        return JSONResponse({"detail": str(late)}, 503)
    return Response(ranking.to_json(values=False), media_type=JSON)
