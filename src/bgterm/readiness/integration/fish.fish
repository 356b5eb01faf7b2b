# fish: the marks of OSC 133 around prompts and commands. Read after the user's configuration.

set -g __bgterm_secret $BGTERM_SECRET
set -e BGTERM_SECRET # what is started from here has no business with it

if status is-interactive
    function __bgterm_prompt --on-event fish_prompt
        printf '\e]7;file://%s%s\a' (string replace --all % %25 -- $hostname $PWD)
        printf '\e]133;A;bgterm=%s\a' $__bgterm_secret # the directory counts where a signed mark follows it
    end

    function __bgterm_runs --on-event fish_preexec
        printf '\e]133;C;bgterm=%s\a' $__bgterm_secret
    end

    function __bgterm_ended --on-event fish_postexec
        printf '\e]133;D;%s;bgterm=%s\a' $status $__bgterm_secret
    end
end
