import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NODE_IMAGE_SCRIPT, nodeImageSettings } from '../../src/generate/node-image.ts'
import { packageRoot } from '../../src/package-root.ts'
import { testLab } from '../support/lab.ts'

describe('nodeImageSettings', () => {
  it('tells the script what the config says', () => {
    const lab = testLab({
      mirrors: {
        packages: 'http://mirror.example/debian',
        vagrant: undefined,
        docker: 'hub.example/library/',
      },
      proxy: { http: 'http://proxy.example:3128', https: undefined, noProxy: 'localhost' },
    })
    expect(nodeImageSettings(lab, 'Header')).toMatchInlineSnapshot(`
      "# Header
      OS_NAME='debian-12'
      BASE_IMAGE='hub.example/library/debian:12'
      SUITE='bookworm'
      PACKAGE_MIRROR='http://mirror.example/debian'
      PROXY_HTTP='http://proxy.example:3128'
      PROXY_HTTPS=''
      PROXY_NONE='localhost'
      "
    `)
  })

  it('reaches a shell as it is', () => {
    const trap = `it's $(id) \`id\` "$HOME" \\`
    const lab = testLab({ mirrors: { packages: trap, vagrant: undefined, docker: undefined } })
    const folder = mkdtempSync(join(tmpdir(), 'pg-lab-env-'))
    const file = join(folder, 'node-image.env')
    writeFileSync(file, nodeImageSettings(lab, 'Header'))
    const script = '. "$0"; printf %s "$PACKAGE_MIRROR"'
    expect(execFileSync('sh', ['-c', script, file], { encoding: 'utf8' })).toBe(trap)
    rmSync(folder, { recursive: true })
  })
})

describe.each([NODE_IMAGE_SCRIPT, 'provisioning/node-image/start.sh'])('%s', (path) => {
  const script = join(packageRoot(), path)

  it('is clean for shellcheck and runs in a POSIX shell', () => {
    expect(readFileSync(script, 'utf8')).toMatch(/^#!\/bin\/sh\n/)
    execFileSync('shellcheck', [script])
    execFileSync('sh', ['-n', script])
  })
})
