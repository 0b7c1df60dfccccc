/** What stands in the place of a secret. */
const HIDDEN = '********'

/** libpq's `password=…`, quoted or not, and its keyword in other spellings. */
const ASSIGNED = /\b(password|passwd|pgpassword)(\s*=\s*)('(?:[^'\\]|\\.|'')*'|"[^"]*"|[^\s'"]+)/gi

/** `postgresql://user:secret@host`. */
const IN_URI = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@]+(?=@)/gi

/** A stored password is as good as one to whoever wants to guess it. */
const VERIFIER = /SCRAM-SHA-256\$[^\s'"]+|\bmd5[0-9a-f]{32}\b/g

/**
 * Makes a function that takes every secret out of a text: the lab's own, and whatever looks like one.
 * @param secrets the lab's passwords
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
  return (text) =>
    known
      .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
      .replace(ASSIGNED, `$1$2${HIDDEN}`)
      .replace(IN_URI, `$1${HIDDEN}`)
      .replace(VERIFIER, HIDDEN)
}
