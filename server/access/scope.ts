/**
 * What an app asks for and what it is granted, as SMART writes it: of the first and the second version, with criteria and
 * with wildcards. https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
import { unescapedSplit } from '../fhir/search/escapes.ts'

/** One letter per interaction, in the order in which scopes have them: create, read, update, delete, search. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's'

export const interactionLetters: readonly Interaction[] = ['c', 'r', 'u', 'd', 's']

export const scopeContexts = ['patient', 'user', 'system'] as const
export type ScopeContext = (typeof scopeContexts)[number]

/** `category=laboratory,vital-signs`: one of the values. */
export interface ScopeCriterion {
  readonly name: string
  /** Escaped as in a search. */
  readonly values: readonly string[]
  /** As it was written. */
  readonly text: string
}

/** Access to resources: `patient/Observation.rs?category=laboratory`. */
export interface ResourceScope {
  readonly kind: 'resource'
  readonly context: ScopeContext
  /** A resource type, or `*` for all. */
  readonly type: string
  /** In their order, at least one. */
  readonly interactions: readonly Interaction[]
  /** All of them hold; none where whatever the type has is granted. */
  readonly criteria: readonly ScopeCriterion[]
  /** How it was written: it is granted in the same spelling. */
  readonly syntax: 'v1' | 'v2'
}

/** What is granted beside resources: `openid`, `launch/patient`, … */
export interface PlainScope {
  readonly kind: 'plain'
  readonly name: PlainScopeName
}

export type Scope = ResourceScope | PlainScope

export const plainScopes = [
  'openid',
  'fhirUser',
  'profile',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
] as const
export type PlainScopeName = (typeof plainScopes)[number]

/** What the permissions of the first version mean. */
const firstVersion: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** One scope; undefined for what is none. Whether the resource type and its parameters exist is not looked at. */
export function parseScope(text: string): Scope | undefined {
  const name = plainScopes.find((known) => known === text)
  if (name) return { kind: 'plain', name }
  const [, context, type, permissions, query] =
    /^(patient|user|system)\/([A-Z][A-Za-z]*|\*)\.([a-z]+|\*)(?:\?(.*))?$/.exec(text) ?? []
  if (permissions === undefined) return undefined
  const old = Object.hasOwn(firstVersion, permissions)
  const interactions = lettersOf(old ? firstVersion[permissions]! : permissions)
  const criteria = query === undefined ? [] : parseCriteria(query)
  if (!interactions || !criteria || (old && query !== undefined)) return undefined
  const syntax = old ? 'v1' : 'v2'
  return { kind: 'resource', context: context as ScopeContext, type: type!, interactions, criteria, syntax }
}

/** The scopes of a list with spaces between them; `unknown` are those that are none. Each once. */
export function parseScopes(list: string): { readonly scopes: readonly Scope[]; readonly unknown: readonly string[] } {
  const texts = [...new Set(list.split(' ').filter((text) => text !== ''))]
  const parsed = texts.map((text) => ({ text, scope: parseScope(text) }))
  return {
    scopes: parsed.flatMap(({ scope }) => scope ?? []),
    unknown: parsed.filter(({ scope }) => !scope).map(({ text }) => text),
  }
}

/** The letters of `text`, each once and in their order; undefined for anything else. */
function lettersOf(text: string): readonly Interaction[] | undefined {
  const letters = interactionLetters.filter((letter) => text.includes(letter))
  return letters.length > 0 && letters.join('') === text ? letters : undefined
}

/** The query behind a scope, as in a search; undefined where it cannot be read. */
function parseCriteria(query: string): readonly ScopeCriterion[] | undefined {
  const criteria = query.split('&').map((text): ScopeCriterion | undefined => {
    const equals = text.indexOf('=')
    const name = decoded(text.slice(0, Math.max(equals, 0)))
    const values = unescapedSplit(decoded(text.slice(equals + 1)) ?? '', ',')
    return name && !values.includes('') ? { name, values: [...new Set(values)], text } : undefined
  })
  return criteria.every((criterion) => criterion !== undefined) ? criteria : undefined
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** As it is granted: in the spelling in which it was asked for, where that has words for it. */
export function printScope(scope: Scope): string {
  if (scope.kind === 'plain') return scope.name
  const { context, type, interactions, criteria, syntax } = scope
  const letters = interactions.join('')
  const query = criteria.length === 0 ? '' : `?${criteria.map(({ text }) => text).join('&')}`
  const old = syntax === 'v1' && criteria.length === 0 ? oldSpelling(letters) : undefined
  return `${context}/${type}.${old ?? letters}${query}`
}

export function printScopes(scopes: readonly Scope[]): string {
  return scopes.map(printScope).join(' ')
}

function oldSpelling(letters: string): string | undefined {
  return Object.keys(firstVersion).find((name) => firstVersion[name] === letters)
}

/** Whether `granted` allows all that `wanted` does. */
export function covers(granted: Scope, wanted: Scope): boolean {
  if (granted.kind === 'plain' || wanted.kind === 'plain') {
    return granted.kind === 'plain' && wanted.kind === 'plain' && granted.name === wanted.name
  }
  return (
    granted.context === wanted.context &&
    (granted.type === '*' || granted.type === wanted.type) &&
    wanted.interactions.every((letter) => granted.interactions.includes(letter)) &&
    granted.criteria.every((criterion) => wanted.criteria.some((narrower) => implies(narrower, criterion)))
  )
}

function implies(narrower: ScopeCriterion, wider: ScopeCriterion): boolean {
  return narrower.name === wider.name && narrower.values.every((value) => wider.values.includes(value))
}

/** What both lists allow, in the order and the spelling of `asked`. */
export function narrowScopes(asked: readonly Scope[], allowed: readonly Scope[]): readonly Scope[] {
  const found = asked.flatMap((scope) => withoutCovered(allowed.flatMap((limit) => common(scope, limit) ?? [])))
  return found.filter((scope, i) => found.findIndex((other) => printScope(other) === printScope(scope)) === i)
}

/** What one scope and one limit both allow; undefined for nothing. */
function common(scope: Scope, limit: Scope): Scope | undefined {
  if (scope.kind === 'plain' || limit.kind === 'plain') return covers(limit, scope) ? scope : undefined
  const type = scope.type === '*' ? limit.type : scope.type
  const interactions = scope.interactions.filter((letter) => limit.interactions.includes(letter))
  const fits = scope.context === limit.context && (limit.type === '*' || limit.type === type)
  if (!fits || interactions.length === 0) return undefined
  const more = limit.criteria.filter((criterion) => !scope.criteria.some((own) => implies(own, criterion)))
  return { ...scope, type, interactions, criteria: [...scope.criteria, ...more] }
}

/** Without those that others of the list cover; of equals the first stays. */
function withoutCovered(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter(
    (scope, i) => !scopes.some((other, k) => k !== i && covers(other, scope) && (k < i || !covers(scope, other))),
  )
}
