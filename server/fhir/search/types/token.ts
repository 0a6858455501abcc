/** https://hl7.org/fhir/R4/search.html#token */
import { any, type Sql, sql } from '../../../sql.ts'
import { OutcomeError } from '../../outcome.ts'
import { unescapedSplit, unescapeValue } from '../escapes.ts'
import { codesOfSystem, forms } from '../forms.ts'
import type { SearchPath } from '../path.ts'
import type { CodeInSystem, Scope } from '../scope.ts'
import { normalize, plainTokenTypes } from '../values.ts'
import { hasAnyTerm } from './terms.ts'

export interface TokenQuery {
  /** Undefined: any system; empty: no system. */
  readonly system?: string
  readonly code?: string
}

/** `code`, `system|code`, `|code` or `system|`. */
export function parseToken(text: string, name: string): TokenQuery {
  const parts = unescapedSplit(text, '|').map(unescapeValue)
  if (parts.length > 2 || parts.every((part) => part === '')) {
    const expected = 'It takes code, system|code, |code or system|; write \\| for a bar inside a code.'
    throw new OutcomeError('invalid-search-value', { name, value: text, type: 'token', expected })
  }
  const [first, second] = parts as [string, string?]
  if (second === undefined) return { code: first }
  return second === '' ? { system: first } : { system: first, code: second }
}

/** Throws where a value of a parameter that only has booleans is none. The system of true and false is implied. */
export function checkBooleans(paths: readonly SearchPath[], values: readonly string[], name: string): void {
  if (!paths.every(({ types }) => types.every((type) => type === 'boolean'))) return
  for (const value of values) {
    const { system = '', code = '' } = parseToken(value, name)
    if (booleanSystems.has(system) && /^(?:true|false)$/i.test(code)) continue
    throw new OutcomeError('invalid-search-value', { name, value, type: 'token', expected: 'It takes true or false.' })
  }
}

/** https://hl7.org/fhir/R4/codesystem-special-values.html */
const booleanSystems: ReadonlySet<string> = new Set([
  '',
  'http://hl7.org/fhir/special-values',
  'http://terminology.hl7.org/CodeSystem/special-values',
])

export function tokenCondition(
  paths: readonly SearchPath[],
  values: readonly string[],
  modifier: string | undefined,
  name: string,
  scope: Scope,
): Sql {
  switch (modifier) {
    case undefined:
      return plainCondition(paths, values, name, scope)
    case 'not':
      return sql`not ${plainCondition(paths, values, name, scope)}`
    case 'text':
      return textCondition(paths, values, scope)
    case 'of-type':
      return hasAnyTerm(scope, ofTypeTerms(paths, values, name, scope))
    case 'not-in':
      return sql`not ${hasAnyTerm(scope, codeTerms(paths, values, name, scope))}`
    default:
      return hasAnyTerm(scope, codeTerms(paths, values, name, scope))
  }
}

function plainCondition(paths: readonly SearchPath[], values: readonly string[], name: string, scope: Scope): Sql {
  const term = hasAnyTerm(scope, tokenTerms(paths, values, name, scope))
  const queries = values.map((value) => parseToken(value, name))
  const systems = queries.flatMap(({ system, code }) => (code === undefined && system !== undefined ? [system] : []))
  const listed = paths.filter(({ types }) => !types.every((type) => type === 'Identifier' || plainTokenTypes.has(type)))
  if (systems.length === 0 || listed.length === 0) return term
  return any([term, systemCondition(listed, systems, scope)])
}

/** Rows with a code of one of the systems, by the dictionary. */
function systemCondition(paths: readonly SearchPath[], systems: readonly string[], scope: Scope): Sql {
  const numbers = paths.map((path) => path.number)
  return sql`${scope.alias}.terms && array(
    select term from text_term, unnest(${systems.map(codesOfSystem)}::text[]) as start
    where path = any(${numbers}::int[]) and v >= start and v < start || ${'\u{10FFFF}'})`
}

