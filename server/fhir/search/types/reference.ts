/** https://hl7.org/fhir/R4/search.html#reference */
import { any, type Sql, sql } from '../../../sql.ts'
import { OutcomeError } from '../../outcome.ts'
import { isId, parseReference } from '../../reference.ts'
import { canonicalTerm, leadsByUrl, urlOf, widerVersions } from '../canonical.ts'
import { unescapeValue } from '../escapes.ts'
import { forms } from '../forms.ts'
import { type Direction, parentPath, relatives } from '../hierarchy.ts'
import { targetConstant } from '../indexing/references.ts'
import type { SearchPath } from '../path.ts'
import type { Scope } from '../scope.ts'
import type { IndexedParameter } from '../search-index.ts'
import type { Terms } from '../term.ts'
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
  const { terms, indexes } = scope.compiler
  const direction = modifier === 'above' || modifier === 'below' ? modifier : undefined
  const patients: bigint[] = []
  const found: bigint[] = []
  const starts = new Map<string, bigint[]>()
  for (const value of values) {
    const { targets, uris } = targetsOf(
      unescapeValue(value),
      path,
      parameter,
      direction ? undefined : modifier,
      name,
      scope,
    )
    for (const uri of uris) found.push(...uriTerms(path, uri, direction, terms))
    for (const { type, id } of targets) {
      const key = terms.key(type, id)
      if (direction && parentPath(type, indexes)) starts.set(type, [...(starts.get(type) ?? []), key])
      else if (isPatientColumn(path, type, scope)) patients.push(key)
      else found.push(BigInt.asIntN(64, key ^ targetConstant(path, type, terms)))
    }
  }
  const conditions = [...starts].map(([type, keys]) => hierarchyCondition(path, type, keys, direction!, scope))
  if (patients.length > 0) conditions.push(hasPatient(scope, patients))
  if (found.length > 0) conditions.push(hasAnyTerm(scope, found))
  return any(conditions)
}

/** The terms by which a url along the path is found; `direction` speaks of its version. */
function uriTerms(path: SearchPath, uri: string, direction: Direction | undefined, terms: Terms): bigint[] {
  const plain = terms.term(path.tweak, forms.uri(uri))
  if (!leadsByUrl(path)) return [plain]
  const exact = canonicalTerm(path, uri, terms)
  const url = urlOf(uri)
  if (direction === 'above')
    return [exact, ...[url, ...widerVersions(uri)].map((one) => canonicalTerm(path, one, terms))]
  if (direction === 'below' && url !== uri) return [plain, exact, terms.term(path.tweak, forms.belowVersion(uri))]
  return [plain, exact]
}

/** Rows that point at one of the keys or at what is above or below it. */
function hierarchyCondition(
  path: SearchPath,
  type: string,
  keys: readonly bigint[],
  direction: Direction,
  { alias, compiler }: Scope,
): Sql {
  const constant = targetConstant(path, type, compiler.terms)
  const around = relatives(type, parentPath(type, compiler.indexes)!, keys, direction, compiler)
  return sql`${alias}.terms && array(select pk # ${constant}::bigint from (${around}) around)`
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
