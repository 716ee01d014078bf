"""``/docs``: Swagger UI, from the copy Powertools brings, so that it works where no CDN can be reached."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

_SCRIPT: Final = "swagger-ui-bundle.min.js"
_STYLE: Final = "swagger-ui.min.css"
_CDN: Final = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5"


def install(app: FastAPI) -> None:
    """Add ``/docs``, and ``/`` that leads there."""
    folder = _assets()
    base = "/docs/assets/" if folder else f"{_CDN}/"
    script, style = (_SCRIPT, _STYLE) if folder else ("swagger-ui-bundle.js", "swagger-ui.css")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=base + script,
            swagger_css_url=base + style,
            swagger_favicon_url="data:,",
        )

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    if folder:
        _asset(app, base + _SCRIPT, folder / _SCRIPT)
        _asset(app, base + _STYLE, folder / _STYLE)


def _asset(app: FastAPI, address: str, file: Path) -> None:
    @app.get(address, include_in_schema=False)
    async def asset() -> FileResponse:
        return FileResponse(file, headers={"Cache-Control": "max-age=86400"})


def _assets() -> Path | None:
    spec = find_spec("aws_lambda_powertools")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "event_handler" / "openapi" / "swagger_ui"
    return folder if (folder / _SCRIPT).is_file() and (folder / _STYLE).is_file() else None