/** The terms of which a matching row has one. */
export function tokenTerms(
  paths: readonly SearchPath[],
  values: readonly string[],
  name: string,
  scope: Scope,
): bigint[] {
  const { terms } = scope.compiler
  return values.flatMap((value) => {
    const query = parseToken(value, name)
    return paths.flatMap((path) => queryForms(path, query).map((form) => terms.term(path.tweak, form)))
  })
}

/** The forms under which a query's token is indexed on a path; several where a path leads to several types. */
export function queryForms(path: SearchPath, { system, code }: TokenQuery): string[] {
  if (path.types.every((type) => plainTokenTypes.has(type))) {
    return code !== undefined && plainSystem(system) ? [forms.code(code.toLowerCase())] : []
  }
  if (code === undefined) return [forms.system(system!)]
  const codes = new Set(path.types.map((type) => (type === 'Identifier' ? code : code.toLowerCase())))
  return [...codes].map((spelling) => {
    if (system === undefined) return forms.code(spelling)
    return system === '' ? forms.codeWithoutSystem(spelling) : forms.systemAndCode(system, spelling)
  })
}

/** A code element's system is that of its binding; HL7's own are taken for it (see CLARIFICATIONS.md). */
function plainSystem(system: string | undefined): boolean {
  return system === undefined || system === '' || /^http:\/\/(hl7\.org\/fhir|terminology\.hl7\.org)\//.test(system)
}

/** The display or text begins with the words given; the codes of systems, listed beside them, begin lower than any. */
function textCondition(paths: readonly SearchPath[], values: readonly string[], scope: Scope): Sql {
  const numbers = paths.map((path) => path.number)
  const starts = values.map((value) => normalize(unescapeValue(value)))
  return sql`${scope.alias}.terms && array(
    select term from text_term, unnest(${starts}::text[]) as start
    where path = any(${numbers}::int[]) and v >= ' ' and v >= start and v < start || ${'\u{10FFFF}'})`
}

/** `system|code|value` of an Identifier and its type. */
function ofTypeTerms(paths: readonly SearchPath[], values: readonly string[], name: string, scope: Scope): bigint[] {
  const { terms } = scope.compiler
  return values.flatMap((text) => {
    const [system = '', code = '', value = '', ...more] = unescapedSplit(text, '|').map(unescapeValue)
    if (more.length > 0 || code === '' || value === '') {
      const expected = 'With :of-type it takes system|code|value.'
      throw new OutcomeError('invalid-search-value', { name, value: text, type: 'token', expected })
    }
    return paths.map((path) => terms.term(path.tweak, forms.ofType(system, code.toLowerCase(), value)))
  })
}

/** Terms of the codes that were looked up for a value set (`:in`, `:not-in`) or a code's relatives. */
function codeTerms(paths: readonly SearchPath[], values: readonly string[], name: string, scope: Scope): bigint[] {
  const { codes, terms } = scope.compiler
  return values.flatMap((value) => {
    const known = codes.get(codesKey(name, value))
    if (!known) {
      const unknown = /:(?:above|below)$/.test(name)
        ? 'It takes system|code, of a code system that is known here and has the code.'
        : 'No value set of that name is known here.'
      const hint = scope.compiler.codeHints?.get(codesKey(name, value))
      const expected = hint === undefined ? unknown : `${unknown} ${hint}`
      throw new OutcomeError('invalid-search-value', { name, value, type: 'token', expected })
    }
    return known.flatMap((code: CodeInSystem) =>
      paths.flatMap((path) => queryForms(path, code).map((form) => terms.term(path.tweak, form))),
    )
  })
}

/** Under what `Compiler.codes` holds the codes for a parameter's value. */
export function codesKey(name: string, value: string): string {
  return `${name.split(':').pop()} ${unescapeValue(value)}`
}
