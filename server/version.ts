/** What this software calls itself. */
import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export const softwareName = 'Candela'
export const softwareVersion = manifest.version
/** The version of FHIR that is spoken. */
export const fhirVersion = '4.0.1'
