/** What of the published invariants the native engine leaves to the full one. */
import { describe, expect, test } from 'vitest'
import { ExpressionError } from '../../../../server/fhir/fhirpath/expression-error.ts'
import { compileExpression, compileNative } from '../../../../server/fhir/fhirpath/native/compile.ts'
import { coreResources, publishedInvariants } from '../../../support/invariants.ts'
import { needsFolder, sharedFolder } from '../../../support/shared-data.ts'
import { definitions } from '../../../support/validation.ts'

/** `key: reason` of the invariants that the native engine does not cover. */
const uncovered: readonly string[] = []

const packages = sharedFolder('../packages')
const invariants = publishedInvariants()

describe('the native engine covers', () => {
  test('every invariant of the base specification and of US Core at every type that it is published for', () => {
    const places = invariants.flatMap(({ key, expression, paths }) =>
      [...new Set([...paths].flatMap(typesAt))].map((type) => ({ key, expression, type })),
    )
    const reasons = places.flatMap(({ key, expression, type }) => {
      const reason = reasonAgainst(expression, type)
      return reason === undefined ? [] : [`${key}: ${reason}`]
    })
    expect([...new Set(reasons)]).toEqual(uncovered)
    expect(places.length).toBeGreaterThan(1000)
  })

  test('as many as the base specification has', () => {
    const base = invariants.filter(({ paths }) => [...paths].some((path) => definitions.types.has(root(path))))
    expect(base.length).toBeGreaterThanOrEqual(200)
  })
})

describe.skipIf(!packages)(needsFolder('US Core', packages), () => {
  test.each(['us-core-1', 'us-core-3', 'us-core-6', 'us-core-13', 'us-core-18', 'us-core-23', 'pd-1', 'inv-1'])(
    '%s is among them',
    (key) => {
      const texts = invariants.filter((invariant) => invariant.key === key)
      expect(texts.length).toBeGreaterThan(0)
      expect(texts.every(({ expression }) => compileNative(expression, { type: 'Observation', definitions }))).toBe(
        true,
      )
    },
  )

  test('was read in full: the profiles of 6.1.0 and those of 8.0.1', () => {
    const profiles = coreResources.filter(({ resourceType }) => resourceType === 'StructureDefinition')
    expect(profiles).toHaveLength(59 + 68)
  })
})

/** The types of values at an element's path; that of the whole where the definitions do not have the element. */
function typesAt(path: string): readonly string[] {
  if (definitions.types.has(path)) return [path]
  const [first, ...names] = path.split('.')
  let types: readonly string[] = [first!]
  for (const name of names) {
    const own = name.replace('[x]', '')
    types = types.flatMap((type) =>
      [...(definitions.properties(type)?.values() ?? [])]
        .filter(({ element }) => element.name === own)
        .map(({ type: { code } }) => code),
    )
  }
  return types.length > 0 ? [...new Set(types)] : [first!]
}

function reasonAgainst(expression: string, type: string): string | undefined {
  try {
    compileExpression(expression, { type, definitions })
    return undefined
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    throw error
  }
}

function root(path: string): string {
  return path.split('.', 1)[0]!
}
