/** A word for a POSIX shell, in single quotes whatever it is. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/** A word for a POSIX shell as a person would type it: quoted only where it must be, and SQL in double quotes. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return /["$`\\!]/.test(word) ? quoteWord(word) : `"${word}"`
}

/** One line that, pasted into a POSIX shell, gives exactly these words. */
export function quoteForShell(argv: readonly string[]): string {
  return argv.map((word, index) => (isPlainWord(word, index) ? word : quoteWord(word))).join(' ')
}

/** `name=value` in front of a command would be an assignment, and `=name` is a path to zsh. */
function isPlainWord(word: string, index: number): boolean {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) && !(index === 0 && word.includes('='))
}
