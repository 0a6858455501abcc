/** What values are sorted by where the index holds only their hashes. */
import { isJsonObject, type JsonValue } from '../json.ts'
import { tokenValues } from './values.ts'

export type SortedByText = keyof typeof sortTexts

export function isSortedByText(kind: string): kind is SortedByText {
  return Object.hasOwn(sortTexts, kind)
}

/** The texts of a value by the type of its parameter, as `order.ts` reads them from contents. */
export const sortTexts = {
  token: (value: JsonValue, type: string): string[] => {
    const codes: string[] = []
    tokenValues(value, type, ({ code }) => code !== undefined && codes.push(code.toLowerCase()))
    return codes
  },
  reference: (value: JsonValue): string[] => {
    const text = isJsonObject(value) ? value['reference'] : value
    return typeof text === 'string' ? [text] : []
  },
  uri: (value: JsonValue): string[] => (typeof value === 'string' ? [value] : []),
} as const
