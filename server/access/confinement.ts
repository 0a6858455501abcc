/** Into whose records a caller may write, who is granted those of some patients alone. */
import { isJsonObject, type JsonObject } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import type { Caller } from './caller.ts'
import { type AccessIndex, membership } from './compartment-terms.ts'
import type { PolicyRule } from './policy.ts'
import type { ResourceScope } from './scope.ts'
import { securityContextOf } from './security-context.ts'

/**
 * Ids of the patients to whose records all is confined that these scopes and these rules of the caller's roles allow;
 * undefined where it is not.
 */
export function confinementOf(
  { account, patient }: Caller,
  scopes: readonly ResourceScope[],
  rules: readonly PolicyRule[],
): ReadonlySet<string> | undefined {
  const byScope = scopes.every(({ context }) => context === 'patient') ? new Set([patient ?? '']) : undefined
  const byRole = account && rules.every(({ rows }) => rows === 'own') ? new Set(account.patients) : undefined
  return byScope && byRole ? byScope.intersection(byRole) : (byScope ?? byRole)
}

/** Ids of the patients of whose records a resource is part by what it refers to. */
export function patientsOf(resource: JsonObject, index: AccessIndex): readonly string[] {
  const type = String(resource['resourceType'])
  if (type === 'Binary') {
    const context = securityContextOf(resource, index.base)
    return context.kind === 'resource' && context.type === 'Patient' ? [context.id] : []
  }
  const { standard } = index.indexes.index(type)
  const found = new Set<string>()
  for (const path of membership(type, index).flatMap((code) => standard.get(code)?.paths ?? [])) {
    if (path.resolveType !== undefined && path.resolveType !== 'Patient') continue
    path.extract(resource, (value) => {
      const text = isJsonObject(value) ? value['reference'] : undefined
      const parsed = typeof text === 'string' ? parseReference(text, index.base) : undefined
      if (parsed?.kind === 'relative' && parsed.type === 'Patient') found.add(parsed.id)
    })
  }
  return [...found]
}
