/**
 * Where in a text the elements are that issues name. Nothing is kept while a text is read: the places are looked for
 * once there are issues. https://hl7.org/fhir/R4/operationoutcome-definitions.html#OperationOutcome.issue.location
 */
import type { Definitions } from '../definitions.ts'
import type { Issue } from '../outcome.ts'
import { jsonPositions } from './json-positions.ts'
import { xmlPositions } from './xml-positions.ts'

/** A line and column, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Looking for places takes memory for each element: in longer texts it is not done. */
const mostCharacters = 4_000_000

/**
 * The issues with their places in the text; one whose element is not there has the place of what should hold it. `place`
 * is where in the text the resource is that they are about: `Bundle.entry[0].resource`.
 */
export function locateIssues(
  issues: readonly Issue[],
  text: string,
  definitions: Definitions,
  place?: string,
): Issue[] {
  if (text.length > mostCharacters) return [...issues]
  if (issues.every(({ expression, location }) => expression === undefined || location !== undefined)) return [...issues]
  const isXml = text.trimStart().startsWith('<')
  const positions = isXml ? xmlPositions(text, definitions) : jsonPositions(text, definitions)
  return issues.map((issue) => {
    const found = issue.location === undefined ? nearest(positions, below(place, issue.expression)) : undefined
    return found ? { ...issue, location: `line ${found.line}, column ${found.column}` } : issue
  })
}

function below(place: string | undefined, expression: string | undefined): string | undefined {
  return place === undefined ? expression : expression?.replace(/^\w+/, place)
}

function nearest(positions: ReadonlyMap<string, Position>, expression: string | undefined): Position | undefined {
  for (let path = expression; path; path = path.replace(/(?:\.[^.[\]]+|\[\d+\])$|^[^.[\]]+$/, '')) {
    const found = positions.get(path)
    if (found) return found
  }
  return undefined
}
