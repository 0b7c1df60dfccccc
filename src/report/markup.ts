import { escapeHtml } from './escape.ts'

/** Markup that is already escaped. */
export interface Markup {
  readonly markup: string
}

type Value = string | number | Markup | readonly Markup[]

/** A template whose values are escaped, unless they are markup themselves. For HTML and SVG. */
export function tag(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map((text, at) => `${text}${at < values.length ? show(values[at] as Value) : ''}`)
  return { markup: parts.join('') }
}

export const NOTHING: Markup = { markup: '' }

function show(value: Value): string {
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('\n')
}
