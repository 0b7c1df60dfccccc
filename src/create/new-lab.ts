import { problemsOf } from '../config/problems.ts'
import { type ClusterConfig, parseConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { projectFiles } from '../generate/render/project.ts'
import type { ProjectFile } from '../generate/render/project-file.ts'
import type { Lab } from '../lab.ts'
import { type HostFacts, resolveLab } from '../resolve/resolve-lab.ts'
import type { Answers, ConfigFormat } from './answers.ts'
import { configFile, configFileName } from './config-file.ts'
import { asFlagError, configOf } from './new-config.ts'
import { starterFiles } from './starter.ts'

/** A lab that is about to be written. */
export interface NewLab {
  readonly lab: Lab
  /** The user's own from the first day on. */
  readonly starter: readonly ProjectFile[]
  /** Made from the config, now and whenever it changes. */
  readonly generated: readonly ProjectFile[]
}

/** @throws UserError naming the flags that do not fit together */
function labOf(config: ClusterConfig, host: HostFacts): Lab {
  const parsed = parseConfig(config)
  if ('issues' in parsed) throw asFlagError(problemsOf(config, parsed.issues))
  try {
    return resolveLab(parsed.config, host)
  } catch (error) {
    throw error instanceof UserError ? asFlagError(error.problems) : error
  }
}

/** Whether a lab can be made of these answers. */
export function makesLab(answers: Answers, host: HostFacts): boolean {
  try {
    return Boolean(labOf(configOf(answers), host))
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

/**
 * Every file of a new lab.
 * @param subnet its network
 * @param file the tarball or clone that create-pg-lab came from, seen from the lab; from a registry there is none
 * @param host what `auto` stands for; its memory is not held against the lab here, `up` does that
 * @throws UserError naming the flags that do not fit together
 */
export async function newLab(
  answers: Answers,
  format: ConfigFormat,
  { host, subnet, file }: { readonly host: HostFacts; readonly subnet: string; readonly file?: string },
): Promise<NewLab> {
  const config = configOf(answers, subnet)
  const lab = labOf(config, host)
  const path = configFileName(format)
  const generated = await projectFiles(lab, { roles: 'copy', source: path })
  return {
    lab,
    starter: await starterFiles(lab, {
      config: { path, content: configFile(config, answers, format, lab) },
      language: answers.language,
      generated,
      file,
    }),
    generated,
  }
}
