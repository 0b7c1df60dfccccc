/** The part of EJS 7 we use; the package brings no types. */
declare module 'ejs' {
  export interface Options {
    /** Forbids `with`: the template names its data as members of `localsName`. */
    readonly strict: boolean
    readonly localsName: string
    /** Applied to every `<%= %>`. */
    readonly escape: (value: unknown) => string
    /** Named in error messages. */
    readonly filename: string
  }
  const ejs: { compile(template: string, options: Options): (data: object) => string }
  export default ejs
}
