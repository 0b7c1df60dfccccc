/** Takes one problem: config path, what is wrong, what to do. All are reported together at the end. */
export type AddProblem = (path: string, message: string, hint?: string) => void

/** Reports every value that an earlier one already has. */
export function checkUnique(values: readonly { path: string; value: string }[], report: AddProblem): void {
  const owners = new Map<string, string>()
  for (const { path, value } of values) {
    const owner = owners.get(value)
    if (owner) report(path, `"${value}" is already ${owner}`, 'give each its own')
    else owners.set(value, path)
  }
}
