import type { Provider } from './provider.ts'

/** Servers that are there: nothing is made, started or deleted, and there is no Vagrantfile. */
export const ssh: Provider = {
  name: 'ssh',
  title: 'existing servers',
  requires: [],
  parallel: true,
  usesBox: false,
  settings: [],
  network: { 'host-only': [], internal: [] },
}
