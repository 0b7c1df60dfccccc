import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** What has crept in from other languages or other times, and what to write instead. */
const BANNED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\banew\b|\bafresh\b/, 'again'],
  [/\bbegins? again with a new (slot|backup)\b/, 'start over'],
  [/\b[Ss]ign(s|ed)? .{0,20}as a standby/, 'marked as a standby'],
  [/\b(gone|went|go) another way\b/, 'diverged'],
  [/\bwhere (they|the servers|two of them) parted\b/, 'where they diverged'],
  [/\bParts? with\b/, 'remove'],
  [/\bof the day\b|\bthe day's primary\b/, 'current'],
  [/\bshall\b/, 'should, must, is to'],
  [/\bmend(s|ed|ing)?\b(?!\()/, 'repair, fix'],
  [/\b[Aa]n own\b/, 'your own, its own'],
  [/\bThat were\b/, 'those were'],
  [/\bnone of a\b/, 'no longer a'],
  [/\bfled\b/, 'that left'],
  [/\b(is|are) told by:/, 'see:'],
  [/\bis told what\b/, 'receives progress text'],
  [/\bwhom it should\b|\bWhom a client\b/, 'the right clients; how strictly'],
  [/\bput himself between\b/, 'intercept'],
  [/\b(our|the) road (to|by|that)\b/, 'way, connection'],
  [/\bnot for a moment\b/, 'never'],
  [/\bkept at most\b|\bkept for .{1,12} at most\b/, 'most WAL the slot kept'],
  [/\bin vain\b/, 'without an answer'],
  [/[Сс]колько стоит запись/, 'сколько времени запись недоступна'],
  [/другим путём/, 'история разошлась'],
  [/отгораж|[Оо]тгород|отгорожен/, 'изолировать (fencing)'],
  [/ни на миг/, 'не прерывалась'],
  [/Принять транзакции/, 'Снова разрешить фиксацию'],
  [/убивается/, 'завершается принудительно'],
  [/в этом стенде/, 'на этом стенде'],
  [/основн(ой|ого|ому|ым) сервер/, 'мастер'],
]

/** Recordings of real runs keep the words of their day. */
const RECORDED = /^docs\/(virtual-machines\.md|example-report\/|up\.svg)/

const files = [
  ...['README.md', 'README.ru.md', 'CONTRIBUTING.md', 'Vagrantfile.ejs', 'cluster.config.ts'],
  ...['src', 'provisioning', 'templates', 'docs', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|md|ejs|yml|j2|py|sh|rb|sql)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/')),
  ),
].filter((file) => !RECORDED.test(file))

const lines = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((text, at) => ({ place: `${file}:${at + 1}`, text })),
)

test.each(BANNED)('nobody writes %s, but: %s', (phrase) => {
  expect(lines.filter(({ text }) => phrase.test(text))).toEqual([])
})

test('the program has one name', () => {
  const said = lines.filter(({ place }) => !place.startsWith('docs/decisions/06-'))
  expect(said.filter(({ text }) => /`pg-lab [a-z[<|]/.test(text))).toEqual([])
})

test('the words of a drill lie beside it', () => {
  const drills = lines.filter(({ place }) => /^src\/drills\/[\w-]+\.ts:/.test(place))
  expect(drills.length).toBeGreaterThan(500)
  expect(drills.filter(({ text }) => /[а-яё]/i.test(text))).toEqual([])
})
