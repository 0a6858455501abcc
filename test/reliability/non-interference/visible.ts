/**
 * What a caller may see of a resource, by the words of SMART, of R4's compartments and of the policies: slow and plain, so
 * that the server can be held against it. Shares nothing with the server but the published definitions and the policies.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Caller } from '../../../server/access/caller.ts'
import { sharedTypes } from '../../../server/access/shared-types.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { evaluate } from '../../oracle/evaluate.ts'
import { RefusedSearch } from '../../oracle/query.ts'
import { referencedKeys, referenceParameters } from '../../oracle/reach.ts'
import { type Population, remember, type World } from '../../oracle/world.ts'

/** Whether the caller sees the resource named `Type/id` of the world. */
export type Sees = (key: string) => boolean

interface Rule {
  readonly types: readonly string[]
  readonly interactions: string
  readonly rows?: 'own' | 'shared' | 'self'
  readonly criteria?: string
  readonly hidden?: readonly string[]
}

interface Policy {
  readonly role: string
  readonly labels?: readonly string[]
  readonly rules: readonly Rule[]
}

const folder = join(import.meta.dirname, '..', '..', '..', 'profiles', 'policies')
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'))
const groups = read('type-groups.json') as Record<string, string[]>
const restricted = new Set(Object.values(read('restricted-labels.json') as Record<string, string[]>).flat())
const policies = readdirSync(folder)
  .filter((file) => !['type-groups.json', 'restricted-labels.json'].includes(file))
  .map((file) => read(file) as Policy)

/** `consents` are those in force. */
export function visibility(caller: Caller, world: World, consents: readonly JsonObject[]): Sees {
  const known = new Map<string, boolean>()
  return (key) => {
    const seen = known.get(key) ?? sees(key, caller, world, consents)
    known.set(key, seen)
    return seen
  }
}

/** What the server itself looks up to carry out a request: for that the client needs no scope, but the person a role. */
const usedTypes: ReadonlySet<string> = new Set(['CodeSystem', 'ConceptMap', 'NamingSystem', 'ValueSet'])

/** Whether the server may use a resource for the caller, who may not see it. */
export function uses(key: string, caller: Caller, world: World, consents: readonly JsonObject[]): boolean {
  const row = rowOf(key, world)
  return usedTypes.has(row.type) && (caller.account === undefined || roleAllows(row, caller, consents))
}

function rowOf(key: string, world: World): Row {
  return { key, type: key.split('/')[0]!, resource: world.resource(key)! as unknown as JsonObject, world }
}

function sees(key: string, caller: Caller, world: World, consents: readonly JsonObject[]): boolean {
  const row = rowOf(key, world)
  const { account, scopes } = caller
  if (scopes.includes('fhirUser') && account?.fhirUser === key.replace(formerVersion, '')) return true
  const granted = scopes.some((scope) => scopeAllows(scope, row, caller))
  const allowed = granted && (account ? roleAllows(row, caller, consents) : !isDenied(row, caller, consents))
  return row.type === 'Binary' ? seesBinary(row, allowed, caller, consents) : allowed
}

/**
 * By its security context: https://hl7.org/fhir/R4/binary-definitions.html#Binary.securityContext. `allowed`: a Binary like
 * it that is part of the same record.
 */
function seesBinary(row: Row, allowed: boolean, caller: Caller, consents: readonly JsonObject[]): boolean {
  const { securityContext } = row.resource
  if (securityContext === undefined) return allowed
  const key = contextOf(row)
  if (key?.startsWith('Patient/') && allowed) return true
  if (key === undefined) return false
  // What is missing withholds nothing from those who would see whatever it were.
  if (row.world.resource(key) === undefined) return allowed && seesAll(key.split('/')[0]!, caller, row.world)
  const context = rowOf(key, row.world)
  const { type, resource } = context
  // What a Binary decides is decided no further.
  const isDecided =
    type === 'Binary' && resource['securityContext'] !== undefined && !contextOf(context)?.startsWith('Patient/')
  if (isDecided || !sees(key, caller, row.world, consents)) return false
  return decidedByContext(row, context, caller, consents)
}

/** A backend service sees what no consent can be about. */
function seesAll(type: string, { account }: Caller, { definitions }: World): boolean {
  if (account || type === 'Binary' || type in furtherMembers || type === 'Patient') return false
  return (definitions.compartments['Patient']?.[type] ?? []).length === 0
}

