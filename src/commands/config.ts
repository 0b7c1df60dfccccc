import { basename } from 'node:path'
import { EXIT } from '../errors.ts'
import type { Lab } from '../lab.ts'
import { toYaml } from '../yaml.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { openSession } from './shared/session.ts'

/** `create-pg-lab config`: the lab with every choice made that the config left open. */
export async function config(context: Context, { json }: { readonly json?: true }): Promise<number> {
  const { lab, config: loaded } = await openSession(context)
  const shown = readable(lab)
  const header = `# The lab of ${basename(loaded.file)}, every choice made`
  context.print(json ? enveloped('config', lab.name, { config: shown }) : toYaml(shown, header).trimEnd())
  return EXIT.ok
}

/** Of the operating system its name says all. */
function readable({ os, ...lab }: Lab): object {
  const { name, provider, ...rest } = lab
  return { name, provider, os: os.name, ...rest }
}
