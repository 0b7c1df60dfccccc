/** A word for a POSIX shell, in single quotes whatever it is. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/** A word for a POSIX shell as a person would type it: quoted only where it must be, and SQL in double quotes. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return /["$`\\!]/.test(word) ? quoteWord(word) : `"${word}"`
}
