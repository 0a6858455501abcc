/**
 * What it takes to validate an Observation: `node test/bench/validation.ts [--synthea=folder] [--rounds=7]`. From the JSON
 * object to the issues, after some rounds to warm up.
 * `@medplum/core` validates the same Observations in the same process. The last line has the figures as JSON, for the
 * benchmark.
 */
import { parseArgs } from 'node:util'
import { validateResource } from '@medplum/core'
import type { Resource, StructureDefinition } from '@medplum/fhirtypes'
import type { JsonObject } from '../../server/fhir/json.ts'
import type { CodeVerdict, Terminology } from '../../server/fhir/terminology/terminology.ts'
import { entriesOf } from '../../server/fhir/validation/profile/resolve.ts'
import { createValidator } from '../../server/fhir/validation/profile/validator.ts'
import { prepareMedplum, withSnapshot } from '../cases/others.ts'
import { definitions, elementsFrom, terminologyOf } from '../cases/sources.ts'
import { usCoreSources } from '../cases/us-core.ts'
import { sharedTexts } from '../support/shared-data.ts'

/** Profiles of US Core for what Synthea says with profiles of the base specification. */
const inUsCore: Readonly<Record<string, string>> = {
  bp: 'us-core-blood-pressure',
  bodyheight: 'us-core-body-height',
  bodytemp: 'us-core-body-temperature',
  bodyweight: 'us-core-body-weight',
  bmi: 'us-core-bmi',
  headcircum: 'us-core-head-circumference',
  heartrate: 'us-core-heart-rate',
  resprate: 'us-core-respiratory-rate',
}
const usCoreBase = 'http://hl7.org/fhir/us/core/StructureDefinition/'

/** Microseconds for an Observation. */
export interface ValidationFigures {
  readonly own: Readonly<Record<'base' | 'profile', Figures>>
  readonly medplum: Readonly<Record<'base' | 'profile', Figures>>
}

/** An Observation without claims, and the profile of US Core that it is for. */
interface Sample {
  readonly resource: JsonObject
  readonly profile: string | undefined
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const rounds = Number(values.rounds)
const samples = readSamples()
const profiled = samples.filter(({ profile }) => profile !== undefined)
const { canonicals } = await usCoreSources('6.1.0')
const snapshots = new Map<string, StructureDefinition>()
const validate = createValidator({
  definitions,
  canonicals,
  terminology: remembering(terminologyOf(canonicals)),
  elements: elementsFrom(canonicals),
})
prepareMedplum()

const own = {
  base: measure(samples, ({ resource }) => validate(resource)),
  profile: measure(profiled, ({ resource, profile }) => validate(resource, { profiles: [profile!] })),
}
const medplum = {
  base: measure(samples.slice(0, 2000), ({ resource }) => tryValidate(resource)),
  profile: measure(profiled.slice(0, 2000), ({ resource, profile }) => tryValidate(resource, profile)),
}
console.log(`${samples.length} Observations, ${profiled.length} with a profile; µs for each: median, mean of CPU time`)
for (const kind of ['base', 'profile'] as const) {
  const ratio = (medplum[kind].median / own[kind].median).toFixed(1)
  console.log(`${kind.padEnd(8)} ${shown(own[kind])}   @medplum/core ${shown(medplum[kind])}   ratio ${ratio}`)
}
console.log(JSON.stringify({ own, medplum } satisfies ValidationFigures))

function shown({ median, mean }: Figures): string {
  return `${median.toFixed(1).padStart(8)} ${mean.toFixed(1).padStart(8)}`
}

/** Every Observation of Synthea's patients. */
function readSamples(): Sample[] {
  const texts = sharedTexts('synthea')
  if (!texts) throw new Error('There is no ../shared/data/synthea here; set SHARED_DIR.')
  const bundles = [...texts.values()].map((text) => JSON.parse(text) as JsonObject)
  return bundles
    .flatMap((bundle) => entriesOf(bundle).map(({ resource }) => resource))
    .filter((resource) => resource['resourceType'] === 'Observation')
    .map((resource) => {
      const { meta, ...rest } = resource
      return { resource: rest, profile: profileOf((meta as { profile?: string[] } | undefined)?.profile ?? []) }
    })
}

function profileOf(claims: readonly string[]): string | undefined {
  for (const claim of claims) {
    const name = claim.slice(claim.lastIndexOf('/') + 1)
    const mapped = inUsCore[name]
    if (mapped) return usCoreBase + mapped
    if (claim.startsWith(usCoreBase) && name !== 'vitalsigns') return claim
  }
  return undefined
}

/** The service remembers what it has told, as the server's does. */
function remembering(terminology: Terminology): Terminology {
  const known = new Map<string, CodeVerdict>()
  return {
    ...terminology,
    check: (question) => {
      const { valueSet, system, code, display, version } = question
      const key = `${valueSet} ${system} ${code} ${version} ${display}`
      const verdict = known.get(key) ?? terminology.check(question)!
      known.set(key, verdict)
      return verdict
    },
  }
}

function tryValidate(resource: JsonObject, profile?: string): void {
  try {
    validateResource(resource as object as Resource, profile === undefined ? {} : { profile: snapshotted(profile) })
  } catch {
    // It throws what it finds: telling that is part of the work.
  }
}

function snapshotted(url: string): StructureDefinition {
  const made = snapshots.get(url) ?? withSnapshot(canonicals.find('StructureDefinition', url)!, canonicals)
  snapshots.set(url, made)
  return made
}

interface Figures {
  /** Over the samples of the median of each one's rounds, by the clock: it alone counts single microseconds. */
  readonly median: number
  /** Of CPU time. */
  readonly mean: number
}

function measure(list: readonly Sample[], run: (sample: Sample) => unknown): Figures {
  for (const sample of list) run(sample)
  for (const sample of list) run(sample)
  const times = list.map((): number[] => [])
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) {
    list.forEach((sample, i) => {
      const start = process.hrtime.bigint()
      run(sample)
      times[i]!.push(Number(process.hrtime.bigint() - start) / 1000)
    })
  }
  const { user, system } = process.cpuUsage(before)
  return { median: middle(times.map(middle)), mean: (user + system) / (rounds * list.length) }
}

function middle(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0
}
