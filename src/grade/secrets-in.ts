import { createHash } from 'node:crypto'

/** A secret in a text; it is not kept itself. */
export interface FoundSecret {
  readonly line: number
  readonly kind: 'password' | 'key'
  /** Equal for equal secrets. */
  readonly digest: string
  /** Long and mixed: two people do not think of the same. */
  readonly isUncommon: boolean
}

/** Read by people: what looks like a password there is an example. */
const FOR_PEOPLE = /\.(md|rst|adoc|html?|svg|log|diff|patch)$|(^|\/)docs?\//i

const KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*\n(?:[\w-]+: .*\n)*\s*([A-Za-z0-9+/=]{32,})/g
/** The key that comes with Vagrant: everybody has it. */
const VAGRANTS_OWN = /^MIIEogIBAAKCAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr/

const WORD = '(?:password|passwd|passphrase|pass|pwd|secret|token)'
const PATTERNS: readonly { readonly files: RegExp; readonly pattern: RegExp }[] = [
  // CREATE ROLE replica PASSWORD 'secret'
  { files: /./, pattern: /\bPASSWORD\s+\\?'([^'\n]+?)\\?'/gi },
  // host=192.168.11.150 user=replica password=secret
  {
    files: /./,
    pattern:
      /\b(?:host|user|dbname|port)\s*=[^\n]*?\bpassword\s*=\s*\\?['"]?([^\s'"\\]+)|\bpassword\s*=\s*\\?['"]?([^\s'"\\]+)\\?['"]?[^\n]*?\b(?:host|user|dbname)\s*=/gi,
  },
  // PGPASSWORD=secret pg_basebackup
  { files: /./, pattern: /\bPGPASSWORD["']?\s*[=:]\s*["']?([^\s"']+(?:\s*\w*\s*\}\})?)/g },
  // 192.168.11.150:5432:*:replica:secret
  {
    files: /pgpass|\.(ya?ml|j2|sh)$/i,
    pattern:
      /^[^\S\n]*(?:(?:line|content):\s*)?["']?[\w.*-]+:(?:\d+|\*):[\w*-]+:[\w*-]+:([^\s:"'{}]+)["']?\s*$/gm,
  },
  // replica_password: secret
  {
    files: /\.(ya?ml|json)$/i,
    pattern: new RegExp(
      `^[^\\S\\n]*(?:-[^\\S\\n]+)?["']?[\\w.-]*${WORD}["']?[^\\S\\n]*:[^\\S\\n]*(.+)$`,
      'gim',
    ),
  },
  // DB_PASSWORD=secret, ansible_password=secret
  {
    files: /(^|\/)(hosts|inventory|\.env)[\w.]*$|\.(env|ini|cfg|conf|sh|toml)$/i,
    pattern: new RegExp(`\\b(?:\\w*_)?${WORD}[^\\S\\n]*=[^\\S\\n]*(\\S+)`, 'gi'),
  },
]

/** No secret, but a word where one would stand: a template, a variable, a vault, a choice, a place. */
const STANDS_FOR_ONE =
  /^(?:!|\{|\[|\$|<|\/|~|%|:|\*|\||>|&|@|#|x{3,}$|true$|false$|yes$|no$|null$|none$|omit$|always$|on_create$|vagrant$|string$|str$|SCRAM-SHA-256\$|md5[0-9a-f]{32}$)|\{\{|<%|\$\(|\$\{|lookup\(/i

const UNCOMMON_LENGTH = 12

/** Secrets that a text has, whoever wrote it. @param path says how it is read */
export function secretsIn(path: string, text: string): readonly FoundSecret[] {
  if (FOR_PEOPLE.test(path)) return []
  const keys = [...text.matchAll(KEY)].filter(([, body = '']) => !VAGRANTS_OWN.test(body))
  const passwords = PATTERNS.filter(({ files }) => files.test(path)).flatMap(({ pattern }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const secret = plainOf(match.slice(1).find(Boolean) ?? '')
      const isComment = /^\s*(#|--)/.test(lineAt(text, match.index))
      return secret === '' || isComment || STANDS_FOR_ONE.test(secret) ? [] : [{ match, secret }]
    }),
  )
  const found = [
    ...keys.map((match) => ({ kind: 'key' as const, at: match.index, secret: match[1] ?? '' })),
    ...passwords.map(({ match, secret }) => ({ kind: 'password' as const, at: match.index, secret })),
  ]
  const told = found.map(({ kind, at, secret }) => ({
    kind,
    line: text.slice(0, at).split('\n').length,
    digest: createHash('sha256').update(secret).digest('hex'),
    isUncommon: secret.length >= UNCOMMON_LENGTH && /\d/.test(secret) && /[a-z]/i.test(secret),
  }))
  return told.filter(
    (one, at) => told.findIndex(({ line, digest }) => line === one.line && digest === one.digest) === at,
  )
}

/** Without quotes, a comma of JSON and a comment. */
function plainOf(value: string): string {
  const text = value.trim()
  const [, , quoted] = /^(["'])(.*?)\1/.exec(text) ?? []
  return (
    quoted ??
    text
      .replace(/\s+#.*$/, '')
      .replace(/[,;]$/, '')
      .trim()
  )
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return text.slice(start, text.indexOf('\n', offset) === -1 ? undefined : text.indexOf('\n', offset))
}
