import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.ts'

/**
 * Renders one of our EJS templates.
 * @param path relative to the package
 * @param view what the template calls `view`
 * @param write writes a value for the language of the template, wherever it says `<%= %>`
 */
export async function renderTemplate(
  path: string,
  view: object,
  write: (value: unknown) => string,
): Promise<string> {
  const { default: ejs } = await import('ejs')
  const file = join(packageRoot(), path)
  const template = await readFile(file, 'utf8')
  return ejs.compile(template, { strict: true, localsName: 'view', escape: write, filename: file })(view)
}
