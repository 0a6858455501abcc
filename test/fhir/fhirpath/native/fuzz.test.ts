/** Whatever an expression says: it is compiled or not, and decided within its budget or not, but nothing else happens. */
import { describe, expect, test } from 'vitest'
import { createBudget, FhirPathBudgetError } from '../../../../server/fhir/fhirpath/native/budget.ts'
import { compileNative } from '../../../../server/fhir/fhirpath/native/compile.ts'
import type { JsonObject } from '../../../../server/fhir/json.ts'
import { publishedInvariants } from '../../../support/invariants.ts'
import { oneOf, randomFrom, seed } from '../../../support/random.ts'
import { brokenText, randomExpression } from '../../../support/random-expression.ts'
import { randomResource } from '../../../support/random-resource.ts'
import { definitions } from '../../../support/validation.ts'

/** An expression may take that many milliseconds of the processor, on a machine that is busy with other things. */
const mostMilliseconds = 1000
const steps = 20_000

const random = randomFrom(seed)
const patient: JsonObject = {
  resourceType: 'Patient',
  id: 'p1',
  contained: [{ resourceType: 'Organization', id: 'acme', name: 'Acme' }],
  extension: [
    { url: 'http://example.org/dose', valueQuantity: { value: 5, system: 'http://unitsofmeasure.org', code: 'mg' } },
    { url: 'http://example.org/kind', valueCoding: { code: 'a' } },
  ],
  name: [
    { family: 'Chalmers', given: ['Peter', 'James'] },
    { given: [null, 'Jim'], _given: [{ id: 'g1' }, null] },
  ],
  _gender: { extension: [{ url: 'http://example.org/reason', valueCode: 'unknown' }] },
  birthDate: '1974-12-25',
  deceasedBoolean: false,
  multipleBirthInteger: 2,
  telecom: [{ system: 'phone', value: '1' }],
  managingOrganization: { reference: '#acme' },
}

describe(`expressions at random (seed ${seed})`, () => {
  const resources = [patient, ...['Patient', 'Observation'].map((type) => randomResource(definitions, type, random))]

  test('of the grammar', () => {
    const outcomes = Array.from({ length: 3000 }, () => outcomeOf(randomExpression(random), oneOf(random, resources)))
    for (const kind of ['not compiled', 'empty', 'true', 'false']) expect(outcomes).toContain(kind)
    expect(outcomes.filter((outcome) => outcome === 'not compiled').length).toBeLessThan(1000)
  })

  test('of published invariants, changed', () => {
    const texts = publishedInvariants().map(({ expression }) => expression)
    const outcomes = Array.from({ length: 3000 }, () =>
      outcomeOf(brokenText(oneOf(random, texts), random), oneOf(random, resources)),
    )
    for (const kind of ['not compiled', 'empty', 'true', 'false']) expect(outcomes).toContain(kind)
  })

  test('of no language', () => {
    const alphabet = [...'abc09.()[]{}\'"`\\%$@#|&~!?<>=+-*/, \n\0\u{1f600}é', 'where', ' is ', ' and ', '$this']
    const texts = Array.from({ length: 3000 }, () =>
      Array.from({ length: Math.floor(random() * 30) }, () => oneOf(random, alphabet)).join(''),
    )
    expect(texts.map((text) => outcomeOf(text, patient))).toContain('not compiled')
  })
})

/** How it ends; a failure for any other end, and for one that takes long. */
function outcomeOf(expression: string, resource: JsonObject): string {
  const start = process.cpuUsage()
  const outcome = endOf(expression, resource)
  const { user, system } = process.cpuUsage(start)
  if ((user + system) / 1000 > mostMilliseconds) throw new Error(`${expression} takes too long`)
  return outcome
}

function endOf(expression: string, resource: JsonObject): string {
  try {
    const native = compileNative(expression, { type: String(resource['resourceType']), definitions })
    if (!native) return 'not compiled'
    const answer = native.test(resource, { resource, rootResource: resource, spend: createBudget(steps) })
    return answer === undefined ? 'empty' : String(answer)
  } catch (error) {
    if (error instanceof FhirPathBudgetError) return 'too costly'
    throw new Error(`${JSON.stringify(expression)} on ${JSON.stringify(resource)}`, { cause: error })
  }
}
