import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * The picture of a run in the README, in two steps:
 *
 *     npx jiti scripts/record-run.ts record run.json <folder> 'npx create-pg-lab up' …
 *     npx jiti scripts/record-run.ts draw run.json 'What it shows' > docs/up.svg
 *
 * The first types the commands into a terminal of 80 by 24 (tmux) and keeps every screen it shows; the second draws
 * the screens as an SVG, faster than they were, for nobody watches Ansible for minutes.
 */
const COLUMNS = 80
const ROWS = 24
const LOOK_EVERY_MS = 200

/** What stood on the terminal, one text a line with its colours, and since when. */
interface Screen {
  readonly atMs: number
  readonly lines: readonly string[]
}

const tmux = (...argv: string[]) =>
  execFileSync('tmux', ['-u', '-L', `record-${process.pid}`, ...argv], { encoding: 'utf8' })

async function record(folder: string, commands: readonly string[]): Promise<Screen[]> {
  const shell = `env PS1='$ ' PROMPT_COMMAND='tmux wait-for -S prompt' bash --noprofile --norc`
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), '-c', folder, shell)
  try {
    tmux('set', '-g', 'status', 'off')
    tmux('wait-for', 'prompt')
    const screens: Screen[] = []
    const begin = Date.now()
    for (const command of commands) {
      tmux('send-keys', '-l', command)
      tmux('send-keys', 'Enter')
      await watchUntilPrompt(begin, screens)
    }
    return screens
  } finally {
    tmux('kill-server')
  }
}

async function watchUntilPrompt(begin: number, screens: Screen[]): Promise<void> {
  let isOver = false
  spawn('tmux', ['-L', `record-${process.pid}`, 'wait-for', 'prompt']).on('exit', () => {
    isOver = true
  })
  for (let wasOver = false; !wasOver; await pause(LOOK_EVERY_MS)) {
    wasOver = isOver // so that the screen after the end is kept as well
    const lines = tmux('capture-pane', '-e', '-p').split('\n').slice(0, ROWS)
    if (lines.join('\n') !== screens.at(-1)?.lines.join('\n'))
      screens.push({ atMs: Date.now() - begin, lines })
  }
}

/** How long the picture takes, once, and how many screens of the run it has: more are not seen, and cost bytes. */
const PICTURE_SECONDS = 24
const SHOWN_SCREENS = 60
/** The end is what one wants to read. */
const END_SECONDS = 6
const CHARACTER = 8.5
const LINE = 18
const EDGE = 14

const COLOURS: Record<string, string> = { 31: 'r', 32: 'g', 33: 'y', 34: 'b', 35: 'm', 36: 'c', 90: 'd' }

/** `\u001b[32m✔\u001b[39m done` as the inside of an SVG's text. */
function markup(line: string): string {
  let [colour, weight, dim] = ['', '', '']
  const [first = '', ...rest] = line.split('\u001b[')
  const parts = rest.map((part) => [...part.split('m', 1), part.slice(part.indexOf('m') + 1)] as const)
  const spans = [['', first] as const, ...parts].map(([codes, part], at) => {
    for (const code of at === 0 ? [] : codes.split(';')) {
      if (code === '' || code === '0') [colour, weight, dim] = ['', '', '']
      else if (code === '1') weight = 'B'
      else if (code === '2') dim = 'd'
      else if (code === '22') [weight, dim] = ['', '']
      else if (code === '39') colour = ''
      else if (COLOURS[code]) colour = COLOURS[code]
      else if (code !== '49') throw new Error(`A colour that is not drawn: ${code}`)
    }
    const text = (part ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    const names = [colour || dim, weight].filter(Boolean).join(' ')
    return names && text.trim() ? `<tspan class="${names}">${text}</tspan>` : text
  })
  return spans.join('').trimEnd()
}

/** What a person would call the same screen: a spinner that turned is no news. */
const gist = ({ lines }: Screen) => lines.join('\n').replace(/[\u2800-\u28ff]/g, '')

/** The screens that are shown, evenly over those with news; the last one among them. */
function choose(screens: readonly Screen[]): Screen[] {
  const news = screens.filter((screen, at) => {
    const next = screens[at + 1]
    return !next || gist(next) !== gist(screen)
  })
  const step = Math.max(1, news.length / SHOWN_SCREENS)
  const chosen = news.filter((_, at) => Math.floor(at / step) !== Math.floor((at + 1) / step))
  return chosen.at(-1) === news.at(-1) ? chosen : [...chosen, ...news.slice(-1)]
}

function draw(screens: readonly Screen[], title: string): string {
  const shown = choose(screens)
  const [width, height] = [COLUMNS * CHARACTER + 2 * EDGE, ROWS * LINE + 2 * EDGE]
  const known = new Map<string, string>()
  const idOf = (line: string) => {
    if (!known.has(line)) known.set(line, `l${known.size}`)
    return known.get(line)
  }
  const frames = shown.map(({ lines }, at) => {
    const uses = lines.map((line, row) => {
      const text = markup(line)
      return text === '' ? '' : `<use href="#${idOf(text)}" y="${row * LINE}"/>`
    })
    return `<g transform="translate(${at * width})">${uses.join('')}</g>`
  })
  const texts = [...known].map(([text, id]) => `<text id="${id}">${text}</text>`)
  const seconds = PICTURE_SECONDS + END_SECONDS
  const stops = shown.map((_, at) => {
    const percent = ((at / shown.length) * PICTURE_SECONDS * 100) / seconds
    return `${percent.toFixed(2)}%{transform:translateX(${-at * width}px)}`
  })
  const last = -(shown.length - 1) * width
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
<style>
svg{background:#0d1117}
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}
.r{fill:#ff7b72}.g{fill:#56d364}.y{fill:#e3b341}.b{fill:#79c0ff}.m{fill:#d2a8ff}.c{fill:#39c5cf}.d{fill:#9da7b3}.B{font-weight:bold}
.film{transform:translateX(${last}px)}
@media (prefers-reduced-motion:no-preference){.film{animation:film ${seconds}s step-end infinite}}
@keyframes film{${stops.join('')}100%{transform:translateX(${last}px)}}
</style>
<defs>${texts.join('\n')}</defs>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<svg x="${EDGE}" y="${EDGE}" width="${width - 2 * EDGE}" height="${height - 2 * EDGE}"><g transform="translate(0 13)"><g class="film">
${frames.join('\n')}
</g></g></svg>
</svg>
`
}

const [verb, file = '', folder = '.', ...commands] = process.argv.slice(2)
if (verb === 'record') writeFileSync(file, JSON.stringify(await record(folder, commands)))
else process.stdout.write(draw(JSON.parse(readFileSync(file, 'utf8')), folder))