/** Whether all but whose it is allows a Binary whose context is seen. */
function decidedByContext(row: Row, context: Row, caller: Caller, consents: readonly JsonObject[]): boolean {
  const { account, patient } = caller
  const anybodys: Row = { ...row, isDecided: true }
  const scopes = caller.scopes.filter((scope) => scopeAllows(scope, anybodys, caller))
  if (scopes.length === 0) return false
  const inPatientsOnly = scopes.every((scope) => scope.startsWith('patient/'))
  if (inPatientsOnly && !isMember(context, patient!) && !isShared(context)) return false
  return account ? roleAllows(anybodys, caller, consents) : !isDenied(row, caller, consents)
}

/** `Type/id` of the resource that decides who may see a Binary. */
function contextOf({ resource }: Row): string | undefined {
  const { reference } = (resource['securityContext'] ?? {}) as JsonObject
  return typeof reference === 'string'
    ? /^(?:http:\/\/localhost\/fhir\/)?([A-Z]\w*\/[^/]+)(?:\/_history\/\d+)?$/.exec(reference)?.[1]
    : undefined
}

/** What the name of a version that is judged by itself ends with. */
const formerVersion = /--\d+$/

interface Row {
  readonly key: string
  readonly type: string
  readonly resource: JsonObject
  readonly world: World
  /** Another resource decides whose it is. */
  readonly isDecided?: boolean
}

/** To be read or to be found. */
function scopeAllows(scope: string, row: Row, { account, patient }: Caller): boolean {
  const [, context, type, permission, query] = /^(\w+)\/(\w+|\*)\.(\w+|\*)(?:\?(.*))?$/.exec(scope) ?? []
  if (context === undefined || (type !== '*' && type !== row.type)) return false
  if (permission !== 'read' && permission !== '*' && !/[rs]/.test(permission!)) return false
  const inContext =
    context === 'patient'
      ? account !== undefined && (row.isDecided || isMember(row, patient!) || isShared(row))
      : context === 'user'
        ? account !== undefined
        : account === undefined
  return inContext && (query === undefined || finds(query, row))
}

function finds(query: string, { key, type, world }: Row): boolean {
  if (!query.split('&').every((pair) => world.definitions.searchParameters(type).has(pair.split('=')[0]!))) return false
  const encoded = query.split('&').map((pair) => pair.replace(/=(.*)$/, (_, value) => `=${encodeURIComponent(value)}`))
  const matches = remember(
    world.memory,
    `found ${type}?${query}`,
    () => new Set(evaluate(world, type, encoded.join('&')).matches),
  )
  return matches.has(key)
}

/** What R4 leaves out of the compartment, though it is a patient's. */
const furtherMembers: Readonly<Record<string, readonly string[]>> = {
  Contract: ['patient', 'subject'],
  Device: ['patient'],
  GuidanceResponse: ['patient', 'subject'],
  Task: ['patient', 'subject'],
}

/** https://hl7.org/fhir/R4/compartmentdefinition-patient.html, and what it leaves out. */
function isMember(row: Row, patient: string): boolean {
  const { key, type, world } = row
  const wanted = `Patient/${patient}`
  if (type === 'Binary') return contextOf(row) === wanted
  if (key.replace(formerVersion, '') === wanted) return true
  const codes = [...(world.definitions.compartments['Patient']?.[type] ?? []), ...(furtherMembers[type] ?? [])]
  const population = world.population(type)
  const index = indexOf(population, key)
  return referenceParameters(world, type)
    .filter(({ code }) => codes.includes(code))
    .some((parameter) => referencedKeys(world, population, parameter)[index]!.includes(wanted))
}

function indexOf(population: Population, key: string): number {
  return remember(population.memory, 'indexes', () => new Map(population.members.map((one, i) => [one.key, i]))).get(
    key,
  )!
}

/** The types are listed; of them whatever names no resource of another type. */
function isShared({ type, resource }: Row): boolean {
  return sharedTypes.has(type) && !namesPatients(resource)
}

function namesPatients(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { reference, type, identifier } = value as JsonObject
  const named =
    typeof reference === 'string' ? /^(?:http:\/\/localhost\/fhir\/)?([A-Z]\w*)\/[^/]+/.exec(reference)?.[1] : undefined
  if (named !== undefined && !sharedTypes.has(named)) return true
  if (identifier !== undefined && typeof type === 'string' && /^[A-Z]/.test(type) && !sharedTypes.has(type)) return true
  return Object.values(value).some(namesPatients)
}

