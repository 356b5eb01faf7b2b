# fish: the marks of OSC 133 around prompts and commands. Read after the user's configuration.

if status is-interactive
    function __bgterm_prompt --on-event fish_prompt
        printf '\e]7;file://%s%s\a' (string replace --all % %25 -- $hostname $PWD)
        printf '\e]133;A\a'
    end

    function __bgterm_runs --on-event fish_preexec
        printf '\e]133;C\a'
    end

    function __bgterm_ended --on-event fish_postexec
        printf '\e]133;D;%s\a' $status
    end
end
