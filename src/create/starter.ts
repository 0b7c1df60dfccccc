import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { CONFIG_TYPES } from '../generate/render/editor-files.ts'
import type { ProjectFile } from '../generate/render/project-file.ts'
import type { Lab } from '../lab.ts'
import { packageRoot } from '../package-root.ts'
import type { Language } from '../words/languages.ts'
import { readme } from './readme.ts'

/** Commands that are worth a script: those without arguments. */
export const SCRIPTS = ['up', 'verify', 'status', 'plan', 'generate', 'halt', 'destroy', 'doctor'] as const

function packageJson(name: string): string {
  const content = {
    name,
    private: true,
    type: 'module',
    scripts: Object.fromEntries(SCRIPTS.map((script) => [script, `pg-lab ${script}`])),
    devDependencies: { [manifest.name]: `^${manifest.version}` },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** For the editor: the types of the installed package, and those beside the config as long as there is none. */
function tsconfig(source: string): string {
  const content = {
    compilerOptions: {
      module: 'nodenext',
      strict: true,
      noEmit: true,
      types: [],
      paths: { [manifest.name]: [`./node_modules/${manifest.name}/dist/index.d.ts`, `./${CONFIG_TYPES}`] },
    },
    include: [source],
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** npm leaves a .gitignore out of a package, so it is shipped under another name. */
function gitignore(): Promise<string> {
  return readFile(join(packageRoot(), 'templates', '_gitignore'), 'utf8')
}

/**
 * The files of a lab that are the user's own from the first day on: written once, never again.
 * @param config name and text of the config
 * @param generated the lab's other files, of which the README speaks
 */
export async function starterFiles(
  lab: Lab,
  {
    config,
    language,
    generated,
  }: {
    readonly config: ProjectFile
    readonly language: Language
    readonly generated: readonly ProjectFile[]
  },
): Promise<ProjectFile[]> {
  return [
    { path: '.gitignore', content: await gitignore() },
    { path: 'package.json', content: packageJson(lab.name) },
    { path: 'README.md', content: await readme(lab, language, config.path, [...generated, config]) },
    ...(config.path.endsWith('.ts') ? [{ path: 'tsconfig.json', content: tsconfig(config.path) }] : []),
    config,
  ]
}
