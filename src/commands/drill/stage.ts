import type { Drill, Stage } from '../../drills/drill.ts'
import { DRILLS } from '../../drills/index.ts'
import type { Cast } from '../../drills/rehearsal/cast.ts'
import { type OpenDrill, readOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { UserError } from '../../errors.ts'
import { nodesOf, postgresNodes } from '../../lab.ts'
import { createVagrant } from '../../tools/vagrant/vagrant.ts'
import type { Session } from '../shared/session.ts'

/** The stage of a drill whose cast is chosen. */
export function stageOf({ context, directory, lab, guest, logs }: Session, cast: Cast): Stage {
  const logFile = logs.file('drill')
  const primary = postgresNodes(lab).find(({ name }) => name === cast.primary)
  const victim = nodesOf(lab).find(({ name }) => name === cast.victim)
  if (!primary || !victim) {
    throw new UserError(`The config has no ${primary ? cast.victim : cast.primary} any more`, {
      hint: 'the drill was about it: put it back into the config, or start over with npx create-pg-lab destroy',
    })
  }
  const vagrant = createVagrant({ directory, run: context.run, logFile: logs.file('vagrant') })
  return { lab, guest, run: context.run, directory, logFile, vagrant, cast, primary, victim }
}

/** The drill that has not ended, with what is known of it. */
export interface Unfinished {
  readonly state: OpenDrill
  readonly drill: Drill
}

/** Asked by who holds the lab's lock: then none is running. @returns `undefined` where none is unfinished */
export function unfinished({ directory }: Pick<Session, 'directory'>): Unfinished | undefined {
  const state = readOpenDrill(directory)
  if (!state) return undefined
  const drill = DRILLS.find(({ id }) => id === state.drill)
  if (!drill) throw new Error(`${state.drill} is no drill of this version`)
  return { state, drill }
}
