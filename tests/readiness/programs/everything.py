"""All programs of the table."""

from __future__ import annotations

from readiness.programs.calculators import CALCULATORS
from readiness.programs.clients import CLIENTS
from readiness.programs.databases import DATABASES
from readiness.programs.debuggers import DEBUGGERS
from readiness.programs.entry import Entry
from readiness.programs.functional import FUNCTIONAL
from readiness.programs.languages import LANGUAGES
from readiness.programs.lisps import LISPS
from readiness.programs.pythons import PYTHONS
from readiness.programs.relays import RELAYS
from readiness.programs.shells import SHELLS

ENTRIES: dict[str, Entry] = (
    SHELLS | PYTHONS | LANGUAGES | FUNCTIONAL | LISPS | CALCULATORS | DEBUGGERS | DATABASES | CLIENTS | RELAYS
)
