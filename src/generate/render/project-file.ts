/** One file of the generated lab. */
export interface ProjectFile {
  /** Relative to the lab's folder, with `/`. */
  readonly path: string
  readonly content: string
  /** Permission bits a new file gets; 0o644 when left out. */
  readonly mode?: number
}
