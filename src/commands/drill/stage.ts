import type { Cast, Drill, Stage } from '../../drills/drill.ts'
import { DRILLS } from '../../drills/index.ts'
import { type DrillState, isRunning, readState } from '../../drills/state.ts'
import { UserError } from '../../errors.ts'
import { nodesOf, type PostgresNode, postgresNodes } from '../../lab.ts'
import { createVagrant } from '../../tools/vagrant.ts'
import type { Session } from '../session.ts'

/** The stage of a drill whose cast is chosen. */
export function stageOf({ context, directory, lab, guest, logs }: Session, cast: Cast): Stage {
  const logFile = logs.file('drill')
  const primary = postgresNodes(lab).find(({ name }) => name === cast.primary)
  const victim = nodesOf(lab).find(({ name }) => name === cast.victim)
  if (!primary || !victim) {
    throw new UserError(`The config has no ${primary ? cast.victim : cast.primary} any more`, {
      hint: 'the drill was about it: put it back into the config, or begin anew with npx pg-lab destroy',
    })
  }
  const vagrant = createVagrant({ directory, run: context.run, logFile: logs.file('vagrant') })
  return { lab, guest, run: context.run, directory, logFile, vagrant, cast, primary, victim }
}

/** The drill that has not ended, with what is known of it. */
export interface Unfinished {
  readonly state: DrillState
  readonly drill: Drill
}

/** @returns `undefined` where no drill is unfinished; a drill that is running now is not */
export function unfinished({ directory }: Pick<Session, 'directory'>): Unfinished | undefined {
  const state = readState(directory)
  if (!state || isRunning(state)) return undefined
  const drill = DRILLS.find(({ id }) => id === state.drill)
  if (!drill) throw new Error(`${state.drill} is no drill of this version`)
  return { state, drill }
}

/** @throws UserError when a drill is going on at this moment, in another process */
export function verifyNobodyDrills({ directory }: Pick<Session, 'directory'>): void {
  const state = readState(directory)
  if (!state || !isRunning(state)) return
  throw new UserError(`The drill ${state.drill} is running, in process ${state.pid}`, {
    hint: 'wait for its end, or stop it with Ctrl-C there; then: npx pg-lab drill repair',
  })
}

/** Names of the servers, for texts. */
export function serverNames(nodes: readonly PostgresNode[]): string {
  return nodes.map(({ name }) => name).join(', ')
}
