from __future__ import annotations

import os

import pytest

from tables import PAGES, Page


@pytest.mark.parametrize("page", [pytest.param(page, id=os.path.basename(page.path)) for page in PAGES])
def test_the_tables_in_the_documentation_are_those_of_the_record(page: Page) -> None:
    assert page.is_fresh()
