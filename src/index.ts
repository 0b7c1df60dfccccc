import type { ClusterConfig } from './config/schema.ts'

export type { ClusterConfig }

type ConfigInput = ClusterConfig | (() => ClusterConfig | Promise<ClusterConfig>)

/**
 * Gives `cluster.config.ts` types and completion in the editor.
 * @param config the lab, or a function that returns it
 * @returns the same value, unchanged
 */
export function defineCluster(config: ConfigInput): ConfigInput {
  return config
}
