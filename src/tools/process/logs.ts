import { closeSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'

/** A line that never ends (a progress bar, a binary) is cut here, so that memory stays bounded. */
const MAX_LINE_CHARS = 100_000

/** What a tool printed, whole, on disk. Writes are synchronous: nothing is lost when we die right after. */
export interface Log {
  write(bytes: Uint8Array | string): void
  close(): void
}

/** Opens a log for appending. The file is the user's alone (0600), its folder is made when missing. */
export function openLog(file: string): Log {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const fd = openSync(file, 'a', 0o600)
  fchmodSync(fd, 0o600) // the file may have been there with other rights
  return {
    write: (data) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
      } catch {} // a full disk: the tool must go on, and say so itself
    },
    close: () => closeSync(fd),
  }
}

/** What a terminal would show of a line: after a carriage return it is written over. */
function lastOverwrite(line: string): string {
  const end = line.endsWith('\r') ? line.length - 1 : line.length
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end)
}

export interface LineSplitter {
  push(bytes: Uint8Array): void
  /** Hands over what came after the last line end. */
  end(): void
}

/** Cuts a stream of bytes into lines; a UTF-8 character may arrive in two pieces. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const take = (text: string) => {
    const [head = '', ...tail] = text.split('\n')
    rest += head
    for (const next of tail) {
      onLine(lastOverwrite(rest))
      rest = next
    }
    if (rest.length > MAX_LINE_CHARS) {
      onLine(rest)
      rest = ''
    }
  }
  return {
    push: (bytes) => take(decoder.write(bytes)),
    end: () => {
      rest += decoder.end()
      if (rest !== '') onLine(lastOverwrite(rest))
      rest = ''
    },
  }
}

/** The newest items, as many as fit. */
export function keepLast(limit: number): { add(item: string): void; items(): readonly string[] } {
  const kept: string[] = []
  return {
    add: (item) => {
      kept.push(item)
      if (kept.length > limit) kept.shift()
    },
    items: () => [...kept],
  }
}

/** Output kept in memory: all of it, or its newest part when it is longer than `maxBytes`. */
export function keepBytes(maxBytes: number): {
  add(bytes: Buffer): void
  text(): string
  overflowed(): boolean
} {
  let chunks: Buffer[] = []
  let size = 0
  let dropped = false
  return {
    add: (bytes) => {
      chunks.push(bytes)
      size += bytes.length
      // Only now and then, so that the cost stays linear.
      if (size > 2 * maxBytes) {
        chunks = [Buffer.concat(chunks).subarray(-maxBytes)]
        size = maxBytes
        dropped = true
      }
    },
    text: () => Buffer.concat(chunks).subarray(-maxBytes).toString('utf8'),
    overflowed: () => dropped || size > maxBytes,
  }
}
