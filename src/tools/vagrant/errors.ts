import { CommandError } from '../../errors.ts'
import { plainText, type VagrantLine } from './machine-readable.ts'

/** Causes Vagrant's own words leave in the dark. Matched against the error's class and text. */
const HINTS: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /MachineLocked|is locked!|EnvironmentLocked/,
    hint: 'Another vagrant works on this lab. Wait for it, or end it (`pgrep -af vagrant` shows it), and run again.',
  },
  {
    pattern: /host-only (network|adapter).*(range|allowed)|not within the allowed ranges|E_ACCESSDENIED/is,
    hint: 'VirtualBox allows other addresses only when /etc/vbox/networks.conf says so: add the line `* <subnet>`, or set network.mode to "internal".',
  },
  {
    pattern: /Cannot connect to the Docker daemon|docker daemon running/i,
    hint: 'Start Docker (`sudo systemctl start docker`, or Docker Desktop), and run again.',
  },
  {
    pattern: /permission denied.*docker(\.sock|.*daemon)/is,
    hint: 'Your user may not use Docker: `sudo usermod -aG docker $USER`, log in again, and run again.',
  },
  {
    pattern:
      /BoxAddShortNotFound|BoxNotFound|BoxMetadata|RemoteServerError|could not be found or\s+could not be accessed|downloading the remote file/i,
    hint: 'The box cannot be had from here. `npx create-pg-lab box build` makes one of Debian or Ubuntu; or set box.url or mirrors.vagrant in cluster.config.ts.',
  },
  {
    pattern: /checksum of the downloaded box/i,
    hint: 'The box is not what its catalogue says: it was cut off on the way, or changed since. Run again; if it stays so, have it exported again.',
  },
  {
    pattern: /Unable to find image|No such image|pull access denied/i,
    hint: 'The image cannot be pulled from here. `npx create-pg-lab doctor` explains how it is made without a registry.',
  },
  {
    pattern:
      /overlaps with other one|Pool overlaps|NetworkCollision|collides with|Address already in use|already in use by container/i,
    hint: 'The lab’s addresses or names are taken, perhaps by another lab: `npx create-pg-lab destroy` there, or set network.subnet.',
  },
  {
    pattern: /ProviderNotFound|ProviderNotUsable|ProviderCantBeUsed|No usable default provider/i,
    hint: 'Run `npx create-pg-lab doctor`: it names the providers this computer can use.',
  },
]

const LAST_LINES = 20

/** Follows what vagrant says, to put it in plain words when it fails: its raw output is comma-separated. */
export function createStory() {
  const said: string[] = []
  let fatal: readonly string[] = []
  return {
    add: (text: string, line: VagrantLine | undefined) => {
      if (line === undefined) said.push(text)
      else if (line.type === 'ui') said.push(...plainText(line.data[1] ?? '', line.machine))
      else if (line.type === 'error-exit') fatal = line.data
      said.splice(0, said.length - LAST_LINES)
    },
    explain: (error: CommandError): CommandError => {
      const [kind = '', text = ''] = fatal
      const whole = [kind, text, ...said].join('\n')
      return new CommandError(sentenceOf(text) ?? error.message, {
        command: error.command,
        exitCode: error.exitCode,
        lastLines: said.filter((line) => line.trim() !== ''),
        logFile: error.logFile,
        hint: HINTS.find(({ pattern }) => pattern.test(whole))?.hint,
        cause: error,
      })
    },
  }
}

/** What Vagrant says when machines that boot side by side fail: each one's error comes after its name. */
const ONE_OF_SEVERAL =
  /action on the '([^']+)'\s+machine\. Please handle this error then try again:\s+(.*?)(?=An error occurred while|$)/s

/** The first sentence of Vagrant's error; of Docker's it is what Docker itself said. */
function sentenceOf(text: string): string | undefined {
  const [, machine, own] = ONE_OF_SEVERAL.exec(text) ?? []
  if (own !== undefined) return `${machine}: ${sentenceOf(own)}`
  const stderr = /Stderr: (.*?)(?:\n\n|$)/s.exec(text)?.[1]
  if (stderr) return plainText(stderr, '').find((line) => /error/i.test(line)) ?? plainText(stderr, '')[0]
  const [paragraph = ''] = text.split(/\n\s*\n/)
  const words = plainText(paragraph, '').join(' ')
  return /^.*?[.!?:](?=\s|$)/.exec(words)?.[0] ?? (words || undefined)
}
