/**
 * What a caller may reach. Every function of `store` that returns or changes resources takes an `Access` and makes it
 * part of its SQL: what may not be seen is as if it were not there.
 */
import { OutcomeError } from '../fhir/outcome.ts'
import { raw, type Sql, sql } from '../sql.ts'
import type { Caller } from './caller.ts'
import { everyRow, holds, type JudgedRow, type Predicate, predicateSql } from './predicate.ts'
import type { Interaction } from './scope.ts'

/**
 * What is being done: one interaction, `rs` for what may be read or found, or `use` for what the server itself uses to carry
 * out a request, such as terminology: for that no scope is needed.
 */
export type Need = Interaction | 'rs' | 'use'

export type Access = OpenAccess | GrantAccess

/** Everything is open. */
export interface OpenAccess {
  readonly kind: 'open'
  /** The id of the client program, where it is known. */
  readonly client?: string
}

/** What was granted to a caller. */
export interface GrantAccess {
  readonly kind: 'grant'
  readonly client: string
  readonly caller: Caller
  /** What the current request does: decides which rows `visible` shows. */
  readonly need: Need
  /** The same grant for something else that is done. */
  for(need: Need): GrantAccess
  /** The rows of a type that the caller may see or change with what is done now. */
  rows(type: string): Predicate
  /** The rows of a type with which an interaction is allowed. */
  reach(type: string, interaction: Interaction): Predicate
  /** Ids of the patients to whose records an interaction is confined; undefined where it is not. */
  confinement(type: string, interaction: Interaction): ReadonlySet<string> | undefined
  /** The rows of a type that the server may use for the caller, whatever was granted to the client. */
  use(type: string): Predicate
  /** The rows of a type that, as the security context of a Binary, let the caller do something with the Binary. */
  deciding(type: string, interaction: Interaction): Predicate
  /** The same grant with security contexts of Binaries that were looked at. */
  opening(contexts: OpenedContexts): GrantAccess
  /** Whether any type has elements that are hidden from the caller. */
  readonly hidesSomething: boolean
  /** The paths of the elements of a type that are hidden from the caller. */
  hidden(type: string): readonly string[]
  /** The same as names of JSON properties, each from the resource inwards. */
  hiddenNames(type: string): readonly (readonly string[])[]
  /** Why an interaction is not allowed with any resource of the type. */
  refusal(type: string, interaction: Interaction): OutcomeError
  /** What the rows of a type pass one after the other until they are found; each name says what it is. */
  layers(type: string): readonly AccessLayer[]
  /** May call what changes how the server works. */
  readonly administers: boolean
  /** The role of the person administers, whatever the app was granted. */
  readonly isAdministrator: boolean
  /** May say whose an account is. */
  readonly invites: boolean
  /** May say that patients see a result that was held for review. */
  readonly releases: boolean
  /** May be told how much was left out. */
  readonly explains: boolean
}

/** Terms of security contexts by what they let the caller do with their Binaries. */
export type OpenedContexts = ReadonlyMap<Interaction, readonly bigint[]>

/** One thing that leaves rows out of what is found. */
export interface AccessLayer {
  readonly name: string
  readonly passes: Predicate
  /** What the app was granted: the person may know how much else there is, the app may not. */
  readonly ofApp?: boolean
}

export const openAccess: OpenAccess = { kind: 'open' }

/** The same caller's access for what is done now. */
export function accessFor(access: Access, need: Need): Access {
  return access.kind === 'open' ? access : access.for(need)
}

/** The rows of a type that the caller may see or change with what is done now. */
export function reachOf(access: Access, type: string): Predicate {
  return access.kind === 'open' ? everyRow : access.rows(type)
}

/** The condition on rows of `type`, named `alias` in the statement, that the caller may see. */
export function visible(access: Access, type: string, alias: Sql): Sql {
  return predicateSql(reachOf(access, type), alias)
}

/**
 * The condition on rows of the history, named `alias`: the version itself must be seen, and what is current of the
 * resource, or what it was when it was deleted. `table` is that of the type.
 */
export function visibleVersion(access: Access, type: string, alias: Sql, table: Sql): Sql {
  const predicate = reachOf(access, type)
  if (predicate.kind === 'all' || predicate.kind === 'none') return predicateSql(predicate, alias)
  const seen = (name: string) => sql`(${predicateSql(predicate, raw(name))}) is true`
  // Versions that were replaced before terms were kept are seen by those alone who see everything.
  return sql`(${alias}.terms is not null and ${predicateSql(predicate, alias)} and coalesce(
    (select ${seen('seen_now')} from ${table} seen_now where seen_now.pk = ${alias}.pk),
    (select ${seen('seen_last')} and seen_last.terms is not null from history seen_last where seen_last.pk = ${alias}.pk
      order by seen_last.version desc limit 1)))`
}

/** Whether anything of a type is within reach. */
export function reachesType(access: Access, type: string): boolean {
  return reachOf(access, type).kind !== 'none'
}

/** Refuses what is not allowed with any resource of a type. */
export function requireType(access: Access, type: string, ...interactions: readonly Interaction[]): void {
  if (access.kind === 'open') return
  for (const interaction of interactions) {
    if (access.reach(type, interaction).kind === 'none') throw access.refusal(type, interaction)
  }
}

/** Refuses all but those who run the server. */
export function requireAdministration(access: Access, operation: string): void {
  if (access.kind === 'grant' && !access.administers) throw new OutcomeError('administrators-only', { operation })
}

/** Refuses all who may not say whose an account is. */
export function requireInviter(access: Access, operation: string): void {
  if (access.kind === 'open' || access.invites) return
  throw new OutcomeError('role-forbids', { roles: rolesOf(access), action: `call ${operation} of`, type: 'Patient' })
}

/** Whether the caller may say that patients see a result that was held for review. */
export function mayRelease(access: Access): boolean {
  return access.kind === 'open' || access.releases
}

/** Refuses all who may not say so. */
export function requireReleaser(access: Access, operation: string, type: string): void {
  if (access.kind === 'open' || access.releases) return
  throw new OutcomeError('role-forbids', { roles: rolesOf(access), action: `call ${operation} of`, type })
}

function rolesOf({ caller }: GrantAccess): string {
  return caller.account?.roles.join(', ') || 'none'
}

/** Whether a row in memory is within reach. */
export function reachesRow(access: Access, type: string, row: JudgedRow): boolean {
  return access.kind === 'open' || holds(reachOf(access, type), row)
}

/** Refuses to store a version that would be out of the caller's reach. */
export function requireRow(access: Access, type: string, interaction: Interaction, row: JudgedRow): void {
  if (access.kind === 'open') return
  const confinement = access.confinement(type, interaction)
  // What is in a record of the caller by one element must not come into another's by the next.
  const strays = confinement !== undefined && row.patients?.().some((patient) => !confinement.has(patient))
  if (!strays && holds(access.reach(type, interaction), row)) return
  throw new OutcomeError('out-of-reach', { type })
}

/** Whether the caller reaches all resources of a type: only then does an id that is free tell nothing. */
export function reachesAll(access: Access, type: string): boolean {
  return reachOf(access, type).kind === 'all'
}
