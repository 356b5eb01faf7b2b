# zsh: the marks of OSC 133 around prompts and commands. Read instead of the user's .zshenv, which is read first; the
# user's own ZDOTDIR is back by then, so that all other files are found where they always were.

typeset -g __bgterm_secret=${BGTERM_SECRET-}
unset BGTERM_SECRET # what is started from here has no business with it
if [[ -n ${BGTERM_ZDOTDIR+set} ]]; then
    export ZDOTDIR=$BGTERM_ZDOTDIR
    unset BGTERM_ZDOTDIR
else
    unset ZDOTDIR
fi
if [[ -n ${BGTERM_NO_RCS-} ]]; then
    unset BGTERM_NO_RCS
    unsetopt rcs # as it was asked for: no other file is read
elif [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then
    . "${ZDOTDIR:-$HOME}/.zshenv"
fi

if [[ -o interactive ]]; then
    typeset -g __bgterm_ran=0 __bgterm_code=0

    # First of all hooks: the exit code of what ran.
    __bgterm_ended() {
        local code=$? mark=D
        if ((__bgterm_ran || code != __bgterm_code)); then
            mark="D;$code"
        fi
        __bgterm_ran=0 __bgterm_code=$code
        # The directory counts where a signed mark follows it.
        builtin print -rn -- $'\e]7;file://'${HOST-}${PWD//\%/%25}$'\a\e]133;'$mark';bgterm='$__bgterm_secret$'\a'
        # What the user's files put into the lists, or before ours, is there by now.
        precmd_functions=(__bgterm_ended ${precmd_functions:#__bgterm_*} __bgterm_wrap)
        return $code
    }

    # Last of them: whatever set the prompts before. What stands in a prompt is exported with it, so the secret does not.
    __bgterm_wrap() {
        builtin print -rn -- $'\e]133;A;bgterm='$__bgterm_secret$'\a'
        if [[ ${PS1-} != *'133;B'* ]]; then
            PS1=${PS1-}$'%{\e]133;B\a%}'
        fi
        if [[ ${PS2-} != *'133;A'* ]]; then
            PS2=$'%{\e]133;A;k=s\a%}'${PS2-}$'%{\e]133;B\a%}'
        fi
    }

    __bgterm_runs() {
        __bgterm_ran=1
        builtin print -rn -- $'\e]133;C;bgterm='$__bgterm_secret$'\a'
    }

    typeset -ga precmd_functions preexec_functions
    precmd_functions=(__bgterm_ended $precmd_functions __bgterm_wrap)
    preexec_functions=($preexec_functions __bgterm_runs)
fi
