/**
 * `npm run test:virtualbox`: the lab on the real VirtualBox, up to the boot, for which it would need its kernel module.
 * Installs what that needs; root. The last line counts: `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

const TOOLS = {
  vagrant: 'vagrant',
  mmdebstrap: 'mmdebstrap',
  'qemu-img': 'qemu-utils',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
}

const results = mkdtempSync(join(tmpdir(), 'pg-lab-virtualbox-'))
const counts = [installTools(TOOLS), vitest('virtualbox', { results })]
rmSync(results, { recursive: true })
conclude(counts)
