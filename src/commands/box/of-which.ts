import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OS_NAMES, type OsName, type ProviderName, VAGRANT_PROVIDERS } from '../../catalog/names.ts'
import { OPERATING_SYSTEMS, type Os } from '../../catalog/os.ts'
import { can } from '../../catalog/providers/index.ts'
import { chooseFrom } from '../../config/closest.ts'
import { createHost, type Host } from '../../doctor/index.ts'
import { UserError } from '../../errors.ts'
import type { Lab } from '../../lab.ts'
import { isPlain, type TaskOptions } from '../../tasks/index.ts'
import type { Context } from '../shared/context.ts'
import { hasConfig, openSession } from '../shared/session.ts'

/** Which box a command is about, and what it takes to get it. */
export interface WhichBox {
  readonly os: Os
  readonly provider: ProviderName
  /** Of the folder; `undefined` where it has none. */
  readonly lab: Lab | undefined
  readonly directory: string
  readonly host: Host
  readonly logFile: string
  readonly taskOptions: TaskOptions
}

/** Providers whose boxes can be made here. */
const BUILT = VAGRANT_PROVIDERS.filter((provider) => can({ provider }).buildBoxes)

/**
 * That of the lab in this folder, as far as no word says otherwise; without a lab the words have to say it.
 * @throws UserError for a system or provider there are no boxes of
 */
export async function whichBox(
  context: Context,
  { provider }: { readonly provider?: ProviderName },
  system: string | undefined,
): Promise<WhichBox> {
  const os = system === undefined ? undefined : systemNamed(system)
  const place = await placeOf(context)
  const { lab } = place
  const chosen =
    provider ?? (lab && can(lab).makeMachines && !can(lab).buildImages ? lab.provider : undefined)
  if (chosen === undefined) {
    throw new UserError('Say for which provider the box is to be', {
      hint: `one of: ${BUILT.map((name) => `--provider ${name}`).join(', ')}`,
    })
  }
  const wanted = os ?? lab?.os
  if (wanted === undefined) {
    throw new UserError('There is no lab in this folder, so say of which system the box is to be', {
      hint: 'e.g. npx create-pg-lab box build debian-13 --provider libvirt',
    })
  }
  return { ...place, os: wanted, provider: chosen }
}

function systemNamed(name: string): Os {
  const os = OS_NAMES.find((one) => one === name)
  if (os) return OPERATING_SYSTEMS[os satisfies OsName]
  throw new UserError(`There is no system ${name}`, { hint: chooseFrom(name, OS_NAMES) })
}

async function placeOf(context: Context): Promise<Omit<WhichBox, 'os' | 'provider'>> {
  if (await hasConfig(context)) {
    const { lab, directory, host, logs, taskOptions } = await openSession(context)
    return { lab, directory, host, logFile: logs.file('box'), taskOptions }
  }
  const taskOptions = { plain: isPlain(context.env, context.stdout), out: context.stdout }
  const logFile = join(mkdtempSync(join(tmpdir(), 'pg-lab-box-')), 'box.log')
  const host = createHost(context.run)
  return { lab: undefined, directory: context.directory, host, logFile, taskOptions }
}
