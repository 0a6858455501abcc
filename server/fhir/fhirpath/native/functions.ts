/** All functions by name. https://hl7.org/fhirpath/N1/#functions and https://hl7.org/fhir/R4/fhirpath.html#functions */
import type { CompileCall } from './compiled.ts'
import { collectionFunctions } from './functions/collections.ts'
import { conversionFunctions } from './functions/conversions.ts'
import { existenceFunctions } from './functions/existence.ts'
import { fhirFunctions } from './functions/fhir.ts'
import { mathFunctions } from './functions/math.ts'
import { textFunctions } from './functions/texts.ts'
import { treeFunctions } from './functions/trees.ts'

/** Functions by `name/number of arguments`. */
export type Functions = Readonly<Record<string, CompileCall>>

const functions = new Map<string, CompileCall>(
  [
    existenceFunctions,
    collectionFunctions,
    treeFunctions,
    textFunctions,
    conversionFunctions,
    mathFunctions,
    fhirFunctions,
  ].flatMap((table) => Object.entries(table)),
)

/** How a call with so many arguments is compiled; undefined where there is no such function. */
export function functionOf(name: string, argumentCount: number): CompileCall | undefined {
  return functions.get(`${name}/${argumentCount}`)
}
