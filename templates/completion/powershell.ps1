# Completion of create-pg-lab for PowerShell: npx create-pg-lab completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName create-pg-lab, pg-lab, npx -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { $_.ToString() })
  $from = 1
  if ([IO.Path]::GetFileNameWithoutExtension($typed[0]) -eq 'npx') {
    if ($typed.Count -lt 2 -or $typed[1] -ne 'create-pg-lab') { return }
    $from = 2
  }
  $words = @($typed | Select-Object -Skip $from)
  # PowerShell before 7.3 drops an empty argument: a lone @ stands for it.
  if ($wordToComplete -eq '') { $words += '@' }
  & @CALL@ completion words '--' @words 2>$null | ForEach-Object {
    $word, $told = $_ -split "`t", 2
    if (-not $told) { $told = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $told)
  }
}
