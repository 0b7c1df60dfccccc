/** A line for ssh as it was before it was made one that every login shell reads alike. */
export function asTyped(line = ''): string {
  return line.replace(/exec sh -c 'eval "\$\(echo (\S+) \| base64 -d\)"'/, (_, text: string) =>
    Buffer.from(text, 'base64').toString(),
  )
}
