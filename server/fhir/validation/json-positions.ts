/** The places of elements in JSON text, by FHIRPath. */
import type { Definitions, Property } from '../definitions.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import type { Position } from './positions.ts'

interface Scan {
  readonly text: string
  readonly definitions: Definitions
  readonly found: Map<string, Position>
  at: number
  line: number
  /** Where the line begins. */
  start: number
}

/** Every element of a resource; empty where the text is no JSON. */
export function jsonPositions(text: string, definitions: Definitions): ReadonlyMap<string, Position> {
  const found = new Map<string, Position>()
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    return found
  }
  if (!isJsonObject(value)) return found
  const type = String(value['resourceType'])
  scanValue({ text, definitions, found, at: 0, line: 1, start: 0 }, value, type, type)
  return found
}

/** Reads the value at the scan's place: the text is known to be its JSON. */
function scanValue(scan: Scan, value: JsonValue, type: string, path: string): void {
  skipSpace(scan)
  mark(scan, path)
  if (Array.isArray(value)) scanArray(scan, value, type, path)
  else if (isJsonObject(value)) scanObject(scan, value, typeOf(scan, value, type), path)
  else skipScalar(scan)
}

function typeOf({ definitions }: Scan, value: JsonObject, type: string): string {
  const own = value['resourceType']
  return typeof own === 'string' && definitions.isResourceType(own) ? own : type
}

function scanArray(scan: Scan, values: readonly JsonValue[], type: string, path: string): void {
  scan.at++
  values.forEach((value, index) => {
    scanValue(scan, value, type, `${path}[${index}]`)
    skipSpace(scan)
    scan.at++
  })
  if (values.length > 0) return
  skipSpace(scan)
  scan.at++
}

function scanObject(scan: Scan, object: JsonObject, type: string, path: string): void {
  const properties = scan.definitions.properties(type)
  scan.at++
  for (;;) {
    skipSpace(scan)
    if (scan.text[scan.at] === '}') break
    if (scan.text[scan.at] === ',') {
      scan.at++
      continue
    }
    const start = scan.at
    skipScalar(scan)
    const key = JSON.parse(scan.text.slice(start, scan.at)) as string
    skipSpace(scan)
    scan.at++
    const property = properties?.get(key[0] === '_' ? key.slice(1) : key)
    scanValue(scan, object[key]!, property?.type.code ?? '', `${path}.${elementName(property, key)}`)
  }
  scan.at++
}

function elementName(property: Property | undefined, key: string): string {
  return property?.element.name ?? key
}

/** The first place counts: the value goes before what stands beside it. */
function mark({ found, at, line, start }: Scan, path: string): void {
  if (!found.has(path)) found.set(path, { line, column: at - start + 1 })
}

function skipSpace(scan: Scan): void {
  for (; scan.at < scan.text.length; scan.at++) {
    const code = scan.text.charCodeAt(scan.at)
    if (code === 0x0a) {
      scan.line++
      scan.start = scan.at + 1
    } else if (code !== 0x20 && code !== 0x09 && code !== 0x0d && code !== 0xfeff) return
  }
}

const scalar = /"(?:[^"\\]|\\.)*"|[^\s,\]}:]+/y

/** A string, number or word. Strings of any length are matched without recursion. */
function skipScalar(scan: Scan): void {
  if (scan.text[scan.at] === '"') {
    for (scan.at++; scan.text[scan.at] !== '"'; scan.at++) if (scan.text[scan.at] === '\\') scan.at++
    scan.at++
    return
  }
  scalar.lastIndex = scan.at
  scalar.exec(scan.text)
  scan.at = scalar.lastIndex
}
