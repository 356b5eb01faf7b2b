"""Interpreters of programming languages."""

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

_JAVA = {
    SILENT: "Thread.sleep(1500)",
    TICKING: 'for (int i = 0; i < 8; i++) { System.out.println("tick"); Thread.sleep(100); }',
    FLOOD: "for (int i = 0; i < 60000; i++) System.out.println(i)",
    COMPUTING: "for (long t = System.currentTimeMillis(); System.currentTimeMillis() - t < 700;)",
    NETWORK: 'new java.net.Socket("127.0.0.1", {port}).getInputStream().read()',
    CHILD: 'new ProcessBuilder("sleep", "0.7").start().waitFor()',
    PROGRESS: 'for (int i = 0; i < 8; i++) { System.out.print("\\rDownloading " + i + "0%"); Thread.sleep(100); }',
    PROMPTLIKE: 'System.out.print("ready> "); Thread.sleep(1000)',
}

LANGUAGES = {
    "node": Entry(
        ("node",),
        "console.log({a}+{b})",
        "fs.writeFileSync('{file}', '')",
        {
            SILENT: "await new Promise(r => setTimeout(r, 1500))",
            TICKING: "for (let i = 0; i < 8; i++) { console.log('tick'); await new Promise(r => setTimeout(r, 100)); }",
            FLOOD: "for (let i = 0; i < 60000; i++) console.log(i)",
            COMPUTING: "{ const t = Date.now(); while (Date.now() - t < 700); }",
            NETWORK: "await new Promise(r => net.connect({port}, '127.0.0.1').on('close', r).resume())",
            CHILD: "child_process.execSync('sleep 0.7')",
            PROGRESS: "for (let i = 0; i < 8; i++) { process.stdout.write(`\\rDownloading ${i}0%`);"
            " await new Promise(r => setTimeout(r, 100)); } console.log()",
            PROMPTLIKE: "process.stdout.write('ready> '); await new Promise(r => setTimeout(r, 1000)); console.log()",
        },
        {ERROR: "fs.writeFileSync('{file}', ''); throw new Error({a}+{b})"},
    ),
    "lua": Entry(
        ("lua5.4",),
        "print({a}+{b})",
        "io.open('{file}', 'w'):close()",
        {
            SILENT: "os.execute('sleep 1.5')",
            TICKING: "for i = 1, 8 do print('tick') os.execute('sleep 0.1') end",
            FLOOD: "for i = 1, 60000 do print(i) end",
            COMPUTING: "local t = os.clock() while os.clock() - t < 0.7 do end",
            NETWORK: "os.execute([[bash -c 'cat < /dev/tcp/127.0.0.1/{port}']])",
            CHILD: "os.execute('sleep 0.7')",
            QUESTION: "io.write('Go? ') io.flush() io.read()",
            PROGRESS: "for i = 1, 8 do io.write('\\rDownloading ', i, '0%') io.flush() os.execute('sleep 0.1') end"
            " print()",
            PROMPTLIKE: "io.write('ready> ') io.flush() os.execute('sleep 1') print()",
        },
        {ERROR: "io.open('{file}', 'w'):close() error({a}+{b})"},
        join=" ",
    ),
    "irb": Entry(
        ("irb",),
        "puts {a}+{b}",
        "File.write('{file}', '')",
        {
            SILENT: "sleep 1.5",
            TICKING: "8.times { puts 'tick'; sleep 0.1 }",
            FLOOD: "60000.times { |i| puts i }",
            COMPUTING: "t = Time.now; 0 while Time.now - t < 0.7",
            NETWORK: "TCPSocket.new('127.0.0.1', {port}).read",
            CHILD: "system('sleep 0.7')",
            QUESTION: "print 'Go? '; gets",
            PROGRESS: '8.times { |i| print "\\rDownloading #{i}0%"; sleep 0.1 }; puts',
            PROMPTLIKE: "print 'ready> '; sleep 1; puts",
        },
        {ERROR: "File.write('{file}', ''); raise ({a}+{b}).to_s"},
        first=("require 'socket'",),
    ),
    "erl": Entry(
        ("erl",),
        'io:format("~p~n", [{a}+{b}])',
        'file:write_file("{file}", "")',
        {
            SILENT: "timer:sleep(1500)",
            TICKING: '[begin io:format("tick~n"), timer:sleep(100) end || _ <- lists:seq(1,8)]',
            FLOOD: '[io:format("~p~n", [I]) || I <- lists:seq(1,60000)]',
            COMPUTING: "lists:sum(lists:seq(1,5000000))",
            NETWORK: 'gen_tcp:recv(element(2, gen_tcp:connect("127.0.0.1", {port}, [{active,false}])), 1)',
            CHILD: 'os:cmd("sleep 0.7")',
            PROGRESS: '[begin io:format("\\rDownloading ~p0%", [I]), timer:sleep(100) end || I <- lists:seq(1,8)]',
            PROMPTLIKE: 'io:format("ready> "), timer:sleep(1000)',
        },
        {ERROR: 'file:write_file("{file}", ""), error({a}+{b}).'},
        join=", ",
        frame="{}.",
    ),
    "jshell": Entry(
        ("jshell",),
        "System.out.println({a}+{b})",
        'new java.io.File("{file}").createNewFile()',
        _JAVA,
        {ERROR: 'new java.io.File("{file}").createNewFile(); throw new RuntimeException(String.valueOf({a}+{b}))'},
        patience_ms=60_000,
    ),
    "tclsh": Entry(
        ("tclsh",),
        "puts [expr {a}+{b}]",
        "close [open {file} w]",
        {
            SILENT: "after 1500",
            TICKING: "for {set i 0} {$i < 8} {incr i} {puts tick; after 100}",
            FLOOD: "for {set i 0} {$i < 60000} {incr i} {puts $i}",
            COMPUTING: "for {set i 0} {$i < 1000000} {incr i} {}",
            NETWORK: "read [socket 127.0.0.1 {port}]",
            CHILD: "exec sleep 0.7",
            QUESTION: "puts -nonewline {Go? }; flush stdout; gets stdin",
            PROGRESS: 'for {set i 0} {$i < 8} {incr i} {puts -nonewline "\\rDownloading ${i}0%";'
            " flush stdout; after 100}; puts {}",
            PROMPTLIKE: "puts -nonewline {ready> }; flush stdout; after 1000; puts {}",
        },
        {ERROR: "close [open {file} w]; error [expr {a}+{b}]"},
    ),
}
