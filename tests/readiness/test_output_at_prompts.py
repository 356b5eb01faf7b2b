"""What `run` returns is what the program printed, whatever the prompts of its shell look like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.views.plain import plain
from readiness.extent import EVERYTHING
from readiness.speakers.always import BASH, FISH, ZSH
from readiness.speakers.speaker import PATIENCE_MS, Speaker, record, started
from readiness.speakers.spelling import by_printf
from readiness.texts import TEXTS

DASH, KSH = ("dash",), ("ksh93",)

BASH_PROMPTS: Mapping[str, str] = {
    "none": "PS1=",
    "a blank": "PS1=' '",
    "Debian's": r"PS1='${debian_chroot:+($debian_chroot)}\u@\h:\w\$ '",
    "Debian's, coloured": r"PS1='\[\e[01;32m\]\u@\h\[\e[00m\]:\[\e[01;34m\]\w\[\e[00m\]\$ '",
    "Debian's, with a title": r"PS1='\[\e]0;\u@\h: \w\a\]\u@\h:\w\$ '",
    "Fedora's": r"PS1='[\u@\h \W]\$ '",
    "two rows": r"PS1='\u@\h:\w\n\$ '",
    "two rows, coloured": "PS1='\\[\\e[36m\\]\u250c\u2500[\\w]\n\\[\\e[36m\\]\u2514\u2500\\[\\e[0m\\]\u276f '",
    "three rows, the first empty": r"PS1='\n\[\e[1;36m\]\w\[\e[0m\] on \[\e[35m\]main\[\e[0m\]\n\u276f '",
    "the time": r"PS1='\t \$ '",
    "a counter": r"PS1='\#:\! \$ '",
    "a counter first": r"PS1='\#\$ '",
    "the exit code": r"PS1='$? \$ '",
    "the exit code, where it is not 0": r"PS1='$(code=$?; [ $code = 0 ] || echo -n \[$code\] )\w \$ '",
    "a branch": r"PS1='\w$([ -r hostname ] && echo -n \ on\ main) \$ '",
    "a line before": r"PROMPT_COMMAND='echo; echo at $PWD'; PS1='> '",
    "a line before, from the second time on": r"PROMPT_COMMAND='[ $first ] && echo; first=no'; PS1='\w > '",
    "on the right": r"PS1='\[$(tput sc; printf %80s $(date +%T); tput rc)\]\w \$ '",
    "a row of the terminal's width": r"PS1='\[\e[2m\]$(printf %80s | tr \  -)\[\e[0m\]\n\$ '",
    **{f"{width} columns": f"PS1='{'p' * (width - 2)}$ '" for width in (77, 78, 79, 80, 81, 82, 100, 170)},
    "a new row last": r"PS1='\w\n'",
    "wide characters": "PS1='\u6f22\u5b57 \u279c '",
    "with a mark of its own": r"PS1='\[\e]133;A\a\]\w\$ \[\e]133;B\a\]'",
    "moves the cursor": r"PS1='\[\e[G\e[K\]\$ '",
    "keeps its row clean": r"PS1='\[\e[6n\]\$ '",
}
ZSH_PROMPTS: Mapping[str, str] = {
    "none": "PROMPT=",
    "grml's": "PROMPT='%B%F{red}%n%f%b@%m %40<...<%B%~%b%<< %# '",
    "oh-my-zsh's": "PROMPT='%{%F{green}%}\u279c %f %F{cyan}%c%f '; setopt prompt_subst",
    "two rows": "PROMPT=$'%n@%m %~\\n%# '",
    "three rows, the first empty": "PROMPT=$'\\n%F{blue}%~%f\\n%(?.%F{magenta}.%F{red})\u276f%f '",
    "on the right": "RPROMPT='%~ %?'",
    "on both sides": "PROMPT='%T %? %# '; RPROMPT='%F{yellow}%~%f'",
    "the time": "PROMPT='%* %# '",
    "nanoseconds on the right": "RPROMPT='%D{%T.%N}'",
    "nanoseconds": "PROMPT='%D{%T.%N} %# '; zle-line-finish() { zle reset-prompt }; zle -N zle-line-finish",
    "a counter": "PROMPT='%! %h %# '",
    "drawn anew at Enter": "PROMPT='%T %~ > '; zle-line-finish() { zle reset-prompt }; zle -N zle-line-finish",
    "another one at Enter": (
        "PROMPT='%~ > '; zle-line-finish() { PROMPT='%# ' zle reset-prompt }; zle -N zle-line-finish"
    ),
    "two rows, one at Enter": (
        "PROMPT=$'%~ here\\n> '; zle-line-finish() { PROMPT='> ' RPROMPT= zle reset-prompt }; zle -N zle-line-finish"
    ),
    "a line before": "precmd() { print; print -P '%~' }",
    **{f"prompt {name}": f"autoload -U promptinit; promptinit; prompt {name}" for name in ("adam2", "elite2")},
    "no sign": "unsetopt prompt_sp",
    "neither sign nor return": "unsetopt prompt_cr prompt_sp",
    "vi": "bindkey -v",
    **{f"{width} columns": f"PROMPT='{'p' * (width - 2)}$ '" for width in (78, 79, 80, 81, 100)},
}
FISH_PROMPTS: Mapping[str, str] = {
    "two rows": "function fish_prompt; echo $PWD; echo -n '> '; end",
    "on the right": "function fish_right_prompt; date +%T; end",
    "nanoseconds on the right": "function fish_right_prompt; date +%T.%N; end",
    "on both sides": "function fish_prompt; echo -n $PWD $status'> '; end; function fish_right_prompt; pwd; end",
    "three rows, the first empty": "function fish_prompt; echo; echo $PWD; echo -n '\u276f '; end",
}
SH_PROMPTS: Mapping[str, str] = {
    "none": "PS1=",
    "a blank": "PS1=' '",
    "the directory": "PS1='$PWD > '",
    "the directory, coloured": "PS1=$(printf '\\033[1;32m$PWD\\033[0m > ')",
    "two rows": "PS1='$PWD\n> '",
    "the exit code": "PS1='$? > '",
    **{f"{width} columns": f"PS1='{'p' * (width - 2)}$ '" for width in (78, 79, 80, 81, 100)},
}
PROMPTS: Mapping[tuple[str, ...], Mapping[str, str]] = {
    BASH: BASH_PROMPTS,
    ZSH: ZSH_PROMPTS,
    FISH: FISH_PROMPTS,
    DASH: SH_PROMPTS,
    KSH: SH_PROMPTS,
}
NAMED: Mapping[tuple[tuple[str, ...], str], str] = {
    (BASH, "a line before"): "what a hook prints before its line editor begins looks like output",
    (DASH, "two rows"): "no line editor begins it: its upper row looks like output",
    (KSH, "two rows"): "no line editor begins it: its upper row looks like output",
}
KINDS = (
    *("a line", "no newline", "nothing", "no newline, digits last", "several lines, the last without end", "indented"),
    *("a blank last", "no newline, as wide as the terminal"),
)
MORE_KINDS = ("no newline again", "no newline, many rows", "blank lines first", "only a newline", "a line after it")
WIDTHS = (20, 40, 80) if EVERYTHING else (80,)


def steps(columns: int) -> list[tuple[str, str]]:
    """Lines, and what they print."""
    said = [TEXTS[kind] for kind in (*KINDS, *(MORE_KINDS if EVERYTHING else ()))]
    lines = [(by_printf(text), plain(text, columns).rstrip("\n")) for text in said]
    other = [("cd /etc", ""), (by_printf("x: 1"), "x: 1"), ("false", ""), (by_printf("x: 12"), "x: 12")]
    return lines + other + ([*lines, ("cd /usr/share", ""), *other[1:]] if EVERYTHING else [])


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize(
    "shell", [pytest.param(each, id=each[0], marks=pytest.mark.program(each[0])) for each in PROMPTS]
)
def test_no_part_of_a_prompt_is_output_and_no_output_part_of_a_prompt(
    manager: SessionManager, shell: tuple[str, ...], columns: int, tmp_path: Path
) -> None:
    wrong: list[tuple[str, str, str, str]] = []
    prompts = {kind: line for kind, line in PROMPTS[shell].items() if (shell, kind) not in NAMED}
    for kind, prompt in prompts.items():
        with started(manager, Speaker(shell, by_printf), tmp_path) as session:
            session.resize(24, columns)
            for line, said in [(prompt, ""), *steps(columns)]:
                output = session.run(line, PATIENCE_MS).output
                wrong += [] if output == said else [(kind, line, output, said)]
    named = {kind: reason for (of, kind), reason in NAMED.items() if of == shell}
    checks = len(prompts) * (1 + len(steps(columns)))
    record(f"{shell[0]} {columns} wide, {len(prompts)} prompts", checks, len(wrong), named)
    assert wrong == []
