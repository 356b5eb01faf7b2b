"""Languages of functions and of logic."""

from __future__ import annotations

from dataclasses import replace

from readiness.programs.entry import (
    CHILD,
    COMPUTING,
    ERROR,
    FLOOD,
    NETWORK,
    NETWORK_IN_SH,
    PROGRESS,
    PROMPTLIKE,
    QUESTION,
    SILENT,
    TICKING,
    Entry,
)


def _standard_ml(*argv: str, guess: str) -> Entry:
    def sleep(seconds: str) -> str:
        return f"OS.Process.sleep (Time.fromReal {seconds})"

    def times(count: int, body: str) -> str:
        return f"List.app (fn i => ({body})) (List.tabulate ({count}, fn i => i))"

    flush = "TextIO.flushOut TextIO.stdOut"
    return Entry(
        argv,
        'print (Int.toString ({a}+{b}) ^ "\\n")',
        'TextIO.closeOut (TextIO.openOut "{file}")',
        {
            SILENT: sleep("1.5"),
            TICKING: times(8, f'print "tick\\n"; {sleep("0.1")}'),
            FLOOD: times(60000, 'print (Int.toString i ^ "\\n")'),
            COMPUTING: times(1_000_000, "i * 2; ()"),
            CHILD: 'OS.Process.system "sleep 0.7"',
            NETWORK: f'OS.Process.system "{NETWORK_IN_SH}"',
            QUESTION: f'print "Go? "; {flush}; TextIO.inputLine TextIO.stdIn',
            PROGRESS: times(8, f'print ("\\rDownloading " ^ Int.toString i ^ "0%"); {flush}; {sleep("0.1")}'),
            PROMPTLIKE: f'print "ready> "; {flush}; {sleep("1.0")}; print "\\n"',
        },
        {ERROR: '(TextIO.closeOut (TextIO.openOut "{file}"); raise Fail (Int.toString ({a}+{b})));'},
        frame="({});",
        guess=guess,
        more=True,
    )


def _prolog(*argv: str) -> Entry:
    return Entry(
        argv,
        "X is {a}+{b}, write(X), nl",
        "tell('{file}'), told",
        {
            SILENT: "sleep(1.5)",
            TICKING: "forall(between(1, 8, _), (write(tick), nl, sleep(0.1)))",
            FLOOD: "forall(between(1, 60000, I), (write(I), nl))",
            COMPUTING: "forall(between(1, 1000000, _), true)",
            CHILD: "shell('sleep 0.7')",
            NETWORK: "shell('bash -c \"cat < /dev/tcp/127.0.0.1/{port}\"')",
            QUESTION: "write('Go? '), flush_output, read(_)",
            PROGRESS: "forall(between(1, 8, I), (write('\\rDownloading '), write(I), write('0%'), flush_output,"
            " sleep(0.1)))",
            PROMPTLIKE: "write('ready> '), flush_output, sleep(1), nl",
        },
        {ERROR: "tell('{file}'), told, X is {a}+{b}, throw(X)."},
        join=", ",
        frame="{}.",
        answer="5.",
        more=True,
    )


def _without_question(entry: Entry) -> Entry:
    """For one that answers its own question with the rest of the line."""
    return replace(entry, work={kind: work for kind, work in entry.work.items() if kind != QUESTION})


FUNCTIONAL = {
    # It listens for more than the terminal at a question, too: that is only guessed.
    "ghci": Entry(
        ("ghci", "-ignore-dot-ghci"),
        "print ({a}+{b})",
        'writeFile "{file}" ""',
        {
            SILENT: "Control.Concurrent.threadDelay 1500000",
            TICKING: 'mapM_ (\\i -> putStrLn "tick" >> Control.Concurrent.threadDelay 100000) [1..8]',
            FLOOD: "mapM_ print [1..60000 :: Int]",
            COMPUTING: "print (sum (map fromIntegral [1..1000000]))",
            CHILD: 'System.Process.callCommand "sleep 0.7"',
            NETWORK: f'System.Process.callCommand "{NETWORK_IN_SH}"',
            PROGRESS: 'mapM_ (\\i -> putStr ("\\rDownloading " ++ show i ++ "0%") >>'
            " Control.Concurrent.threadDelay 100000) [1..8]",
            PROMPTLIKE: 'putStr "ready> " >> Control.Concurrent.threadDelay 1000000 >> putStrLn ""',
        },
        {ERROR: 'writeFile "{file}" "" >> error (show ({a}+{b}))'},
        join=" >> ",
        patience_ms=60_000,
        more=True,
    ),
    "ocaml": Entry(
        ("ocaml", "-noinit"),
        "print_endline (string_of_int ({a}+{b}))",
        'close_out (open_out "{file}")',
        {
            SILENT: "Unix.sleepf 1.5",
            TICKING: 'for i = 1 to 8 do print_endline "tick"; Unix.sleepf 0.1 done',
            FLOOD: "for i = 1 to 60000 do print_int i; print_newline () done",
            COMPUTING: "for i = 1 to 30_000_000 do ignore i done",
            CHILD: 'ignore (Sys.command "sleep 0.7")',
            NETWORK: f'ignore (Sys.command "{NETWORK_IN_SH}")',
            QUESTION: 'print_string "Go? "; flush stdout; ignore (read_line ())',
            PROGRESS: 'for i = 1 to 8 do Printf.printf "\\rDownloading %d0%%%!" i; Unix.sleepf 0.1 done;'
            " print_newline ()",
            PROMPTLIKE: 'Printf.printf "ready> %!"; Unix.sleepf 1.; print_newline ()',
        },
        {ERROR: 'begin close_out (open_out "{file}"); failwith (string_of_int ({a}+{b})) end;;'},
        frame="begin {} end;;",
        first=('#directory "+unix";;', '#load "unix.cma";;'),
        more=True,
    ),
    "sml": _standard_ml("sml", guess="a 32-bit program: what it waits for cannot be seen"),
    "poly": _without_question(_standard_ml("poly", guess="it listens while it works, and its prompt is `> `")),
    "swipl": _prolog("swipl", "-q", "-f", "none"),
    "gprolog": _prolog("gprolog"),
}
