# bash: the marks of OSC 133 around prompts and commands. Read instead of ~/.bashrc, which is read first as ever.

if [[ -n ${BGTERM_SECRET-} ]]; then
    __bgterm_secret=$BGTERM_SECRET
    unset BGTERM_SECRET # what is started from here has no business with it
fi
if [[ -n ${BGTERM_RC-} && -r ~/.bashrc ]]; then
    . ~/.bashrc
fi
if [[ -z ${BGTERM_RC-} && ${PROMPT_COMMAND-} == *"/integration/bash.sh'" ]]; then
    unset PROMPT_COMMAND # that is how we came here
fi
unset BGTERM_RC

if [[ $- == *i* && -z ${__bgterm_code-} ]]; then
    __bgterm_code=0 __bgterm_ran=0 __bgterm_none=

    # First of all prompt commands: the exit code of what ran, which is what $? is until something else runs.
    __bgterm_ended() {
        local code=$?
        # A line with a syntax error never ran, but it has a code.
        local mark=D
        if ((__bgterm_ran || code != __bgterm_code)); then
            mark="D;$code"
        fi
        __bgterm_code=$code __bgterm_ran=0
        # The directory counts where a signed mark follows it.
        builtin printf '\e]7;file://%s%s\a' "${HOSTNAME-}" "${PWD//%/%25}"
        builtin printf '\e]133;%s;bgterm=%s\a' "$mark" "$__bgterm_secret"
        return "$code"
    }

    # Last of them: whatever set the prompts before. The secret is put in when they are shown: prompts are exported.
    __bgterm_wrap() {
        local code=$?
        if [[ ${PS1-} != *'133;A'* ]]; then
            PS1='\[\e]133;A;bgterm=${__bgterm_secret-}\a\]'${PS1-}'\[\e]133;B;bgterm=${__bgterm_secret-}\a\]'
        fi
        if [[ ${PS2-} != *'133;A'* ]]; then
            PS2='\[\e]133;A;k=s;bgterm=${__bgterm_secret-}\a\]'${PS2-}'\[\e]133;B;bgterm=${__bgterm_secret-}\a\]'
        fi
        if [[ ${PS0-} != *'133;C'* ]]; then
            PS0=${PS0-}'\e]133;C;bgterm=${__bgterm_secret-}\a${__bgterm_none:$((__bgterm_ran = 1, 0)):0}'
        fi
        return "$code"
    }

    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
        PROMPT_COMMAND=(__bgterm_ended ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"} __bgterm_wrap)
        __bgterm_wrap # where this came by a prompt command, the list of the first prompt is being run already
    else
        PROMPT_COMMAND="__bgterm_ended${PROMPT_COMMAND:+; $PROMPT_COMMAND}; __bgterm_wrap"
    fi
fi
