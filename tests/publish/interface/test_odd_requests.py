"""Odd requests made from the OpenAPI document: no answer has a status or a shape that it does not tell."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import schemathesis
from datasette.app import Datasette
from hypothesis import HealthCheck, Phase
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongkai.publish.interface.endpoints import ENDPOINTS
from tests.publish.small_archive import started

REQUESTS = int(os.environ.get("GONGKAI_ODD", "6"))
"""How many for each address and kind; `GONGKAI_ODD=500` looks further."""

ALWAYS = [not_a_server_error, status_code_conformance, content_type_conformance]
CHECKS = {
    GenerationMode.POSITIVE: [*ALWAYS, response_schema_conformance],
    GenerationMode.NEGATIVE: ALWAYS,  # of a table, another shape can then be asked for
}


@pytest.fixture(scope="module")
def running(rich: Path) -> Iterator[tuple[asyncio.Runner, Datasette]]:
    """Return the Chinese instance, started in a loop of its own: hypothesis calls plain functions."""
    with asyncio.Runner() as runner:
        site = started(rich)
        datasettes = runner.run(site.__aenter__())
        yield runner, datasettes[""]
        runner.run(site.__aexit__(None, None, None))


@pytest.mark.parametrize("mode", CHECKS, ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", [each.path for each in ENDPOINTS])
def test_no_answer_is_undocumented(
    running: tuple[asyncio.Runner, Datasette], path: str, mode: GenerationMode
) -> None:
    """What the document allows gets the shape that it tells; what it does not, an error that it tells."""
    runner, datasette = running
    document = runner.run(datasette.client.get("/openapi.json")).json()
    operation = schemathesis.openapi.from_dict(document)[path]["GET"]
    if mode is GenerationMode.NEGATIVE and not operation.query and not operation.path_parameters:
        return

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=REQUESTS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        asked = case.as_transport_kwargs(base_url="http://localhost")
        answer = runner.run(
            datasette.client.request(
                "GET", asked["url"], params=asked["params"], avoid_path_rewrites=True
            )
        )
        case.validate_response(answer, checks=CHECKS[mode])

    ask()
