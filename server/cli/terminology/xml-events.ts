/** Reads XML as it arrives: the beginning and the end of each element, the latter with its text. */
import { type SaxesAttributePlain, SaxesParser } from 'saxes'
import { chunksOf } from './delimited-rows.ts'
import { ReleaseError, type ReleaseFile } from './release.ts'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Directly in it, without space around it; of elements that have ended. */
  readonly text: string
  readonly line: number
}

export interface XmlEvent {
  readonly kind: 'open' | 'close'
  readonly element: XmlElement
  /** The elements around it, the nearest last. */
  readonly around: readonly XmlElement[]
}

const deepest = 100
const longestText = 1024 * 1024

interface OpenElement {
  name: string
  attributes: Readonly<Record<string, string>>
  text: string
  line: number
}

/** Throws `ReleaseError` with file and line for what is not well formed. */
export async function* xmlEvents(file: ReleaseFile): AsyncGenerator<XmlEvent> {
  let events: XmlEvent[] = []
  const parser = eventParser(file, (event) => events.push(event))
  let decoder: TextDecoder | undefined
  for await (const chunk of chunksOf(file)) {
    decoder ??= decoderFor(chunk)
    parser.write(decoder.decode(chunk, { stream: true }))
    yield* events
    events = []
  }
  parser.close()
  yield* events
}

function eventParser(file: ReleaseFile, take: (event: XmlEvent) => void): SaxesParser {
  const parser = new SaxesParser({ xmlns: false })
  const stack: OpenElement[] = []
  const fail = (message: string): never => {
    throw new ReleaseError(`${file.path}, line ${parser.line}: ${message}`)
  }
  parser.on('error', ({ message }) => fail(message.replace(/^\d+:\d+: /, '')))
  parser.on('opentag', ({ name, attributes }) => {
    if (stack.length >= deepest) fail(`The elements are nested more than ${deepest} deep.`)
    const own = attributes as Record<string, SaxesAttributePlain | string>
    const element = { name, attributes: own as Record<string, string>, text: '', line: parser.line }
    take({ kind: 'open', element, around: [...stack] })
    stack.push(element)
  })
  parser.on('text', (text) => {
    const element = stack.at(-1)
    if (!element) return
    element.text += text
    if (element.text.length > longestText) fail(`The text is longer than ${longestText} characters.`)
  })
  parser.on('closetag', () => {
    const element = stack.pop()!
    take({ kind: 'close', element: { ...element, text: element.text.trim() }, around: [...stack] })
  })
  return parser
}

function decoderFor(chunk: Buffer): TextDecoder {
  const label = /^<\?xml[^>]*encoding=["']([\w-]+)["']/.exec(chunk.toString('latin1', 0, 200))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}
