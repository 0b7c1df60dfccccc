import type { Lab } from '../lab.ts'

/**
 * Builds the image of the docker provider unless it is there; takes no arguments. Relative to the lab's folder.
 * The driver runs it before the machines; the Vagrantfile runs it too, for those who have no Node.
 */
export const NODE_IMAGE_SCRIPT = 'provisioning/node-image/build.sh'

/** What the script is told: a file of the lab, so that it also works alone. */
export const NODE_IMAGE_SETTINGS = 'provisioning/node-image.env'

/** One word for a POSIX shell. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * The text of node-image.env, which build.sh reads as shell.
 * @param header the first line's text, without its `#`
 */
export function nodeImageSettings(lab: Lab, header: string): string {
  const values = {
    OS_NAME: lab.os.name,
    BASE_IMAGE: `${lab.mirrors.docker ?? ''}${lab.os.dockerImage ?? ''}`,
    SUITE: lab.os.release,
    PACKAGE_MIRROR: lab.mirrors.packages ?? '',
    PROXY_HTTP: lab.proxy.http ?? '',
    PROXY_HTTPS: lab.proxy.https ?? '',
    PROXY_NONE: lab.proxy.noProxy ?? '',
  }
  const lines = Object.entries(values).map(([name, value]) => `${name}=${shellWord(value)}`)
  return `# ${header}\n${lines.join('\n')}\n`
}
