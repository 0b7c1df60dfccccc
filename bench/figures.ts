/** What a round has measured: seconds, or megabytes, by the titles of the rows. */
export type Figures = Readonly<Record<string, number>>

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [below = Number.NaN, above = below] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1)
  return (below + above) / 2
}

/** All figures of one title, in the order of the rounds that have it. */
function column(rounds: readonly Figures[], title: string): readonly number[] {
  return rounds.flatMap((round) => round[title] ?? [])
}

/** A ratio of two rows' medians, with the bound it should stay below. */
export interface Ratio {
  readonly of: string
  readonly to: string
  readonly bound?: number
}

function markdown(lines: readonly (readonly string[])[]): string {
  const [titles = [], ...rows] = lines
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const digits = (number: number) => (number < 10 ? number.toFixed(2) : number.toFixed(1))

/**
 * The rounds as tables: each row's minimum, median and maximum, beside it the older build's median; then ratios.
 * @param older rounds of the older build, in the same sitting; none where only one build is measured
 */
export function tables(
  rounds: readonly Figures[],
  older: readonly Figures[],
  ratios: readonly Ratio[],
): string {
  const titles = [...new Set(rounds.flatMap((round) => Object.keys(round)))]
  const both = older.length > 0
  const rows = titles.map((title) => {
    const now = column(rounds, title)
    const before = median(column(older, title))
    const spread = [Math.min(...now), median(now), Math.max(...now)].map(digits)
    const beside = Number.isNaN(before) ? ['–', '–'] : [digits(before), (median(now) / before).toFixed(2)]
    return [title, ...spread, ...(both ? beside : [])]
  })
  const measured = ratios.filter(({ of, to }) => titles.includes(of) && titles.includes(to))
  const compared = measured.map(({ of, to, bound }) => [
    `${of} ÷ ${to}`,
    (median(column(rounds, of)) / median(column(rounds, to))).toFixed(2),
    bound === undefined ? '' : `≤ ${bound}`,
  ])
  return [
    markdown([['', 'min', 'median', 'max', ...(both ? ['older build', '÷ older build'] : [])], ...rows]),
    ...(compared.length > 0 ? [markdown([['Ratio of medians', '', 'aim'], ...compared])] : []),
  ].join('\n\n')
}
