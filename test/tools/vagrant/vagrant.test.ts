import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRunner } from '../../../src/tools/process/run.ts'
import { parseVagrantLine, plainText } from '../../../src/tools/vagrant/machine-readable.ts'
import { createVagrant, type VagrantEvent } from '../../../src/tools/vagrant/vagrant.ts'
import { commandError, folderWith, scriptedTools } from '../helpers.ts'

const RECORDED = join(import.meta.dirname, 'fixtures/vagrant-up.csv')

/** A vagrant that is this shell script. */
function vagrantThat(script: string) {
  const directory = folderWith()
  const vagrant = createVagrant({
    directory,
    run: createRunner(),
    logFile: join(directory, '.pg-lab/logs/vagrant.log'),
    env: scriptedTools({ vagrant: `#!/bin/sh\n${script}\n` }),
  })
  return { directory, vagrant }
}

/** A vagrant that prints these lines and fails. */
const failing = (...lines: string[]) => vagrantThat(`cat <<'END'\n${lines.join('\n')}\nEND\nexit 1`).vagrant

describe('machine-readable lines', () => {
  test('are taken apart', () => {
    expect(
      parseVagrantLine('1795364711,master,state-human-long,It runs%!(VAGRANT_COMMA) see\\n`logs`.'),
    ).toEqual({
      machine: 'master',
      type: 'state-human-long',
      data: ['It runs, see\n`logs`.'],
    })
    expect(parseVagrantLine('warning: already initialized constant')).toBeUndefined()
    expect(parseVagrantLine('')).toBeUndefined()
  })

  test('are told without Vagrant’s decoration', () => {
    expect(plainText('    db:  \n    db: Container created: 43fb', 'db')).toEqual(['Container created: 43fb'])
    expect(plainText("Bringing machine 'db' up", '')).toEqual(["Bringing machine 'db' up"])
    expect(plainText('==> db: \u001b[31mred\u001b[0m', 'db')).toEqual(['red'])
  })
})

describe('vagrant', () => {
  test('up boots without provisioning, and tells what it does', async () => {
    const { directory, vagrant } = vagrantThat(`echo "$@" > args; env > env; cat ${RECORDED}`)
    const events: VagrantEvent[] = []
    await vagrant.up({ provider: 'docker', onEvent: (event) => events.push(event) })
    expect(readFileSync(join(directory, 'args'), 'utf8')).toBe(
      'up --no-provision --machine-readable --provider docker\n',
    )
    expect(readFileSync(join(directory, 'env'), 'utf8')).toContain(`VAGRANT_CWD=${directory}\n`)
    expect(events.slice(0, 6)).toMatchInlineSnapshot(`
      [
        {
          "kind": "ui",
          "machine": "",
          "text": "Bringing machine 'procs-master' up with 'docker' provider...",
        },
        {
          "kind": "ui",
          "machine": "",
          "text": "Bringing machine 'procs-slave' up with 'docker' provider...",
        },
        {
          "kind": "action",
          "machine": "procs-slave",
          "text": "up start",
        },
        {
          "kind": "action",
          "machine": "procs-master",
          "text": "up start",
        },
        {
          "kind": "ui",
          "machine": "procs-slave",
          "text": "Creating and configuring docker networks...",
        },
        {
          "kind": "ui",
          "machine": "procs-master",
          "text": "Creating and configuring docker networks...",
        },
      ]
    `)
    expect(events.filter(({ kind }) => kind === 'action')).toHaveLength(4)
    expect(readFileSync(join(directory, '.pg-lab/logs/vagrant.log'), 'utf8')).toContain(
      readFileSync(RECORDED, 'utf8'),
    )
  })

  test('status gives each machine’s state and provider', async () => {
    const { vagrant } = vagrantThat(`cat <<'END'
1795364710,master,metadata,provider,docker
1795364711,master,provider-name,docker
1795364711,master,state,running
1795364711,slave,provider-name,docker
1795364711,slave,state,not_created
1795364711,,ui,info,Current machine states:
END`)
    expect(await vagrant.status()).toEqual([
      { name: 'master', state: 'running', provider: 'docker' },
      { name: 'slave', state: 'not_created', provider: 'docker' },
    ])
  })

  test('ssh-config is handed on without warnings before it', async () => {
    const { vagrant } = vagrantThat(
      "echo 'warning: old ruby'; printf 'Host master\\n  Port 2200\\n\\nHost slave\\n'",
    )
    expect(await vagrant.sshConfig()).toBe('Host master\n  Port 2200\n\nHost slave\n')
  })

  test('destroy takes the machines it is given', async () => {
    const { directory, vagrant } = vagrantThat('echo "$@" > args')
    await vagrant.destroy({ machines: ['slave2'] })
    expect(readFileSync(join(directory, 'args'), 'utf8')).toBe('destroy --force --machine-readable slave2\n')
  })
})

