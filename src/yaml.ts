import {
  Document,
  isMap,
  isNode,
  isScalar,
  parse,
  parseAllDocuments,
  parseDocument,
  type Scalar,
  type ScalarTag,
  visit,
} from 'yaml'

/** Words YAML 1.1 reads as booleans or null, in any case, `y` and `n` included. */
const WORDS = /^(?:y|n|yes|no|true|false|on|off|null)$/i
/** Text that no reader of YAML takes for anything but text, so that it needs no quotes. */
const PLAIN = /^[A-Za-z_/](?:[A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+-])?$/
const JINJA = /\{\{|\{%|\{#/
/** JSON leaves these as they are; PyYAML breaks the line at some and refuses the others. */
const NEEDS_ESCAPE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** @throws Error for a lone surrogate: no YAML reader takes it */
function quoteText(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new Error(`Not valid Unicode: ${JSON.stringify(text)}`)
  return JSON.stringify(text).replace(
    NEEDS_ESCAPE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * A number as both PyYAML and YAML 1.1 read it: a float needs its dot and a signed exponent (`1.0e+21`);
 * PyYAML takes `1e+21` for a string.
 */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} has no place in generated YAML`)
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text
}

/** For writing only: `test` matches nothing, yet a tag without one would come after the library's own. */
const writeOnly = { resolve: (text: string) => text, test: /(?!)/ }

const text: ScalarTag = {
  ...writeOnly,
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  stringify: ({ value }) => {
    const given = String(value)
    return PLAIN.test(given) && !WORDS.test(given) ? given : quoteText(given)
  },
}

const number: ScalarTag = {
  ...writeOnly,
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number',
  stringify: ({ value }) => formatNumber(Number(value)),
}

/** Ansible's tag for text that it must never evaluate as Jinja. */
const unsafe: ScalarTag = { ...writeOnly, tag: '!unsafe', stringify: ({ value }) => quoteText(String(value)) }

function isTemplate(scalar: Scalar): boolean {
  return typeof scalar.value === 'string' && JINJA.test(scalar.value)
}

/**
 * Writes data as Ansible reads it: YAML 1.1, keys in the order given, no folded lines, and every string that could
 * be taken for something else in double quotes. A string with Jinja marks is tagged `!unsafe`, so that it arrives
 * as it is (keys are never evaluated).
 * @param value plain data: objects, arrays, strings, finite numbers, booleans, null; members that are `undefined` are left out
 * @param header a comment for the first line, with its `#`
 */
export function toYaml(value: unknown, header?: string): string {
  const document = new Document(value, {
    version: '1.1',
    aliasDuplicateObjects: false,
    customTags: (tags) => [text, number, unsafe, ...tags],
  })
  visit(document, {
    Scalar: (key, scalar) => {
      if (key !== 'key' && isScalar(scalar) && isTemplate(scalar)) scalar.tag = unsafe.tag
    },
  })
  const body = document.toString({ lineWidth: 0, directives: false })
  return `${header ? `${header}\n` : ''}---\n${body}`
}

/** Reads a YAML file of ours. */
export function fromYaml(text: string): unknown {
  return parse(text)
}

/**
 * Reads YAML that a person wrote.
 * @returns its value, `undefined` where it says nothing; or the first that is wrong with it, and where
 */
export function readYaml(
  text: string,
): { readonly value: unknown } | { readonly error: Error; readonly offset: number } {
  const document = parseDocument(text, { prettyErrors: false, merge: true })
  const [error] = document.errors
  if (error) return { error, offset: error.pos[0] }
  return { value: document.contents === null ? undefined : document.toJS() }
}

/**
 * Reads YAML of a stranger: all documents of a file. Tags are not acted on; a few lines of aliases that stand for more than
 * a computer holds, and lists deeper than it can follow, are an error like any other.
 * @returns their values; or the first that is wrong, and where
 */
export function readYamlDocuments(
  text: string,
): { readonly values: readonly unknown[] } | { readonly error: Error; readonly offset: number } {
  try {
    const documents = parseAllDocuments(text, { prettyErrors: false, merge: true, logLevel: 'error' })
    if (!Array.isArray(documents)) return { values: [] }
    const [error] = documents.flatMap(({ errors }) => errors)
    if (error) return { error, offset: error.pos[0] }
    return { values: documents.map((document) => document.toJS()) }
  } catch (error) {
    return { error: error as Error, offset: 0 }
  }
}

/**
 * Where the value of a path begins, or its key; of a path that is not there, where the last of it that is there does.
 * @returns `undefined` where nothing of the path is there
 */
export function offsetInYaml(
  text: string,
  keys: readonly (string | number)[],
  onKey: boolean,
): number | undefined {
  const document = parseDocument(text)
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const parent = document.getIn(keys.slice(0, depth - 1), true)
    const name = keys[depth - 1]
    const pair = isMap(parent) && parent.items.find(({ key }) => isScalar(key) && key.value === name)
    const value = document.getIn(keys.slice(0, depth), true)
    const node = pair && (onKey || !isNode(value)) ? pair.key : value
    if (isNode(node) && node.range) return node.range[0]
  }
  return undefined
}
