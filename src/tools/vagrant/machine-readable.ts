import { printable } from '../../paint.ts'

/** One line of `vagrant --machine-readable`: https://developer.hashicorp.com/vagrant/docs/cli/machine-readable */
export interface VagrantLine {
  /** `''` when it speaks of the whole lab. */
  readonly machine: string
  /** `ui`, `action`, `state`, `error-exit`, … */
  readonly type: string
  readonly data: readonly string[]
}

/** @returns `undefined` for anything else: warnings of Ruby and plugins come in between */
export function parseVagrantLine(line: string): VagrantLine | undefined {
  const [time = '', machine = '', type = '', ...data] = line.split(',')
  if (!/^\d+$/.test(time) || type === '') return undefined
  return { machine, type, data: data.map(unescapeField) }
}

function unescapeField(field: string): string {
  return field.replaceAll('%!(VAGRANT_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r')
}

/** `==> master:   Image: debian` → `Image: debian`, line by line, fit to be shown. */
export function plainText(text: string, machine: string): readonly string[] {
  const prefix = `${machine}: `
  return text
    .split('\n')
    .map((line) => printable(line).replace(/^(==>| {3}) /, ''))
    .map((line) => (machine !== '' && line.startsWith(prefix) ? line.slice(prefix.length) : line).trim())
    .filter((line) => line !== '')
}
