import { describe, expect, test } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../../server/fhir/json.ts'
import { objects } from '../../../../server/fhir/validation/profile/element-tree.ts'
import { snapshotOf } from '../../../../server/fhir/validation/snapshot.ts'
import { publishedStructures } from '../../../support/published.ts'
import { publishedCanonicals } from '../../../support/snapshots.ts'

interface Differing {
  readonly where: RegExp
  readonly why: string
}

const limits = 'a type has the limits of the type that it is based on: the published one leaves them out'
const patched = 'only its snapshot was changed after publication: it has what neither its differential nor R4 has'
const patchedBase = 'the base that it was published with is another than the one that is here'

/** Where a published snapshot is another than the one that is made from its own differential, and why ours stands. */
const differing: Readonly<Record<string, Differing>> = {
  code: { where: /^code\.value values$/, why: limits },
  id: { where: /^id\.value values$/, why: limits },
  markdown: { where: /^markdown\.value values$/, why: limits },
  positiveInt: { where: /^positiveInt\.value values$/, why: limits },
  unsignedInt: { where: /^unsignedInt\.value values$/, why: limits },
  Meta: {
    where: /^Meta\.(project|author|onBehalfOf|accounts?|compartment|deleted) is missing$/,
    why: patched,
  },
  AuditEvent: { where: /^AuditEvent\.source\.observer type$/, why: patched },
  Binary: { where: /^Binary\.url is missing$/, why: patched },
  Bundle: { where: /^Bundle\.entry\.response\.outcome type$/, why: patched },
  DetectedIssue: { where: /^DetectedIssue\.status binding$/, why: patched },
  DeviceDefinition: { where: /^DeviceDefinition\.(classification.*|bodySite) is missing$/, why: patched },
  EvidenceVariable: { where: /^EvidenceVariable\.characteristic/, why: patched },
  HealthcareService: { where: /^HealthcareService\.offeredIn is missing$/, why: patched },
  MeasureReport: { where: /^MeasureReport\.subject type$/, why: patched },
  ObservationDefinition: { where: /^ObservationDefinition\.publisher is missing$/, why: patched },
  ResearchStudy: {
    where: /^ResearchStudy\.(.* is missing|(status|primaryPurposeType) binding|site type)$/,
    why: 'its differential and its snapshot are taken from different releases',
  },
  SubscriptionStatus: {
    where: /^SubscriptionStatus\.contained constraint$/,
    why: 'it is R4B’s, whose DomainResource says dom-r4b of contained resources; R4’s does not',
  },
  MetadataResource: {
    where: /^MetadataResource constraint$/,
    why: 'its snapshot has ele-1, a rule of data types, which DomainResource and its differential do not have',
  },
  'ehrsrle-auditevent': { where: /^AuditEvent\.(agent\.who|source\.observer) type$/, why: patchedBase },
  picoelement: { where: /^EvidenceVariable\.characteristic/, why: patchedBase },
  'provenance-relevant-history': {
    where: /^Provenance\.(agent:Author\.type binding|entity\.agent contentReference)$/,
    why: 'a slice has what the differential says of its element; entity.agent refers to agents, not to the slice',
  },
  'elementdefinition-de': {
    where: /^ElementDefinition\.extension:\w+\.(id|extension|url|value\[x\]) is missing$/,
    why: 'its differential says nothing of what is in its extensions: that is found in their definitions',
  },
}

/** Published profiles that do contradict themselves; the last is made for another EvidenceVariable. */
const contradicting: Readonly<Record<string, RegExp>> = {
  'familymemberhistory-genetic': /^FamilyMemberHistory\.condition:Condition: it is a slice, but its element is not/,
  'codesystem-history': /^Extension\.extension:revision\.extension:\w+: its maximum 1 is above that of its base/,
  picoelement: /^EvidenceVariable\.characteristic\./,
}

const found = new Set<string>()

describe('the snapshot that is made is the published one, but for what is named', () => {
  test.each(['profiles-types', 'profiles-resources', 'profiles-others', 'extension-definitions'] as const)(
    '%s',
    (bundle) => {
      const unexpected = publishedStructures(bundle).flatMap((definition) => {
        const id = String(definition['id'])
        const { differences, issues } = compared(definition)
        if (differences.length > 0 || issues.length > 0) found.add(id)
        return [
          ...differences.filter((text) => !differing[id]?.where.test(text)),
          ...issues.filter((text) => !contradicting[id]?.test(text)),
        ].map((text) => `${id}: ${text}`)
      })
      expect(unexpected).toEqual([])
    },
  )

  test('and nothing is named that is the same', () => {
    expect(found).toEqual(new Set([...Object.keys(differing), ...Object.keys(contradicting)]))
  })
})

function compared(definition: JsonObject) {
  const { snapshot, ...rest } = definition
  const theirs = objects(isJsonObject(snapshot) ? snapshot['element'] : [])
  const { elements: made, issues } = snapshotOf(rest, publishedCanonicals)
  const mine = new Map(made.map((element) => [element['id'], element]))
  const ids = new Set(theirs.map((element) => element['id']))
  const inBoth = (elements: readonly JsonObject[]) =>
    elements.map(({ id }) => String(id)).filter((id) => ids.has(id) && mine.has(id))
  const isOrdered = inBoth(made).join() === inBoth(theirs).join()
  const differences = [
    ...theirs.flatMap((element) => differencesOf(element, mine.get(element['id']))),
    ...made.filter((element) => !ids.has(element['id'])).map((element) => `${element['id']} is too much`),
    ...(isOrdered ? [] : ['the order']),
  ]
  return { differences, issues }
}

function differencesOf(theirs: JsonObject, mine: JsonObject | undefined): string[] {
  if (!mine) return [`${theirs['id']} is missing`]
  const [a, b] = [comparable(mine), comparable(theirs)]
  return Object.keys(a)
    .filter((key) => a[key] !== b[key])
    .map((key) => `${theirs['id']} ${key}`)
}

/** What counts of an element, as texts. */
function comparable(element: JsonObject): Record<string, string> {
  const { path, sliceName, min, max, contentReference, binding, constraint, slicing, mustSupport } = element
  const values = Object.entries(element).filter(([key]) => /^(fixed|pattern|minValue|maxValue|maxLength)/.test(key))
  const { strength, valueSet } = isJsonObject(binding) ? binding : {}
  return textsOf({
    ...{ path, sliceName, min, max, contentReference, values },
    mustSupport: mustSupport === true,
    type: objects(element['type']).map(({ code, profile: of, targetProfile }) => [code, of, targetProfile]),
    binding: [strength, valueSet],
    constraint: objects(constraint)
      .map(({ key }) => String(key))
      .sort(),
    // Extensions are sliced by url, whether that is said or not.
    slicing: !/xtension$/.test(String(path)) && isJsonObject(slicing) && slicingOf(slicing),
  })
}

function slicingOf({ rules, ordered, discriminator }: JsonObject) {
  return [rules, ordered === true, discriminator]
}

function textsOf(values: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value) ?? '']))
}
