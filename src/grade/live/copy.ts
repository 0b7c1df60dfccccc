import { chmodSync, copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { OWN_FOLDER } from '../../lab-files.ts'
import { freeSubnet, parseSubnet, type Subnet } from '../../resolve/addresses.ts'
import type { Submission } from '../submission.ts'

/** First three numbers of a network, with the dot behind them, by the same of the one it gets here. */
export type Moves = ReadonlyMap<string, string>

/** `192.168.11.150`, `192.168.11.#{number}`, `192.168.11.0/24` */
const PRIVATE = /(?<![\d.])(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.(?=\d|#\{)/g

const NAME = /(\.(?:name|default_prefix)\s*=\s*["'])/g

const isVagrantfile = (path: string) => /(^|\/)Vagrantfile[\w.]*$/.test(path)

/** A free network for each that the machines have. @param taken what this computer reaches already */
export function movesFor({ files }: Pick<Submission, 'files'>, taken: readonly Subnet[]): Moves {
  const text = files.flatMap((file) => (isVagrantfile(file.path) ? [file.text ?? ''] : [])).join('\n')
  const used = [...taken]
  return new Map(
    [...new Set(text.match(PRIVATE))].map((from) => {
      const subnet = freeSubnet(used)
      used.push(parseSubnet(subnet))
      return [from, subnet.replace(/\d+\/\d+$/, '')] as const
    }),
  )
}

/**
 * Copies what was read of a hand-in, so that its machines meet no others: they get other networks and names. Links, and
 * what another lab has kept there, are not copied.
 * @param prefix of the machines' names
 */
export function copyHandIn(
  { folder, files }: Pick<Submission, 'folder' | 'files'>,
  directory: string,
  { moves, prefix }: { readonly moves: Moves; readonly prefix: string },
): void {
  for (const { path, text } of files) {
    if (path.startsWith(`${OWN_FOLDER}/`)) continue
    const [from, to] = [join(folder, path), join(directory, path)]
    mkdirSync(dirname(to), { recursive: true })
    if (text === undefined) copyFileSync(from, to)
    else writeFileSync(to, renamed(path, text, { moves, prefix }))
    chmodSync(to, statSync(from).mode & 0o755)
  }
}

function renamed(
  path: string,
  text: string,
  { moves, prefix }: { readonly moves: Moves; readonly prefix: string },
): string {
  const moved = text.replace(PRIVATE, (from) => moves.get(from) ?? from)
  return isVagrantfile(path) ? moved.replace(NAME, `$1${prefix}-`) : moved
}
