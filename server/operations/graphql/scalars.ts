/** FHIR's primitive types and the values of search parameters as GraphQL scalars. https://hl7.org/fhir/R4/graphql.html */
import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  Kind,
  print,
  type ValueNode,
} from 'graphql'
import type { SearchParameterType } from '../../fhir/definitions.ts'
import { isRawNumber, numberText } from '../../fhir/json.ts'

/** The kinds of literals that stand for a text: `Patient(id: example)` needs no quotes. */
const textual: ReadonlySet<string> = new Set([Kind.STRING, Kind.ENUM, Kind.INT, Kind.FLOAT, Kind.BOOLEAN])

/** GraphQL's `ID`, which also takes a bare word. */
const idScalar = textScalar('ID')

const standard: ReadonlyMap<string, GraphQLScalarType> = new Map([
  ['boolean', GraphQLBoolean],
  ['integer', GraphQLInt],
  ['string', GraphQLString],
  ['id', idScalar],
])

const own = new Map<string, GraphQLScalarType>()

/** The scalar of a primitive type. What it puts out is what is stored: decimals keep their digits. */
export function primitiveScalar(type: string): GraphQLScalarType {
  return standard.get(type) ?? namedScalar(type)
}

/** The scalar of a search parameter's values. */
export function searchScalar(type: SearchParameterType): GraphQLScalarType {
  return type === 'string' ? GraphQLString : namedScalar(type)
}

export const searchTypes = [
  'number',
  'date',
  'string',
  'token',
  'reference',
  'composite',
  'quantity',
  'uri',
  'special',
] as const

/** The scalars of all types of search parameters. */
export const searchScalars: readonly GraphQLScalarType[] = searchTypes.map(searchScalar)

/** Whether values of this scalar are texts, however they are written. */
export function isTextScalar(type: unknown): boolean {
  return type === GraphQLString || type === idScalar || [...own.values()].includes(type as GraphQLScalarType)
}

function namedScalar(name: string): GraphQLScalarType {
  const known = own.get(name) ?? textScalar(name)
  own.set(name, known)
  return known
}

function textScalar(name: string): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    coerceOutputValue: (value) => value,
    coerceInputValue: (value) => {
      if (typeof value === 'string') return value
      if (typeof value === 'number' || isRawNumber(value)) return numberText(value)
      if (typeof value === 'boolean') return String(value)
      throw new GraphQLError(`${name} takes a text, a number or a boolean.`)
    },
    coerceInputLiteral: (node: ValueNode) => {
      if (textual.has(node.kind)) return String((node as { value: unknown }).value)
      throw new GraphQLError(`${name} takes a text, a number or a boolean, not ${print(node)}.`, { nodes: node })
    },
  })
}
