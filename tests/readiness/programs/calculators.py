"""Programs that calculate: for numbers, statistics, pictures."""

from __future__ import annotations

from readiness.programs.entry import (
    CHILD,
    COMPUTING,
    ERROR,
    FLOOD,
    NETWORK,
    PROGRESS,
    PROMPTLIKE,
    QUESTION,
    SILENT,
    TICKING,
    Entry,
)

CALCULATORS = {
    "bc": Entry(
        ("bc", "-q"),
        "{a}+{b}",
        work={
            FLOOD: "for (i = 0; i < 60000; i++) i",
            COMPUTING: "x = 3^200000",
            QUESTION: "x = read()",
        },
        lines={ERROR: "sqrt(-1)"},
        tell={ERROR: "Square root of a negative"},
        takes_lines_ahead=False,  # it cannot wait for a server
        asks="",
    ),
    "R": Entry(
        ("R", "--no-save", "-q"),
        "cat({a}+{b}, '\\n')",
        "cat('', file='{file}')",
        {
            SILENT: "Sys.sleep(1.5)",
            TICKING: "for (i in 1:8) { cat('tick\\n'); Sys.sleep(0.1) }",
            FLOOD: "cat(1:60000, sep='\\n'); cat('\\n')",
            COMPUTING: "t <- Sys.time(); while (Sys.time() - t < 0.7) {}",
            NETWORK: "x <- readLines(socketConnection(port={port}, blocking=TRUE))",
            CHILD: "system('sleep 0.7')",
            QUESTION: "x <- readline('Go? ')",
            PROGRESS: "for (i in 1:8) { cat(sprintf('\\rDownloading %d0%%', i)); Sys.sleep(0.1) }; cat('\\n')",
            PROMPTLIKE: "cat('ready> '); Sys.sleep(1); cat('\\n')",
        },
        {ERROR: "cat('', file='{file}'); stop({a}+{b})"},
    ),
}
