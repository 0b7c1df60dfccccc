import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BOX_SCRIPT, findBox, machinesIn } from '../../doctor/index.ts'
import { nodesOf } from '../../lab.ts'
import { makeBox } from '../../operations/make-box.ts'
import { packageRoot } from '../../package-root.ts'
import type { Task } from '../../tasks/index.ts'
import { vagrantHome } from '../../tools/vagrant/boxes.ts'
import type { Session } from '../shared/session.ts'

/** Makes the box of the machines here, where it is neither here nor to be had. Labs without such a box have no step. */
export function getBox({ context, directory, host, lab, logs }: Session): readonly Task[] {
  const { box, ownBox, os, provider } = lab
  if (!box || ownBox === undefined) return []
  const made = machinesIn(directory).map(({ name }) => name)
  const run: Task['run'] = async ({ note }) => {
    if (nodesOf(lab).every(({ name }) => made.includes(name))) return 'the machines have it'
    const source = await findBox(host, { ...lab, box })
    if (source.from === 'here') return `${source.box.name} ${source.box.version} is here`
    if (source.from !== 'packages') return `Vagrant fetches ${box.name}`
    const script = boxScript(directory)
    const order = { os, provider, ways: lab, script, home: vagrantHome(), logFile: logs.file('box') }
    const { name, version } = await makeBox(context.run, order, note)
    return `${name} ${version} was made`
  }
  return [{ title: 'Get the box', run }]
}

/** The lab's own, which may have been edited; ours where there is none yet. */
export function boxScript(directory: string): string {
  const own = join(directory, BOX_SCRIPT)
  return existsSync(own) ? own : join(packageRoot(), BOX_SCRIPT)
}
