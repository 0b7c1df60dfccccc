import type { ProjectFile } from '../../../src/generate/render/project-file.ts'

/** What a lab was generated as. */
export const OLD: ProjectFile[] = [
  { path: 'Vagrantfile', content: 'one\ntwo\nthree\nfour\nfive\n' },
  { path: 'provisioning/site.yml', content: 'a\nb\nc\n' },
  { path: 'provisioning/roles/old/tasks/main.yml', content: 'old\n' },
  { path: 'provisioning/build.sh', content: '#!/bin/sh\n', mode: 0o755 },
]

/** What it becomes: two files change, one is made, one goes. */
export const NEW: ProjectFile[] = [
  { path: 'Vagrantfile', content: 'one\ntwo\nthree\nfour\nFIVE\n' },
  { path: 'provisioning/site.yml', content: 'a\nb\nc\nd\n' },
  { path: 'provisioning/build.sh', content: '#!/bin/sh\n', mode: 0o755 },
  { path: 'provisioning/roles/new/tasks/main.yml', content: 'new\n' },
]
