import type { ProviderName } from '../../catalog/names.ts'
import { can } from '../../catalog/providers/index.ts'
import { EXIT, UserError } from '../../errors.ts'
import { makeBox } from '../../operations/make-box.ts'
import { runTasks, valueTask } from '../../tasks/index.ts'
import { vagrantHome } from '../../tools/vagrant/boxes.ts'
import type { Context } from '../shared/context.ts'
import { boxScript } from '../steps/get-box.ts'
import { type WhichBox, whichBox } from './of-which.ts'

/** `create-pg-lab box build [os]`: a box from the distribution's own packages, in Vagrant's store. */
export async function buildBox(
  context: Context,
  options: { readonly provider?: ProviderName },
  system: string | undefined,
): Promise<number> {
  const which = await whichBox(context, options, system)
  const { os, provider, lab, directory, logFile, taskOptions } = which
  const script = boxScript(directory)
  await verifyCanBuild(which, script)
  const order = { os, provider, ways: lab, script, home: vagrantHome(context.env), logFile }
  const task = valueTask(`Make a box of ${os.title} for ${provider}`, async ({ note }) => {
    const value = await makeBox(context.run, order, note)
    return { value, said: `${value.name} ${value.version}` }
  })
  await runTasks([task], taskOptions)
  return EXIT.ok
}

/** @throws UserError that says what is missing, before anything is fetched */
async function verifyCanBuild({ os, provider, host }: WhichBox, script: string): Promise<void> {
  if (!can({ provider }).buildBoxes || os.family !== 'Debian') {
    const what = os.family === 'Debian' ? `for ${provider}` : `of ${os.title}`
    throw new UserError(`A box ${what} cannot be made here`, {
      hint: 'boxes are made of Debian and Ubuntu, for libvirt and virtualbox; others can be kept while the registry is there: npx create-pg-lab box keep',
    })
  }
  const answer = await host.ask('sh', [script, '--check', os.name, os.release])
  if (answer?.exitCode === 0) return
  const why = answer?.stderr.trim() || 'no shell can be started'
  const hints: Record<number, string> = {
    1: 'on Debian and Ubuntu: sudo apt-get install --no-install-recommends mmdebstrap uidmap qemu-utils fdisk e2fsprogs debian-archive-keyring',
    2: 'as root: sudo npx create-pg-lab box build, or let the administrator give you subordinate ids: man subuid',
  }
  throw new UserError(`A box of ${os.title} cannot be made on this computer: ${why}`, {
    hint:
      hints[answer?.exitCode ?? 3] ??
      'make it on a computer with Debian or Ubuntu and bring it here: npx create-pg-lab box export',
  })
}
