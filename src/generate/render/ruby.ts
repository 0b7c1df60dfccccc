const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/**
 * Writes the body of a Ruby double-quoted string, so that Ruby reads back the same text:
 * backslash, quote, `#{` `#@` `#$` (interpolation) and control characters are escaped.
 */
export function rubyStringBody(value: unknown): string {
  return (
    String(value)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
      .replace(/[\\"\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|#(?=[{@$])/g, (character) => {
        if (character === '#') return '\\#'
        return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      })
  )
}
