from __future__ import annotations

from faults.table import PAGE, page


def test_the_table_in_the_documentation_is_that_of_the_record() -> None:
    with open(PAGE, encoding="utf-8") as file:
        assert file.read() == page()
