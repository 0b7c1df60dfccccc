import type { Keys } from './path.ts'

/** An object or list literal in a source text, or a value inside one. */
interface Literal {
  /** Index of its first character; of the key, while there is no value. */
  offset: number
  keyOffset: number
  readonly members: Map<string, Literal>
}

interface Frame {
  readonly bracket: string
  readonly literal: Literal
  /** Position in a list. */
  index: number
  /** A key or an element begins here. */
  fresh: boolean
  /** The member whose value begins here. */
  open: Literal | undefined
}

const SKIPPED = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/y
const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/y
const KEY = /(?:(['"])((?:(?!\1)[^\\\n])*)\1|([A-Za-z_$][\w$]*))\s*(?=[:,}])/y
const WORD = /[\w$]+/y

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function member(parent: Literal, key: string, offset: number): Literal {
  const literal = { offset, keyOffset: offset, members: new Map() }
  if (!parent.members.has(key)) parent.members.set(key, literal)
  return literal
}

/** Opens `{`, `[` or `(`: as the value of a key, as an element, or as a literal of its own. */
function opened(bracket: string, offset: number, frame: Frame | undefined, roots: Literal[]): Frame {
  let literal = frame?.open
  if (literal && bracket !== '(') literal.offset = offset
  else {
    literal = { offset, keyOffset: offset, members: new Map() }
    if (bracket !== '(') roots.push(literal)
  }
  if (frame) frame.open = undefined
  return { bracket, literal, index: 0, fresh: true, open: undefined }
}

/**
 * Finds the object literals of a TypeScript or JavaScript text by their brackets, without understanding it:
 * enough to point at a setting, never used to read one.
 */
function scan(text: string): Literal[] {
  const roots: Literal[] = []
  const frames: Frame[] = []
  let at = 0
  while (at < text.length) {
    const skipped = match(SKIPPED, text, at)
    if (skipped) {
      at += skipped[0].length
      continue
    }
    const frame = frames.at(-1)
    if (frame?.bracket === '[' && frame.fresh && text[at] !== ']') {
      frame.open = member(frame.literal, String(frame.index), at)
      frame.fresh = false
    }
    const key = frame?.bracket === '{' && frame.fresh ? match(KEY, text, at) : null
    if (frame && key) {
      frame.open = member(frame.literal, key[2] ?? key[3] ?? '', at)
      frame.fresh = false
      at += key[0].length
      continue
    }
    at = step(text, at, frames, roots)
  }
  return roots
}

/** Takes one token. @returns the index after it */
function step(text: string, at: number, frames: Frame[], roots: Literal[]): number {
  const frame = frames.at(-1)
  const sign = text[at] ?? ''
  if ('{[('.includes(sign)) frames.push(opened(sign, at, frame, roots))
  else if ('}])'.includes(sign)) frames.pop()
  else if (frame && sign === ',') {
    frame.index += 1
    frame.fresh = true
    frame.open = undefined
  } else if (frame?.open && sign === ':') {
    frame.open.offset = at + 1 + (match(SKIPPED, text, at + 1)?.[0].length ?? 0)
  } else if (frame) {
    // A value that begins with anything but a bracket: a bracket further on is not the member's own.
    frame.open = undefined
    frame.fresh = false
  }
  return at + (match(STRING, text, at)?.[0].length ?? match(WORD, text, at)?.[0].length ?? 1)
}

function follow(root: Literal, keys: Keys): { literal: Literal; depth: number } {
  let literal = root
  for (const [depth, key] of keys.entries()) {
    const inner = literal.members.get(String(key))
    if (!inner) return { literal, depth }
    literal = inner
  }
  return { literal, depth: keys.length }
}

/**
 * Where a setting stands in a TypeScript or JavaScript text: its value, else the nearest thing around it.
 * @param onKey point at the key instead
 * @returns an index, or `undefined` when not even its first key is there
 */
export function locateInSource(text: string, keys: Keys, onKey: boolean): number | undefined {
  const found = scan(text)
    .map((root) => follow(root, keys))
    .sort((a, b) => b.depth - a.depth)[0]
  if (!found?.depth) return undefined
  return onKey && found.depth === keys.length ? found.literal.keyOffset : found.literal.offset
}
