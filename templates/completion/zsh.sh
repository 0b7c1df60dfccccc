# Completion of create-pg-lab for zsh: source <(npx create-pg-lab completion zsh)
_create_pg_lab() {
  local from=2
  if [[ ${words[1]:t} == npx ]]; then
    [[ $CURRENT -gt 2 && ${words[2]} == create-pg-lab ]] || { _default; return; }
    from=3
  fi
  local -a lines found told
  lines=("${(@f)$(@CALL@ completion words -- "${(@)words[from,CURRENT]}" 2>/dev/null)}")
  lines=(${lines:#})
  found=("${(@)lines%%$'\t'*}")
  told=("${(@)lines//$'\t'/  -- }")
  (( $#found )) && compadd -l -d told -a found || _default
}
autoload -Uz compinit && (( ${+functions[compdef]} )) || compinit
compdef _create_pg_lab create-pg-lab pg-lab npx
