import type { Host } from './host.ts'

/** The first dotted number in what a tool says of itself; its warnings and their indented lines are skipped. */
export function versionIn(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => /^\S/.test(line) && !/^warning\b/i.test(line))
  return lines.join('\n').match(/\d+(?:\.\d+)+/)?.[0]
}

/** Compares dotted numbers part by part; a part that is missing counts as 0. */
export function isAtLeast(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number)
  const need = minimum.split('.').map(Number)
  const length = Math.max(have.length, need.length)
  for (let index = 0; index < length; index += 1) {
    const difference = (have[index] ?? 0) - (need[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** @returns the version a program prints, `''` when it prints none, `undefined` when it is not there */
export async function versionOf(
  host: Host,
  file: string,
  args: readonly string[],
): Promise<string | undefined> {
  const output = await host.ask(file, args)
  return output && (versionIn(`${output.stdout}\n${output.stderr}`) ?? '')
}

export const vagrantVersion = (host: Host) => versionOf(host, 'vagrant', ['--version'])
export const ansibleVersion = (host: Host) => versionOf(host, 'ansible-playbook', ['--version'])
