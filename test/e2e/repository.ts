import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { OsName } from '../../src/catalog/names.ts'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { imagesOf } from '../../src/operations/prune.ts'
import { must, serve } from './servers.ts'
import { spawn, type TestLab } from './support.ts'

/** A signed repository laid out like PGDG's. */
export interface PackageRepository {
  /** Where the packages are put; served over http. */
  readonly folder: string
  /** Debian's name of the release: `bookworm`. */
  readonly release: string
  /** The image with that release, in which it is made: nothing is installed on this computer. */
  readonly image: string
  /** Shell words that put packages into the current folder, after `apt-get update`. */
  readonly fetch: string
  /** This computer's address, as the servers see it. */
  readonly address: string
  readonly port: number
}

/**
 * Makes it with apt-ftparchive and gpg, and serves it. `key.asc` vouches for it, `stranger.asc` does not.
 * @returns the server, to be killed by the caller
 */
export function servePackages({
  folder,
  release,
  image,
  fetch,
  address,
  port,
}: PackageRepository): ChildProcess {
  mkdirSync(folder)
  const dist = `dists/${release}-pgdg`
  const script = `set -e
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -qy --no-install-recommends apt-utils gpg gpg-agent
    mkdir -p /repo/pool /repo/${dist}/main/binary-amd64 && cd /repo/pool && chmod 777 .
    ${fetch}
    cd /repo
    apt-ftparchive packages pool >${dist}/main/binary-amd64/Packages
    apt-ftparchive -o APT::FTPArchive::Release::Origin=apt.postgresql.org \\
      -o APT::FTPArchive::Release::Suite=${release}-pgdg -o APT::FTPArchive::Release::Codename=${release}-pgdg \\
      -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures="$(dpkg --print-architecture)" \\
      release ${dist} >/tmp/Release
    for name in School Stranger; do gpg -q --batch --passphrase '' --quick-generate-key "$name" rsa2048 sign never; done
    gpg -q --batch --local-user School --clearsign --output ${dist}/InRelease /tmp/Release
    gpg --armor --export School >key.asc && gpg --armor --export Stranger >stranger.asc`
  must('docker', 'run', '--rm', '--volume', `${folder}:/repo`, image, 'sh', '-c', script)
  return serve(folder, address, port)
}

/** A PostgreSQL that is not the system's own. */
export interface OtherPostgres {
  readonly major: number
  /** Shell words that fetch its packages. */
  readonly fetch: string
}

/** 19 of Debian's experimental suite, with what it needs, and the Barman of the release. */
export const POSTGRES_19: OtherPostgres = {
  major: 19,
  fetch: `mirror=$(sed -n 's/^URIs: *//p; s/^deb \\(\\[[^]]*\\] \\)*\\(http[^ ]*\\) .*/\\2/p' \\
      /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] $mirror experimental main" \\
      >/etc/apt/sources.list.d/experimental.list
    apt-get update -q
    apt-get download -t experimental postgresql-19 postgresql-client-19 libpq5
    apt-get download postgresql-common postgresql-client-common barman python3-barman`,
}

/** Where the tests run: a control host may not be able to. @returns the images of the lab's machines */
export function buildImages(lab: TestLab, os: OsName): readonly string[] {
  lab.must('generate')
  const { status, stderr } = spawn('sh', ['provisioning/support/node-image/build.sh'], { cwd: lab.directory })
  if (status !== 0) throw new Error(stderr)
  return imagesOf(lab.directory, { os: OPERATING_SYSTEMS[os] })
}

/**
 * Makes a repository of another major beside a lab whose images are there.
 * @returns who serves it, to be killed by the caller, and the line of the config that asks for it
 */
export function serveMajor(
  { major, fetch }: OtherPostgres,
  lab: TestLab,
  os: OsName,
  port: number,
): { readonly server: ChildProcess; readonly setting: string } {
  const bridge = ['network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}']
  const address = must('docker', ...bridge).stdout.trim() || '172.17.0.1' // this computer, for every machine
  const system = OPERATING_SYSTEMS[os]
  const [image = ''] = imagesOf(lab.directory, { os: system })
  const folder = join(lab.directory, '..', 'repository')
  const server = servePackages({ fetch, port, folder, release: system.release, image, address })
  const url = `http://${address}:${port}`
  return {
    server,
    setting: `postgres: { version: ${major}, repository: ${JSON.stringify({ url, key: `${url}/key.asc` })} }`,
  }
}
