/** The places of elements in XML text, by FHIRPath. */
import type { Definitions } from '../definitions.ts'
import { OutcomeError } from '../outcome.ts'
import type { Place, StartTag } from '../xml-syntax.ts'
import { parseXml } from '../xml-syntax.ts'
import type { Position } from './positions.ts'

interface Frame {
  readonly path: string
  readonly type: string
  /** Its child is a resource, which has the same path. */
  readonly holder: boolean
  readonly counts: Map<string, number>
}

/** Every element of a resource, as far as the text is well-formed. */
export function xmlPositions(text: string, definitions: Definitions): ReadonlyMap<string, Position> {
  const found = new Map<string, Position>()
  const open: Frame[] = []
  const listener = {
    open: (tag: StartTag, place: Place) => {
      const frame = frameOf(open.at(-1), tag.local, definitions)
      if (!found.has(frame.path)) found.set(frame.path, positionOf(place))
      open.push(frame)
    },
    text: () => {},
    close: () => void open.pop(),
  }
  try {
    parseXml(text, listener)
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
  }
  return found
}

function frameOf(parent: Frame | undefined, name: string, definitions: Definitions): Frame {
  const counts = new Map<string, number>()
  if (!parent || parent.holder) return { path: parent?.path ?? name, type: name, holder: false, counts }
  const property = definitions.properties(parent.type)?.get(name)
  const element = property?.element.name ?? name
  const index = parent.counts.get(element) ?? 0
  parent.counts.set(element, index + 1)
  const type = property?.type.code ?? ''
  return {
    path: `${parent.path}.${element}${property?.many ? `[${index}]` : ''}`,
    type,
    holder: definitions.types.get(type)?.kind === 'resource',
    counts,
  }
}

function positionOf(place: Place): Position {
  const [, line, column] = /line (\d+), column (\d+)/.exec(place()) ?? []
  return { line: Number(line), column: Number(column) }
}