describe('a failure of vagrant', () => {
  test('is told in its first sentence, with a hint', async () => {
    const text =
      "Vagrant can't use the requested machine because it is locked! This\\nmeans that another Vagrant process is currently reading or modifying\\nthe machine."
    const error = await commandError(
      failing(`1,,ui,error,${text}`, `1,,error-exit,Vagrant::Errors::MachineLocked,${text}`).halt(),
    )
    expect(error.message).toBe("Vagrant can't use the requested machine because it is locked!")
    expect(error.hint).toContain('Another vagrant')
    expect(error.lastLines.join(' ')).toContain('means that another Vagrant process')
    expect(error.logFile).toContain('vagrant.log')
  })

  test('of machines that boot side by side names one', async () => {
    const of = (machine: string, error: string) =>
      `An error occurred while executing the action on the '${machine}'\\nmachine. Please handle this error then try again:\\n\\n${error}\\n\\n`
    const text = `An error occurred while executing multiple actions in parallel.\\nAny errors that occurred are shown below.\\n\\n${of('slave', 'Timed out while waiting for the machine to boot. This means that\\nVagrant was unable to communicate.')}${of('backup', 'Other.')}`
    const error = await commandError(
      failing(`1,,error-exit,Vagrant::Errors::BatchMultiError,${text}`).up({ provider: 'docker' }),
    )
    expect(error.message).toBe('slave: Timed out while waiting for the machine to boot.')
  })

  test('of docker gives docker’s own words', async () => {
    const text =
      "A Docker command executed by Vagrant didn't complete successfully!\\nThe command run along with the output from the command is shown\\nbelow.\\n\\nCommand: [\"docker\"%!(VAGRANT_COMMA) \"run\"]\\n\\nStderr: Unable to find image 'debian:12' locally\\ndocker: Error response from daemon: no such host\\n\\nRun 'docker run --help'\\n\\nStdout: "
    const error = await commandError(
      failing(`1,,error-exit,VagrantPlugins::DockerProvider::Errors::ExecuteError,${text}`).up({
        provider: 'docker',
      }),
    )
    expect(error.message).toBe('docker: Error response from daemon: no such host')
    expect(error.hint).toContain('image cannot be pulled')
  })

  test.each([
    [
      'Vagrant::Errors::BoxAddShortNotFound',
      "The box 'x/y' could not be found or\\ncould not be accessed in the remote catalog.",
      'box.url',
    ],
    [
      'VagrantPlugins::ProviderVirtualBox::Errors::VirtualBoxInvalidHostSubnet',
      'The IP address configured for the host-only network is not within the\\nallowed ranges. Please update the address used to be within the allowed\\nranges and run the command again.',
      'networks.conf',
    ],
    [
      'X',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'Start Docker',
    ],
    ['X', 'Error response from daemon: Pool overlaps with other one on this address space', 'network.subnet'],
  ])('%s has a hint', async (kind, text, hint) => {
    const error = await commandError(failing(`1,,error-exit,${kind},${text}`).up({ provider: 'virtualbox' }))
    expect(error.hint).toContain(hint)
  })

  test('to start is the runner’s own error', async () => {
    const vagrant = createVagrant({
      directory: folderWith(),
      run: (command) => createRunner()({ ...command, file: 'no-such-vagrant' }),
      logFile: join(folderWith(), 'x.log'),
    })
    expect((await commandError(vagrant.status())).message).toContain('is not installed')
  })
})
