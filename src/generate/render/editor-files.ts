import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.ts'
import { COPIED_HEADER } from './header.ts'
import type { ProjectFile } from './project-file.ts'

/** Types of a config in TypeScript. They count until the package itself is installed: see `tsconfig.json` of a new lab. */
export const CONFIG_TYPES = 'types/create-pg-lab.d.ts'

/** JSON Schema of a config in YAML or JSON. */
export const CONFIG_SCHEMA = 'types/cluster.config.schema.json'

function shipped(name: string): Promise<string> {
  return readFile(join(packageRoot(), 'dist', name), 'utf8')
}

/**
 * What an editor completes and checks the config by, before and without `npm install`.
 * @param source the config's file name, whose ending says what helps
 */
export async function editorFiles(source: string): Promise<ProjectFile[]> {
  if (!/\.(ya?ml|json)$/.test(source)) {
    return [{ path: CONFIG_TYPES, content: `// ${COPIED_HEADER}\n${await shipped('index.d.ts')}` }]
  }
  // JSON has no other place for a word about the file itself.
  const schema = { $comment: COPIED_HEADER, ...JSON.parse(await shipped('cluster.config.schema.json')) }
  return [{ path: CONFIG_SCHEMA, content: `${JSON.stringify(schema)}\n` }]
}
