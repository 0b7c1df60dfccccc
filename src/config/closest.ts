/** How many letters must be changed, added, left out or swapped to turn one word into the other. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (line: number, column: number) => rows[line]?.[column] ?? Number.POSITIVE_INFINITY
  for (let line = 1; line <= from.length; line += 1) {
    rows[line] = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const changed = from[line - 1] === to[column - 1] ? 0 : 1
      const swapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]
      rows[line]?.push(
        Math.min(
          at(line - 1, column - 1) + changed,
          at(line - 1, column) + 1,
          at(line, column - 1) + 1,
          swapped ? at(line - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return at(from.length, to.length)
}

/**
 * The known word that was probably meant.
 * @returns `undefined` when none is near: at most a third of its letters may differ
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined
  const mayDiffer = (name: string) => Math.max(1, Math.floor(name.length / 3))
  const ranked = known
    .filter((name) => Math.abs(name.length - word.length) <= mayDiffer(name)) // no nearer than that
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= mayDiffer(name))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}

/** The hint for a word that is none of these: `did you mean slave? Choose from master, slave`. */
export function chooseFrom(word: string, known: readonly string[]): string {
  const meant = closest(word, known)
  const all = known.join(', ')
  return meant === undefined ? `choose from ${all}` : `did you mean ${meant}? Choose from ${all}`
}