function roleAllows(row: Row, caller: Caller, consents: readonly JsonObject[]): boolean {
  const { roles, fhirUser, patients } = caller.account!
  return roles
    .flatMap((role) => policies.filter((policy) => policy.role === role))
    .some(({ rules, labels = [] }) =>
      rules.some(({ types, interactions, rows, criteria }) => {
        if (!named(types).has(row.type) && !named(types).has('*')) return false
        if (!/[rs]/.test(interactions)) return false
        if (rows === 'own') return !isHeld(row) && (row.isDecided || patients.some((patient) => isMember(row, patient)))
        if (rows === 'self' && row.key.replace(formerVersion, '') !== fhirUser) return false
        if (rows === 'shared' && !isShared(row)) return false
        if (criteria !== undefined && !finds(criteria.replaceAll('{fhirUser}', fhirUser ?? ''), row)) return false
        return (
          labelsOf(row).every((label) => labels.includes('*') || labels.includes(label)) &&
          !isDenied(row, caller, consents)
        )
      }),
    )
}

function named(types: readonly string[]): ReadonlySet<string> {
  return new Set(
    types.flatMap((type) =>
      type === '@shared' ? [...sharedTypes] : type.startsWith('@') ? [...named(groups[type.slice(1)]!)] : [type],
    ),
  )
}

/** Results that await review, and what is said of them, are kept from patients. */
function isHeld(row: Row): boolean {
  const { type } = row
  const canBeHeld = type === 'Observation' || type === 'DiagnosticReport' || type === 'Communication' || type === 'Task'
  return (
    canBeHeld && securityOf(row).some(({ system, code }) => system === 'urn:candela:result-review' && code === 'held')
  )
}

function securityOf({ resource }: Row): JsonObject[] {
  return ((resource['meta'] as JsonObject | undefined)?.['security'] ?? []) as JsonObject[]
}

function labelsOf(row: Row): string[] {
  return securityOf(row)
    .map(({ code }) => String(code))
    .filter((code) => restricted.has(code))
}

/** The elements of a type that every rule hides by which the role may see it. */
export function hiddenFrom(caller: Caller, type: string): readonly string[] {
  const rules = policies
    .filter(({ role }) => caller.account?.roles.includes(role))
    .flatMap(({ rules }) => rules)
    .filter(({ types, interactions }) => (named(types).has(type) || named(types).has('*')) && /[rs]/.test(interactions))
  const [first, ...others] = rules.map(({ hidden = [] }) => hidden)
  return (first ?? []).filter((path) => others.every((hidden) => hidden.includes(path)))
}

interface Provision {
  readonly type?: string
  readonly class?: readonly { readonly code: string }[]
  readonly code?: readonly { readonly coding: readonly { readonly system: string; readonly code: string }[] }[]
  readonly actor?: readonly { readonly reference: { readonly reference: string } }[]
  readonly provision?: readonly Provision[]
}

/** By the consents of the patients whose record the resource is part of. https://hl7.org/fhir/R4/consent.html */
function isDenied(row: Row, caller: Caller, consents: readonly JsonObject[]): boolean {
  return consents.some((consent) => {
    const [, patient] = String((consent['patient'] as JsonObject)['reference']).split('/')
    return isMember(row, patient!) && decision(consent['provision'] as Provision, row, caller) === 'deny'
  })
}

function decision(provision: Provision, row: Row, caller: Caller): string | undefined {
  if (provision.actor && !provision.actor.some(({ reference }) => reference.reference === caller.account?.fhirUser))
    return undefined
  if (provision.class && !provision.class.some(({ code }) => code === row.type)) return undefined
  if (provision.code && !hasCode(provision.code, row, provision.type === 'deny')) return undefined
  const exception = (provision.provision ?? [])
    .map((inner) => decision(inner, row, caller))
    .find((one) => one !== undefined)
  return exception ?? provision.type ?? 'permit'
}

/** What is denied wherever the code is; what is permitted by the codes that say what a resource is about. */
function hasCode(concepts: NonNullable<Provision['code']>, row: Row, anywhere: boolean): boolean {
  const about = ['code', 'type', 'category', 'class', 'vaccine-code']
  const names = codesOf(row).filter((name) => anywhere || about.includes(name))
  return concepts.some(({ coding }) =>
    coding.some(({ system, code }) => names.some((name) => finds(`${name}=${system}|${code}`, row))),
  )
}

/** Token parameters that can be of a system: `_query` reads nothing of a resource, and `active` is true or false. */
function codesOf({ type, world }: Row): string[] {
  return remember(world.memory, `codes of ${type}`, () =>
    [...world.definitions.searchParameters(type).values()]
      .filter((parameter) => parameter.type === 'token' && parameter.expression !== undefined)
      .filter((parameter) => takesSystem(world, type, parameter.code))
      .map(({ code }) => code),
  )
}

function takesSystem(world: World, type: string, code: string): boolean {
  try {
    evaluate(world, type, `${code}=http://example.org|x`)
    return true
  } catch (error) {
    if (error instanceof RefusedSearch) return false
    throw error
  }
}
