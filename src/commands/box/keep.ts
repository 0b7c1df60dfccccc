import type { ProviderName } from '../../catalog/names.ts'
import { boxAddress } from '../../doctor/index.ts'
import { EXIT, UserError } from '../../errors.ts'
import { runTasks } from '../../tasks/index.ts'
import { isBox, storedBoxes, vagrantHome } from '../../tools/vagrant/boxes.ts'
import type { Context } from '../shared/context.ts'
import { whichBox } from './of-which.ts'

/** `create-pg-lab box keep [os]`: fetches the box of a lab while its registry is there, and keeps it. */
export async function keepBox(
  context: Context,
  options: { readonly provider?: ProviderName },
  system: string | undefined,
): Promise<number> {
  const { os, provider, lab, host, logFile, taskOptions } = await whichBox(context, options, system)
  const buildWords = `box build ${os.name} --provider ${provider}`
  const isOfLab = lab?.os.name === os.name && lab.provider === provider
  const known = (isOfLab && lab.box) || os.boxes[provider]
  if (!known) {
    throw new UserError(`Nobody has a box of ${os.title} for ${provider}`, {
      hint: `make one: npx create-pg-lab ${buildWords}`,
    })
  }
  const home = vagrantHome(context.env)
  const isHere = () => storedBoxes(home).find((one) => isBox(one, { ...known, provider }))
  const found = isHere()
  if (found) {
    context.print(`${found.name} ${found.version} is here.`)
    return EXIT.ok
  }
  const address = boxAddress(known, lab?.mirrors.vagrant)
  if (/^https?:/.test(address) && !(await host.reachesRegistry(address))) {
    throw new UserError(`${new URL(address).host} does not answer, or has no ${known.name}`, {
      hint: `make a box of the same system: npx create-pg-lab ${buildWords}`,
    })
  }
  const args = [
    ...['box', 'add', '--provider', provider],
    ...(known.url ? ['--name', known.name] : []),
    ...(known.version && !known.url ? ['--box-version', known.version] : []),
    known.url ?? known.name,
  ]
  const env = {
    VAGRANT_CWD: home,
    VAGRANT_CHECKPOINT_DISABLE: '1',
    ...(lab?.mirrors.vagrant ? { VAGRANT_SERVER_URL: lab.mirrors.vagrant } : {}),
  }
  const run = async () => {
    await context.run({ file: 'vagrant', args, logFile, env })
    return isHere()?.version
  }
  await runTasks([{ title: `Keep ${known.name}`, run }], taskOptions)
  return EXIT.ok
}
