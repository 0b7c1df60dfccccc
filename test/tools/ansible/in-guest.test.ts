import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodesOf } from '../../../src/lab.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { GUEST_RUNNER, withAnsibleInGuest } from '../../../src/tools/ansible/in-guest.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import type { Runner } from '../../../src/tools/runner.ts'
import { testLab } from '../../support/lab.ts'
import { commandError, folderWith, scriptedTools } from '../helpers.ts'

const nodes = nodesOf(testLab())

/** The machine over there, with its own root folder. */
const SSH = `#!/bin/sh
host=$3
shift 4
echo "$host" >> "$THERE/asked"
exec sh -c "$(printf '%s' "$*" | sed "s#/root/pg-lab#$THERE/lab#g")"
`
const SUDO = '#!/bin/sh\nshift 3\nexec "$@"\n'

/** An Ansible that shows what it was given, and makes a password. */
const PLAYBOOK = `#!/bin/sh
cp -r "$THERE/lab" "$THERE/seen"
mkdir -p .pg-lab/secrets && echo s3cret > .pg-lab/secrets/student
echo "PLAY [$*] in $PWD, $ANSIBLE_CALLBACK_PLUGINS"
echo '{"event": "x"}' >&3
exit "\${FAILS:-0}"
`

/** A lab that was started here, and a machine for it over there. */
function place(env: Record<string, string> = {}) {
  const directory = folderWith()
  const there = folderWith()
  const file = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  for (const name of ['carry.py', 'play.sh']) {
    const text = readFileSync(join(packageRoot(), GUEST_RUNNER, name), 'utf8')
    file(
      `${GUEST_RUNNER}/${name}`,
      text.replaceAll('/root/pg-lab', `${there}/lab`).replaceAll('/run/', `${there}/`),
    )
  }
  file('ansible.cfg', '[defaults]\n')
  file('provisioning/site.yml', '---\n')
  file('.pg-lab/secrets/replica', 'known\n')
  const hosts = nodes.map(({ name }) => {
    file(`${name}.key`, `key of ${name}`)
    const lines = [
      `HostKeyAlias ${name}-c0ffee`,
      'User vagrant',
      `IdentityFile "${join(directory, name)}.key"`,
      'User late',
    ]
    return [`Host ${name} 10.0.0.1`, ...lines.map((line) => `  ${line}`)].join('\n')
  })
  file('.pg-lab/ssh_config', hosts.join('\n\n'))
  const tools = {
    ...scriptedTools({ ssh: SSH, sudo: SUDO, 'ansible-playbook': PLAYBOOK }),
    THERE: there,
    ...env,
  }
  const here = createRunner()
  const run: Runner = (command) => here({ ...command, env: { ...command.env, ...tools } })
  return { directory, there, run }
}

function playbook({ directory, run }: ReturnType<typeof place>, isWanted = true) {
  const lines: string[] = []
  const runner = withAnsibleInGuest(run, { directory, nodes }, () => isWanted)
  const output = runner({
    file: 'ansible-playbook',
    args: ['-i', 'provisioning/inventory.yml', 'provisioning/site.yml'],
    cwd: directory,
    env: { ANSIBLE_CALLBACK_PLUGINS: join(directory, 'provisioning', 'support', 'callback_plugins') },
    onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    logFile: join(directory, 'log'),
  })
  return { output, lines }
}

describe('Ansible on a machine of the lab', () => {
  test('gets the lab and the keys, tells what it does, hands back what it made, and leaves nothing', async () => {
    const at = place()
    const { output, lines } = playbook(at)
    await output
    expect(new Set(readFileSync(join(at.there, 'asked'), 'utf8').trim().split('\n'))).toEqual(
      new Set(['backup']),
    )
    expect(lines).toEqual([
      `stdout: PLAY [-i provisioning/inventory.yml provisioning/site.yml] in ${at.there}/lab, ${at.there}/lab/provisioning/support/callback_plugins`,
      'events: {"event": "x"}',
    ])
    const seen = (path: string) => readFileSync(join(at.there, 'seen', path), 'utf8')
    expect(seen('keys/slave')).toBe('key of slave')
    expect(statSync(join(at.there, 'seen/keys/slave')).mode & 0o777).toBe(0o600)
    expect(seen('.pg-lab/secrets/replica')).toBe('known\n')
    const config = seen('.pg-lab/ssh_config')
    expect(config).toContain('Host slave 192.168.11.151\n  HostName 192.168.11.151\n  User vagrant\n')
    expect(config).toContain('  HostKeyAlias slave-c0ffee\n')

    const made = join(at.directory, '.pg-lab/secrets/student')
    expect(readFileSync(made, 'utf8')).toBe('s3cret\n')
    expect(statSync(made).mode & 0o777).toBe(0o600)
    expect(existsSync(join(at.there, 'lab'))).toBe(false)
    expect(readFileSync(join(at.directory, 'log'), 'utf8')).not.toMatch(/s3cret|key of|c2VjcmV0|a25vd24K/)
  })

  test('one that fails says so, and what it made comes back all the same', async () => {
    const at = place({ FAILS: '2' })
    expect((await commandError(playbook(at).output)).exitCode).toBe(2)
    expect(readFileSync(join(at.directory, '.pg-lab/secrets/student'), 'utf8')).toBe('s3cret\n')
    expect(existsSync(join(at.there, 'lab'))).toBe(false)
  })

  test('what it hands back goes nowhere else', async () => {
    const at = place()
    const carry = join(at.directory, GUEST_RUNNER, 'carry.py')
    writeFileSync(
      carry,
      readFileSync(carry, 'utf8').replace('files[os.path.relpath(file, HOME)]', 'files["../evil"]'),
    )
    expect((await commandError(playbook(at).output)).message).toBe(
      'The machine that ran Ansible hands back ../evil',
    )
    expect(readdirSync(dirname(at.directory))).not.toContain('evil')
  })

  test('is left alone where this computer does it itself', async () => {
    const at = place()
    mkdirSync(join(at.there, 'lab'))
    await playbook(at, false).output
    expect(existsSync(join(at.there, 'asked'))).toBe(false)
    expect(existsSync(join(at.there, 'seen'))).toBe(true)
  })
})
