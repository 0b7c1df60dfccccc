import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { CONFIG_TYPES } from '../generate/render/editor-files.ts'
import type { ProjectFile } from '../generate/render/project-file.ts'
import type { Lab } from '../lab.ts'
import { packageRoot } from '../package-root.ts'
import type { Language } from '../words/languages.ts'
import { agents, readme } from './readme.ts'

/** Commands that are worth a script: those without arguments. */
export const SCRIPTS = [
  'up',
  'verify',
  'status',
  'plan',
  'report',
  'drill',
  'generate',
  'halt',
  'destroy',
  'doctor',
] as const

/** What a registry has is asked for again; what came from a file needs nothing that npm has not got yet. */
export function installCommand(file: string | undefined): string {
  return file === undefined ? 'npm install' : 'npm install --prefer-offline'
}

/** @param file what create-pg-lab came from where no registry has given it, seen from the lab */
function packageJson(name: string, file: string | undefined): string {
  const content = {
    name,
    private: true,
    type: 'module',
    scripts: Object.fromEntries(SCRIPTS.map((script) => [script, `pg-lab ${script}`])),
    devDependencies: { [manifest.name]: file === undefined ? `^${manifest.version}` : `file:${file}` },
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
 * @param file the tarball or clone that create-pg-lab came from, seen from the lab; from a registry there is none
 */
export async function starterFiles(
  lab: Lab,
  {
    config,
    language,
    generated,
    file,
  }: {
    readonly config: ProjectFile
    readonly language: Language
    readonly generated: readonly ProjectFile[]
    readonly file: string | undefined
  },
): Promise<ProjectFile[]> {
  return [
    { path: '.gitignore', content: await gitignore() },
    { path: 'package.json', content: packageJson(lab.name, file) },
    {
      path: 'README.md',
      content: await readme(lab, {
        language,
        configFile: config.path,
        files: [...generated, config],
        install: installCommand(file),
        isFetched: file === undefined,
      }),
    },
    { path: 'AGENTS.md', content: await agents(lab, config.path) },
    ...(config.path.endsWith('.ts') ? [{ path: 'tsconfig.json', content: tsconfig(config.path) }] : []),
    config,
  ]
}
