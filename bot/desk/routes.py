"""Everything of the desk that is reached by HTTP, as routes for `bot.app` to mount."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, request_response

from bot.core.ports import Clock, Coordination
from bot.desk import api
from bot.desk.access import Doorman, Gate
from bot.desk.answers import Bounded
from bot.desk.headers import DATA_POLICY, PAGE_POLICY, Guarded
from bot.desk.health import Check, Health
from bot.desk.pages import Pages, broken, failed, later, static
from bot.desk.setup import Setup
from bot.engine.house import House
from bot.errors import RetryableError
from bot.store.database import Database

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk's routes, and the first administrator's link."""

    routes: tuple[BaseRoute, ...]
    setup: Setup


def build(
    house: House,
    database: Database,
    coordination: Coordination,
    clock: Clock,
    checks: Mapping[str, Check],
) -> Desk:
    """Put the desk together. `checks` are the parts that /readyz asks after, beside the store."""
    doorman = Doorman(database, coordination, clock)
    setup = Setup(database, doorman, clock)
    application = api.create(house, database)
    pages = Pages(database, application)
    health = Health(database, doorman, checks)
    desk = Starlette(
        routes=[
            Route("/", pages.desk),
            Route("/setup/{secret}", setup.form),
            Route("/setup/{secret}", setup.create, methods=["POST"]),
            Route("/static/{name}", static),
        ],
        exception_handlers={HTTPException: failed, RetryableError: later, Exception: broken},
    )
    gate = Gate(Bounded(application), doorman, public=frozenset({"/openapi.json"}))
    return Desk(
        routes=(
            _data("/healthz", health.alive),
            _data("/readyz", health.ready),
            _data("/metrics", health.metrics),
            Route("/desk", _to_desk),
            Mount("/desk", Guarded(desk, PAGE_POLICY)),
            Route("/api/docs", Guarded(request_response(pages.api), PAGE_POLICY), methods=["GET"]),
            Mount("/api", Guarded(gate, DATA_POLICY)),
        ),
        setup=setup,
    )


def _data(path: str, endpoint: Endpoint) -> Route:
    return Route(path, Guarded(request_response(endpoint), DATA_POLICY), methods=["GET"])


async def _to_desk(_request: Request) -> Response:
    return RedirectResponse("/desk/", 308)
