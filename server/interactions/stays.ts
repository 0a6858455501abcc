/** Whose records a resource was part of before, it may stay part of, whoever changes the rest. */
import type { Access } from '../access/access.ts'
import { patientsOf } from '../access/confinement.ts'
import type { Context } from '../context.ts'
import { parseStored } from '../fhir/json.ts'
import { versionToChange } from '../store/resources.ts'
import type { NewVersion } from '../store/store.ts'

/**
 * The version as a caller is judged by who writes into some records alone: without the patients of the version that it
 * replaces, as far as the caller may change that.
 */
export async function judgedByChange(version: NewVersion, context: Context): Promise<NewVersion> {
  const { access, store } = context
  const { type, key, patients } = version
  if (patients === undefined || !strays(access, type, patients())) return version
  const replaced = await versionToChange(store.db, access, type, key)
  if (!replaced) return version
  const before = new Set(patientsOf(parseStored(replaced.content), context))
  return { ...version, patients: () => patients().filter((patient) => !before.has(patient)) }
}

function strays(access: Access, type: string, patients: readonly string[]): boolean {
  const confinement = access.kind === 'open' ? undefined : access.confinement(type, 'u')
  return confinement !== undefined && patients.some((patient) => !confinement.has(patient))
}
