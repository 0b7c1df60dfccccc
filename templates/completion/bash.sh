# Completion of create-pg-lab for bash: source <(npx create-pg-lab completion bash)
# shellcheck shell=bash
_create_pg_lab() {
  local from=1
  if [ "${COMP_WORDS[0]##*/}" = npx ]; then
    [ "$COMP_CWORD" -gt 1 ] && [ "${COMP_WORDS[1]}" = create-pg-lab ] || return 0
    from=2
  fi
  local IFS=$'\n'
  # shellcheck disable=SC2207 # one word a line, as IFS says; mapfile is not in the bash of macOS
  COMPREPLY=($(@CALL@ completion words -- "${COMP_WORDS[@]:from:COMP_CWORD-from+1}" 2>/dev/null | cut -f1))
}
complete -o bashdefault -o default -F _create_pg_lab create-pg-lab pg-lab npx
