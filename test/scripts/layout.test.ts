import { readdirSync, readFileSync } from 'node:fs'
import { print } from 'sh-syntax'
import { expect, test } from 'vitest'

const FILES = ['src/scripts', 'provisioning'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sh'))
    .map((name) => `${folder}/${name}`),
)

test.each(FILES)('%s is laid out as shfmt does', async (filepath) => {
  const text = readFileSync(filepath, 'utf8')
  const layout = { indent: 2, switchCaseIndent: true, binaryNextLine: false, spaceRedirects: false }
  expect(text).toBe(await print(text, { filepath, ...layout }))
})
