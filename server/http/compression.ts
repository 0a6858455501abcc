/**
 * Compressed bodies, both ways. Functions and not hooks: a small reply to a client that asks for no compression pays
 * nothing. https://www.rfc-editor.org/rfc/rfc9110#name-content-codings
 */
import { promisify } from 'node:util'
import {
  brotliCompress,
  brotliCompressSync,
  brotliDecompress,
  constants,
  gunzip,
  gzip,
  gzipSync,
  type InputType,
  inflate,
} from 'node:zlib'
import type { FastifyReply } from 'fastify'
import { OutcomeError } from '../fhir/outcome.ts'

/** Bytes; below, compression saves less than it costs. */
const threshold = 1024
/** Characters; above, another thread compresses, so that other requests need not wait. */
const syncLimit = 16 * 1024

const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const gzipOptions = { level: 5 }

interface Encoder {
  readonly name: string
  readonly sync: (data: InputType) => Buffer
  readonly async: (data: InputType) => Promise<Buffer>
}

/** Dearest first. */
const encoders: readonly Encoder[] = [
  {
    name: 'br',
    sync: (data) => brotliCompressSync(data, brotliOptions),
    async: (data) => promisify(brotliCompress)(data, brotliOptions),
  },
  {
    name: 'gzip',
    sync: (data) => gzipSync(data, gzipOptions),
    async: (data) => promisify(gzip)(data, gzipOptions),
  },
]

/** Sends text, compressed where the client wants that and it is worth it. */
export function sendText(reply: FastifyReply, text: string): FastifyReply | Promise<FastifyReply> {
  const accepted = reply.request.headers['accept-encoding']
  if (accepted === undefined || text.length < threshold) return reply.send(text)
  const encoder = chooseEncoder(String(accepted))
  if (!encoder) return reply.send(text)
  reply.header('content-encoding', encoder.name).header('vary', 'Accept, Accept-Encoding')
  return text.length <= syncLimit
    ? reply.send(encoder.sync(text))
    : encoder.async(text).then((bytes) => reply.send(bytes))
}

function chooseEncoder(accepted: string): Encoder | undefined {
  const name = chooseEncoding(
    accepted,
    encoders.map((encoder) => encoder.name),
  )
  return encoders.find((encoder) => encoder.name === name)
}

/** Of `names`, dearest first, the one of the best quality. An encoding that is not named is taken where `*` is. */
export function chooseEncoding<Name extends string>(accepted: string, names: readonly Name[]): Name | undefined {
  const qualities = new Map<string, number>()
  for (const part of accepted.toLowerCase().split(',')) {
    const [name, q] = part.split(/;\s*q=/)
    qualities.set(name!.trim(), q === undefined ? 1 : Number(q))
  }
  const quality = (name: string) => qualities.get(name) ?? qualities.get('*') ?? 0
  return names
    .filter((name) => quality(name) > 0)
    .reduce<Name | undefined>((best, next) => (best && quality(best) >= quality(next) ? best : next), undefined)
}

type Decoder = (data: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** The body as it was before `encoding` was applied; at most `limit` bytes, however much a small body claims to hold. */
export async function decompress(bytes: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase()
  if (name === 'identity' || name === '') return bytes
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (!decoder) {
    throw new OutcomeError('unsupported-media-type', {
      type: `any, with Content-Encoding ${encoding},`,
      expected: 'it as it is, or with gzip, br or deflate',
    })
  }
  try {
    return await decoder(bytes, { maxOutputLength: limit })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new OutcomeError('body-too-large', { limit })
    throw new OutcomeError('bad-request', { reason: `The body is not valid ${name}.` })
  }
}
