/** Installs packages into a server under test. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePackageName } from '../../server/fhir/packages/manifest.ts'
import { startReindex } from '../../server/interactions/reindex/run.ts'
import { awaitReindex } from '../../server/interactions/reindex/status.ts'
import { installPackages, uninstallPackage } from '../../server/packages/install.ts'
import { prepare } from '../../server/packages/prepare.ts'
import { packageOf, type SamplePackage } from './package-archive.ts'
import { sharedFolder } from './shared-data.ts'
import type { TestServer } from './test-server.ts'

export const sharedPackages = sharedFolder('../packages')

export function usCore(version: string): Buffer {
  return readFileSync(join(sharedPackages!, `hl7.fhir.us.core-${version}.tgz`))
}

/** Waits until what is stored is indexed for it. */
export async function install({ context }: TestServer, given: SamplePackage | Buffer) {
  const archive = Buffer.isBuffer(given) ? given : await packageOf(given)
  const { packages } = await prepare({ archive }, context)
  return settled(await installPackages(packages, context), context)
}

export async function uninstall({ context }: TestServer, name: string) {
  return settled(await uninstallPackage(parsePackageName(name)!, context), context)
}

async function settled<T extends { readonly job?: string }>(changed: T, context: TestServer['context']): Promise<T> {
  if (changed.job === undefined) return changed
  startReindex(context)
  await awaitReindex(changed.job, context)
  return changed
}
