/** A phrase of a check, a server or a drill, with `{}` for what differs, and the same in another language. */
export type Phrase = readonly [english: string, other: string]

/** Where a text of several sentences, or a list, can be taken apart. */
const SEAMS: readonly (readonly [between: RegExp, joint: string])[] = [
  [/(?<=[.?!]) (?=\p{Lu})/u, ' '],
  [/; /, '; '],
  [/, /, ', '],
  [/: /, ': '],
]

/**
 * Makes a function that says known phrases in another language: whole ones, then sentence by sentence, then piece by
 * piece. What it does not know, such as a value or a command, it leaves as it is.
 * @param phrases those without `{}` go first, then in this order
 * @param leaf for what is left: a value
 */
export function phraseBook(
  phrases: readonly Phrase[],
  leaf: (text: string) => string,
): (text: string) => string {
  const whole = new Map(phrases)
  const known = phrases
    .filter(([english]) => english.includes('{}'))
    .map(([english, other]) => ({ pattern: patternOf(english), other }))
  const say = (text: string): string => {
    const exact = whole.get(text)
    if (exact !== undefined) return exact
    for (const { pattern, other } of known) {
      const values = pattern.exec(text)?.slice(1)
      if (values) return fill(other, values.map(say))
    }
    for (const [between, joint] of SEAMS) {
      const parts = text.split(between)
      if (parts.length > 1) return parts.map(say).join(joint)
    }
    return leaf(text)
  }
  return say
}

function patternOf(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('([^]+?)')}$`)
}

/** `{}` takes the next value, `{1}` the first. */
function fill(other: string, values: readonly string[]): string {
  let next = 0
  return other.replace(/\{(\d*)\}/g, (_, number: string) => {
    const at = number === '' ? next++ : Number(number) - 1
    return values[at] ?? ''
  })
}
