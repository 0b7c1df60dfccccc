import { stripVTControlCharacters, styleText } from 'node:util'

/** How text is coloured; the identity where nothing should be. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string

/** Colours for a person's terminal, none for a file, a pipe, or who asked for none (https://no-color.org). */
export function painter(stream: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Paint {
  const isColourful = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return isColourful ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text
}

/** Text of a tool, a guest or a file, without what a terminal would obey: escape sequences, control characters but tabs and line ends. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, '')
}
