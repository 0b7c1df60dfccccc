import type { Provider } from './provider.ts'

/** Servers that are there: nothing is made, started or deleted, and there is no Vagrantfile. */
export const ssh: Provider = {
  name: 'ssh',
  title: 'existing servers',
  requires: [],
  can: {
    makeMachines: false,
    buildImages: false,
    buildBoxes: false,
    resizeInPlace: false,
    outage: 'nobody',
    snapshot: 'nobody',
    beReached: { 'host-only': 'everywhere', internal: 'everywhere' },
  },
  settings: [],
  network: { 'host-only': [], internal: [] },
}
