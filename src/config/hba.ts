import { isIPv4, isIPv6 } from 'node:net'
import { FORMATS } from './formats.ts'

/** A line of pg_hba.conf that lets somebody in over the network, or keeps him out. */
export interface HbaLine {
  readonly type: string
  /** Names with commas between. */
  readonly databases: string
  readonly users: string
  /** `10.0.0.0/8`, `db.example.org`, `.example.org`, `all`, `samehost` or `samenet`. */
  readonly address: string
  readonly method: string
  /** `clientcert=verify-full` or none. */
  readonly options: readonly string[]
}

const TYPES = ['host', 'hostssl', 'hostnossl']
const METHODS = ['scram-sha-256', 'cert', 'reject']
const OPTIONS = ['clientcert=verify-ca', 'clientcert=verify-full']
const WEAKER: Readonly<Record<string, string>> = {
  trust: 'it lets in whoever comes, without a password',
  password: 'the password goes over the network as it is',
  md5: 'passwords are kept as SCRAM only',
}
const NAMES = /^\+?[\p{L}_][\p{L}\p{N}_$.-]*(,\+?[\p{L}_][\p{L}\p{N}_$.-]*)*$/u
const WORDS = 'type, databases, users, address, method'

/**
 * @param text a line as it stands in pg_hba.conf, e.g. `hostssl shop app 10.0.0.0/8 scram-sha-256`
 * @returns its parts, or what is wrong with it, to follow "must be"
 */
export function parseHbaLine(text: string): HbaLine | string {
  const [type = '', databases = '', users = '', address = '', method = '', ...options] = text
    .trim()
    .split(/\s+/)
  const wrong =
    type === 'local'
      ? 'of a client that comes over the network: on a server itself the lab lets in by peer, and its line comes first'
      : (oneOf('type', type, TYPES) ??
        wrongNames(databases, users) ??
        wrongAddress(address) ??
        wrongMethod(method))
  if (wrong) return wrong
  const unknown = options.find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) return `without ${unknown}: the options are ${OPTIONS.join(' and ')}`
  return { type, databases, users, address, method, options }
}

function oneOf(what: string, word: string, words: readonly string[]): string | undefined {
  if (words.includes(word)) return undefined
  return `a line with ${WORDS}; its ${what} is ${words.join(' or ')}${word === '' ? '' : `, not ${word}`}`
}

function wrongNames(databases: string, users: string): string | undefined {
  const wrong = [databases, users].find((names) => !NAMES.test(names))
  if (wrong === undefined) return undefined
  return `a line with ${WORDS}; databases and users are plain names with commas between, without blanks or quotes${wrong === '' ? '' : `, not ${wrong}`}`
}

function wrongAddress(address: string): string | undefined {
  if (['all', 'samehost', 'samenet'].includes(address)) return undefined
  const [base = '', prefix, ...more] = address.split('/')
  const isAddress = isIPv4(base) || (isIPv6(base) && /^[\da-f:]+$/i.test(base)) // no zone, no IPv4 inside
  if (
    !isAddress &&
    prefix === undefined &&
    !/^[\d.]+$/.test(base) &&
    FORMATS.sshHost.pattern.test(base.replace(/^\./, ''))
  )
    return undefined
  const longest = isIPv4(base) ? 32 : 128
  const isPrefix = /^\d{1,3}$/.test(prefix ?? '') && Number(prefix) <= longest && more.length === 0
  if (isAddress && isPrefix) return undefined
  return `a line with ${WORDS}; its address is a network such as 10.0.0.0/8, a host name, all, samehost or samenet${address === '' ? '' : `, not ${address}`}`
}

function wrongMethod(method: string): string | undefined {
  const why = Object.hasOwn(WEAKER, method) ? WEAKER[method] : undefined
  if (why) return `without ${method}: ${why}. Use scram-sha-256`
  return oneOf('method', method, METHODS)
}

/** The line as it is written, with one blank between the words. */
export function hbaText({ type, databases, users, address, method, options }: HbaLine): string {
  return [type, databases, users, address, method, ...options].join(' ')
}

/** The line as pg_hba_file_rules shows it: the netmask is a word of its own, and `cert` says what it asks for. */
export function hbaShown({ type, databases, users, address, method, options }: HbaLine): string {
  const asked = method === 'cert' ? ['clientcert=verify-full'] : options
  return [type, databases, users, ...addressShown(address), method, ...asked].join(' ')
}

function addressShown(address: string): readonly string[] {
  const [base = '', prefix] = address.split('/')
  if (prefix === undefined) return [address]
  if (isIPv4(base))
    return [
      base,
      maskOf(Number(prefix), 4, 8)
        .map((part) => parseInt(part, 16))
        .join('.'),
    ]
  return [shortIPv6(base), shortIPv6(maskOf(Number(prefix), 8, 16).join(':'))]
}

/** The parts of a netmask in hexadecimal. */
function maskOf(prefix: number, parts: number, bits: number): readonly string[] {
  return Array.from({ length: parts }, (_, at) => {
    const ones = Math.min(Math.max(prefix - at * bits, 0), bits)
    return (2 ** bits - 2 ** (bits - ones)).toString(16)
  })
}

/** As an address of IPv6 is told: small letters, the longest run of zeros left out. */
function shortIPv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
