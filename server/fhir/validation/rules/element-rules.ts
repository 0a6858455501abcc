/** Rules of data types that are told in prose. https://hl7.org/fhir/R4/datatypes.html */
import type { ItemCheck } from '../profile/values.ts'

export const elementRules: Readonly<Record<string, readonly ItemCheck[]>> = {}
