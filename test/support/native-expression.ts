/** Short ways to evaluate an expression with the native engine. */
import { createBudget } from '../../server/fhir/fhirpath/native/budget.ts'
import { compileNative } from '../../server/fhir/fhirpath/native/compile.ts'
import type { Element, NativeEnvironment } from '../../server/fhir/fhirpath/native/values.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { definitions } from './validation.ts'

/** The values on a resource; 'fault' where the expression does not apply, 'uncovered' where it cannot be compiled. */
export function valuesOf(
  expression: string,
  resource: JsonObject = { resourceType: 'Patient' },
  more: Partial<NativeEnvironment> = {},
): readonly JsonValue[] | 'fault' | 'uncovered' {
  const native = compileNative(expression, { type: String(resource['resourceType']), definitions })
  if (!native) return 'uncovered'
  const environment = { resource, rootResource: resource, spend: createBudget(100_000), ...more }
  return native.evaluate(resource, environment) ?? 'fault'
}

/** The verdict on a value of a type. */
export function verdictOn(expression: string, type: string, value: JsonValue | Element, resource?: JsonObject) {
  const own = resource ?? { resourceType: 'Basic' }
  return compileNative(expression, { type, definitions })!.test(value, {
    resource: own,
    rootResource: own,
    spend: createBudget(100_000),
  })
}
