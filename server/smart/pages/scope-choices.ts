/**
 * What a person is asked about scopes, and what was answered. Types one by one; where an app asks for everything, the types
 * of a patient's record; inside some types their kinds.
 */
import {
  covers,
  type Interaction,
  narrowScopes,
  type PlainScopeName,
  parseScope,
  printScope,
  type ResourceScope,
  type Scope,
} from '../../access/scope.ts'
import { kindsOf } from './kinds.ts'
import type { Language } from './language.ts'
import type { RecordTypes } from './record-types.ts'
import type { Texts } from './texts.ts'
import { compareTypes, typeInWords } from './type-words.ts'

/** A box to tick. */
export interface ScopeChoice {
  /** What is posted. */
  readonly value: string
  readonly words: string
  /** `see and change` */
  readonly verbs: string
  readonly parts: readonly { readonly value: string; readonly words: string }[]
}

/** Scopes of resources as boxes, in the order in which people care. `record`: what `*` stands for. */
export function scopeChoices(
  asked: readonly Scope[],
  record: RecordTypes,
  language: Language,
  texts: Texts,
): readonly ScopeChoice[] {
  const resources = asked.flatMap((scope) => (scope.kind === 'resource' ? [scope] : []))
  const single = resources.flatMap((scope) => (scope.type === '*' ? unfolded(scope, record) : [scope]))
  const named = new Map(single.map((scope) => [printScope(scope), scope]))
  return [...named]
    .toSorted(([, a], [, b]) => compareTypes(a.type, b.type))
    .map(([value, scope]) => ({
      value,
      words: wordsOf(scope, language, texts),
      verbs: verbsOf(scope.interactions, texts),
      parts: partsOf(scope, language),
    }))
}

/** The types of the record that people know; the wildcard itself stands for the rest. */
function unfolded(scope: ResourceScope, { named }: RecordTypes): ResourceScope[] {
  return [...named.map((type) => ({ ...scope, type })), scope]
}

function wordsOf({ type, criteria }: ResourceScope, language: Language, texts: Texts): string {
  const name = type === '*' ? texts.consent.rest : typeInWords(type, language)
  if (criteria.length === 0) return name
  const text = criteria.map((one) => decodeURIComponent(one.text)).join('&')
  const kind = kindsOf(type).find((one) => one.criteria === text)
  return `${name}: ${kind?.words[language] ?? texts.consent.limited.replace('{criteria}', text)}`
}

const seen: readonly Interaction[] = ['r', 's']

function verbsOf(interactions: readonly Interaction[], { consent }: Texts): string {
  const verbs = [
    interactions.some((one) => seen.includes(one)) ? consent.see : '',
    interactions.includes('c') ? consent.add : '',
    interactions.includes('u') ? consent.alter : '',
    interactions.includes('d') ? consent.remove : '',
  ].filter((verb) => verb !== '')
  const last = verbs.pop() ?? ''
  return verbs.length === 0 ? last : `${verbs.join(', ')} ${consent.and} ${last}`
}

function partsOf(scope: ResourceScope, language: Language) {
  if (scope.criteria.length > 0) return []
  return kindsOf(scope.type).map(({ criteria, words }) => ({
    value: `${printScope({ ...scope, syntax: 'v2' })}?${criteria}`,
    words: words[language],
  }))
}

/** What is asked besides resources. */
export function asksFor(asked: readonly Scope[], name: PlainScopeName): boolean {
  return asked.some((scope) => scope.kind === 'plain' && scope.name === name)
}

/** Plain scopes that a person may refuse while the app still works. */
export const optionalScopes: readonly PlainScopeName[] = ['offline_access', 'online_access']

/**
 * What was granted: of what was asked for, the boxes of `shown` that were ticked; `undefined` where none was shown. Kinds of
 * a type stand in the place of the whole type. What is no resource, and may not be refused by itself, stays.
 */
export function chosenScopes(
  asked: readonly Scope[],
  shown: readonly ScopeChoice[],
  ticked: readonly string[] | undefined,
  record: RecordTypes,
): readonly Scope[] {
  if (ticked === undefined) return asked
  const boxes = ticked
    .flatMap((text) => parseScope(text) ?? [])
    .flatMap((scope) => withoutWildcard(scope, asked, record))
  const allowed = boxes.filter((box) => !boxes.some((other) => other !== box && isKindOf(other, box)))
  const plain = asked.filter(
    (scope) =>
      scope.kind === 'plain' && (!optionalScopes.includes(scope.name) || boxes.some((box) => covers(box, scope))),
  )
  const resources = asked.filter((scope) => scope.kind === 'resource')
  const isWhole = shown.every(
    ({ value, parts }) => ticked.includes(value) && !parts.some((part) => ticked.includes(part.value)),
  )
  if (isWhole) return [...plain, ...resources]
  return [
    ...plain,
    ...narrowScopes(
      resources,
      allowed.filter((scope) => scope.kind === 'resource'),
    ),
  ]
}

/**
 * The box of the rest; and with any box below a wildcard, what it refers to: to be seen, for whoever lets an app change results
 * has not let it change those who made them.
 */
function withoutWildcard(box: Scope, asked: readonly Scope[], { rest, shared }: RecordTypes): readonly Scope[] {
  if (box.kind === 'plain') return [box]
  const types = box.type === '*' ? rest[box.context] : [box.type]
  const isBelow = asked.some(
    (scope) => scope.kind === 'resource' && scope.type === '*' && scope.context === box.context,
  )
  const interactions = box.type === '*' ? box.interactions : box.interactions.filter((one) => seen.includes(one))
  const isAround = isBelow && interactions.length > 0
  const around = isAround ? shared.map((type) => ({ ...box, type, interactions, criteria: [] })) : []
  return [...types.map((type) => ({ ...box, type })), ...around]
}

function isKindOf(kind: Scope, whole: Scope): boolean {
  return (
    kind.kind === 'resource' &&
    whole.kind === 'resource' &&
    kind.criteria.length > 0 &&
    whole.criteria.length === 0 &&
    kind.type === whole.type &&
    kind.context === whole.context
  )
}

/** Whether any access to resources is left, or none was asked for. */
export function leavesSomething(asked: readonly Scope[], granted: readonly Scope[]): boolean {
  const isResource = (scope: Scope) => scope.kind === 'resource'
  return !asked.some(isResource) || granted.some(isResource)
}
