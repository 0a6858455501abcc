/** One demo clinic for the tests of a file, and short ways to look into it. */
import type { Resource } from '@medplum/fhirtypes'
import { demoClinic } from '../../server/demo/demo-clinic.ts'

export const today = new Date('2026-11-22T15:00:00Z')
export const todayText = '2026-11-22'
export const clinic: readonly Resource[] = demoClinic(today)

const byPath = new Map(clinic.map((resource) => [pathOf(resource), resource]))

export function pathOf(resource: Resource): string {
  return `${resource.resourceType}/${resource.id}`
}

export function ofType<T extends Resource['resourceType']>(type: T): Extract<Resource, { resourceType: T }>[] {
  return clinic.filter((resource) => resource.resourceType === type) as Extract<Resource, { resourceType: T }>[]
}

export function read<T extends Resource['resourceType']>(type: T, id: string): Extract<Resource, { resourceType: T }> {
  const found = byPath.get(`${type}/${id}`)
  if (!found) throw new Error(`The demo clinic has no ${type}/${id}`)
  return found as Extract<Resource, { resourceType: T }>
}

/** The values of an analyte or sign of one person, oldest first. */
export function valuesOf(person: string, key: string): number[] {
  return ofType('Observation')
    .filter((each) => new RegExp(`^demo-obs-${person}-${key}-\\d+$`).test(each.id!))
    .sort((a, b) => a.effectiveDateTime!.localeCompare(b.effectiveDateTime!))
    .map((each) => each.valueQuantity!.value!)
}

/** Amounts as whole cents, so that sums are exact. */
export function cents(amount: { readonly value?: number } | undefined): number {
  return Math.round((amount?.value ?? 0) * 100)
}
