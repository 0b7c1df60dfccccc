# Completion of create-pg-lab for fish: npx create-pg-lab completion fish | source
function __create_pg_lab_words
    set -l typed (commandline -opc) (commandline -ct)
    set -l from 2
    if string match -q '*npx' -- $typed[1]
        set from 3
    end
    @CALL@ completion words -- $typed[$from..-1] 2>/dev/null
end
function __create_pg_lab_by_npx
    set -l typed (commandline -opc)
    test (count $typed) -gt 1; and test $typed[2] = create-pg-lab
end
complete -c create-pg-lab -f -k -a '(__create_pg_lab_words)'
complete -c pg-lab -f -k -a '(__create_pg_lab_words)'
complete -c npx -n __create_pg_lab_by_npx -f -k -a '(__create_pg_lab_words)'
