/** What of the schema library's own structure is read here. */
export interface AnySchema {
  readonly kind: string
  readonly type: string
  readonly description?: string
  readonly message?: unknown
  readonly requirement?: unknown
  readonly literal?: unknown
  readonly default?: unknown
  readonly wrapped?: AnySchema
  readonly item?: AnySchema
  readonly value?: AnySchema
  readonly entries?: Readonly<Record<string, AnySchema>>
  readonly options?: readonly (AnySchema | string)[]
  readonly pipe?: readonly AnySchema[]
}
