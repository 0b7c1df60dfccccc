import type { ProviderName } from '../catalog/names.ts'
import type { Lab } from '../lab.ts'
import type { Host } from './host.ts'
import type { ToolName } from './packages.ts'

/** What is examined: a provider, and the lab that is to run on it, where there is one. */
export interface Scope {
  readonly provider: ProviderName
  readonly lab: Lab | undefined
  /** The lab's folder. */
  readonly directory?: string
}

/** What `doctor --fix` and `up --install` can do about it. */
export type Fix = { readonly install: readonly ToolName[] } | { readonly start: 'docker' }

/** What a rule saw. */
export type Sighting =
  | {
      readonly ok: true
      /** In a few words: `2.3.4`. */
      readonly seen: string
      /** What is allowed but will bite. */
      readonly warning?: string
    }
  | {
      readonly ok: false
      readonly seen: string
      /** Why that is a problem, one sentence. */
      readonly cause: string
      /** What to type on this system. */
      readonly remedy: string
      /** Left out where only the user can do it. */
      readonly fix?: Fix
    }

/** One thing that a lab needs of this computer. To add one: write it in `rules/`, list it in `rules.ts`. */
export interface Rule {
  /** Its code: stands behind what is wrong, and names its page, `docs/doctor/<id>.md`. */
  readonly id: string
  /** As people say it: `Vagrant`. */
  readonly title: string
  /** The provider whose usability it decides; left out: every lab needs it. */
  readonly provider?: ProviderName
  applies(scope: Scope, host: Host): boolean
  /** Looks, changes nothing, never throws for a tool that is missing or odd. */
  look(host: Host, scope: Scope): Promise<Sighting>
}

/** A rule and what it saw. */
export interface Diagnosis {
  readonly rule: Rule
  readonly sighting: Sighting
}

/** The diagnoses that stop a lab. */
export function problemsIn(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return diagnoses.filter(({ sighting }) => !sighting.ok)
}
