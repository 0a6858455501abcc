/** The packages that `PACKAGES` and `profiles/packages.json` name: installed before the server listens. */
import { ConfigError } from '../config.ts'
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { type PackageName, packageText, parsePackageName } from '../fhir/packages/manifest.ts'
import { PackageError } from '../fhir/packages/package-error.ts'
import { chooseVersion } from '../fhir/packages/version-range.ts'
import { installedPackages } from '../store/packages.ts'
import { installPackages } from './install.ts'
import { defaultPackages } from './own-package.ts'
import { prepare } from './prepare.ts'

/** Answers the names of those that were not there before. What is installed is not asked for again. */
export async function installNamedPackages(context: Context): Promise<readonly string[]> {
  const installed: string[] = []
  for (const [setting, text] of namedPackages(context)) {
    const name = parsePackageName(text)!
    try {
      installed.push(...(await installNamed(name, context)))
    } catch (error) {
      if (!(error instanceof PackageError || error instanceof OutcomeError)) throw error
      throw new ConfigError(`${setting}: ${packageText(name)} cannot be installed. ${error.message}`)
    }
  }
  return installed
}

/** What is named, and where. */
function namedPackages({ config }: Context): [setting: string, name: string][] {
  const named = (setting: string, names: readonly string[]) => names.map((name): [string, string] => [setting, name])
  return [
    ...named('profiles/packages.json', defaultPackages()),
    ...named('PACKAGES', config.packages),
    ...named('REQUIRED_PROFILES', config.requiredProfiles.packages),
  ]
}

async function installNamed(name: PackageName, context: Context): Promise<readonly string[]> {
  const present = await installedPackages(context.store.database)
  const versions = present.filter((row) => row.name === name.name && row.requested).map(({ version }) => version)
  if (chooseVersion(name.version, versions) !== undefined) return []
  const { packages } = await prepare(name, context)
  return (await installPackages(packages, context)).names
}
