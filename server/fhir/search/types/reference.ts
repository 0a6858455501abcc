/** https://hl7.org/fhir/R4/search.html#reference */
import { any, type Sql } from '../../../sql.ts'
import { OutcomeError } from '../../outcome.ts'
import { isId, parseReference } from '../../reference.ts'
import { unescapeValue } from '../escapes.ts'
import { forms } from '../forms.ts'
import { targetConstant } from '../indexing/references.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'
import type { IndexedParameter } from '../search-index.ts'
import { hasAnyTerm, hasPatient } from './terms.ts'
import { parseToken } from './token.ts'

export function referenceCondition(
  parameter: IndexedParameter,
  values: readonly string[],
  modifier: string | undefined,
  name: string,
  scope: Scope,
): Sql {
  if (modifier === 'identifier') return identifierCondition(parameter.paths, values, name, scope)
  return any(parameter.paths.map((path) => pathCondition(path, parameter, values, modifier, name, scope)))
}

/** Rows whose reference along the path is one of the values. */
function pathCondition(
  path: SearchPath,
  parameter: IndexedParameter,
  values: readonly string[],
  modifier: string | undefined,
  name: string,
  scope: Scope,
): Sql {
  const { terms } = scope.compiler
  const patients: bigint[] = []
  const found: bigint[] = []
  for (const value of values) {
    const { targets, uris } = targetsOf(unescapeValue(value), path, parameter, modifier, name, scope)
    for (const uri of uris) found.push(terms.term(path.tweak, forms.uri(uri)))
    for (const { type, id } of targets) {
      const key = terms.key(type, id)
      if (isPatientColumn(path, type, scope)) patients.push(key)
      else found.push(BigInt.asIntN(64, key ^ targetConstant(path, type, terms)))
    }
  }
  const conditions: Sql[] = []
  if (patients.length > 0) conditions.push(hasPatient(scope, patients))
  if (found.length > 0) conditions.push(hasAnyTerm(scope, found))
  return any(conditions)
}

/** References to patients along the principal path are in a column of their own. */
export function isPatientColumn(path: SearchPath, target: string, { type, compiler }: Scope): boolean {
  return target === 'Patient' && compiler.indexes.index(type).principal.patient?.text === path.text
}

/** What a value may point at: resources here, or uris elsewhere. */
function targetsOf(
  text: string,
  path: SearchPath,
  parameter: IndexedParameter,
  modifier: string | undefined,
  name: string,
  scope: Scope,
): { targets: { type: string; id: string }[]; uris: string[] } {
  const { base, definitions } = scope.compiler
  const allowed = path.resolveType ? [path.resolveType] : modifier ? [modifier] : parameter.targets
  const reference = parseReference(text, base)
  const canonical = path.types.some((type) => type !== 'Reference')
  if (reference.kind === 'relative' && definitions.isResourceType(reference.type)) {
    const wrong =
      (modifier !== undefined && reference.type !== modifier) ||
      (path.resolveType && reference.type !== path.resolveType)
    return { targets: wrong ? [] : [{ type: reference.type, id: reference.id }], uris: canonical ? [text] : [] }
  }
  if (isId(text)) return { targets: allowed.map((type) => ({ type, id: text })), uris: canonical ? [text] : [] }
  if (reference.kind === 'absolute' || reference.kind === 'urn') return { targets: [], uris: [text] }
  const expected = 'It takes an id, [type]/[id] or an absolute URL.'
  throw new OutcomeError('invalid-search-value', { name, value: text, type: 'reference', expected })
}

/** References by their identifier: `system|value`. */
function identifierCondition(paths: readonly SearchPath[], values: readonly string[], name: string, scope: Scope): Sql {
  const { terms } = scope.compiler
  const found = values.flatMap((value) => {
    const { system, code } = parseToken(value, name)
    const form =
      code === undefined
        ? forms.system(system!)
        : system === undefined
          ? forms.code(code)
          : system === ''
            ? forms.codeWithoutSystem(code)
            : forms.systemAndCode(system, code)
    return paths.map((path) => terms.term(path.tweak, forms.referenceIdentifier(form)))
  })
  return hasAnyTerm(scope, found)
}
