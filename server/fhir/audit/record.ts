/** An access as it is noted while it happens: a line of text, made an AuditEvent later. */

/** Who asks, as long as that stays the same. */
export interface AuditedCaller {
  /** The id of the client program. */
  readonly client?: string
  /** What the token was given for: a launch that somebody agreed to, or the token of a backend service. */
  readonly grant?: string
  /** The number of the account. */
  readonly account?: string
  /** The resource that the person is: `Practitioner/2`. */
  readonly user?: string
  readonly roles?: readonly string[]
  /** A v3-PurposeOfUse code: `BTG` while the glass is broken. */
  readonly purpose?: string
  /** The patients whom the purpose concerns; all where it is absent. */
  readonly purposeOf?: readonly string[]
  /** The patient of the launch, for scopes that speak of one. */
  readonly patient?: string
  /** The patient for whom somebody else acts. */
  readonly onBehalfOf?: string
}

export interface AuditRecord {
  /** Milliseconds. */
  readonly t: number
  readonly who: AuditedCaller
  /** The network address that the request came from. */
  readonly address?: string | undefined
  /** The id of the request. */
  readonly request?: string | undefined
  /** The interaction, as in the CapabilityStatement; or another event. */
  readonly code: string | OtherEvent
  /** What was read or written: `Observation/1`. */
  readonly what?: string | undefined
  /** The name of the operation, without `$`. */
  readonly operation?: string | undefined
  /** What was asked for: `Observation?code=1`. */
  readonly query?: string | undefined
  /** Of the answer. */
  readonly status: number
  /** The code of the refusal. */
  readonly fault?: string | undefined
  /** The ids of the patients whose data it was. */
  readonly patients?: Iterable<string> | undefined
}

/** What is no interaction: a sign-in, a changed privilege, an export file. */
export interface OtherEvent {
  readonly type: AuditCoding
  readonly subtype?: AuditCoding
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E'
  /** In plain words. */
  readonly text?: string
}

export interface AuditCoding {
  readonly system: string
  readonly code: string
  readonly display?: string
}

/** Records that are being packed: a line each, and one before it for a caller who is new. */
export interface Packing {
  bytes: Buffer
  used: number
  events: number
  /** The time of the first record: those of the others are told from there, shorter. */
  start: number
  readonly callers: Map<AuditedCaller, number>
}

const initialSize = 65_536

export function packing(size: number = initialSize): Packing {
  return { bytes: Buffer.allocUnsafe(size), used: 0, events: 0, start: 0, callers: new Map() }
}

/** Bytes: garbage collection has nothing to do with what waits. */
export function addRecord(to: Packing, record: AuditRecord): void {
  if (to.events === 0) {
    to.start = record.t
    addLine(to, `${record.t}\n`)
  }
  let by = to.callers.get(record.who)
  if (by === undefined) {
    by = to.callers.size
    to.callers.set(record.who, by)
    addLine(to, `@${JSON.stringify(record.who)}\n`)
  }
  addLine(to, lineOf(record, by, to.start))
  to.events += 1
}

export function packedText({ bytes, used }: Packing): string {
  return bytes.toString('utf8', 0, used)
}

export function packRecord(record: AuditRecord): string {
  const one = packing(1024)
  addRecord(one, record)
  return packedText(one)
}

function addLine(to: Packing, line: string): void {
  // As many bytes as UTF-8 may need.
  const most = line.length * 3
  if (to.used + most > to.bytes.length) {
    const larger = Buffer.allocUnsafe(2 * to.bytes.length + most)
    to.bytes.copy(larger, 0, 0, to.used)
    to.bytes = larger
  }
  to.used += to.bytes.write(line, to.used)
}

/** Fields end at a tab; what contains one, or is no text, is told as JSON. */
function lineOf(record: AuditRecord, by: number, start: number): string {
  const { t, status, code, address = '', request = '', what = '', operation = '', query = '', fault = '' } = record
  if (typeof code !== 'string' || controls.test(what) || controls.test(operation) || controls.test(query)) {
    return jsonLine(record, by)
  }
  let line = `${by}\t${t - start}\t${status}\t${code}\t${address}\t${request}\t${what}\t${operation}\t${query}\t${fault}`
  if (record.patients !== undefined) for (const patient of record.patients) line += `\t${patient}`
  return `${line}\n`
}

const controls = /[\x00-\x1f]/

function jsonLine({ who: _who, patients, ...rest }: AuditRecord, by: number): string {
  return `${JSON.stringify({ ...rest, by, ...(patients && { patients: [...patients] }) })}\n`
}

/** A record as it is read again. */
export interface UnpackedRecord extends AuditRecord {
  readonly patients?: readonly string[]
}

export function unpackRecords(text: string): readonly UnpackedRecord[] {
  const callers: AuditedCaller[] = []
  const records: UnpackedRecord[] = []
  const [start, ...lines] = text.split('\n')
  for (const line of lines) {
    if (line === '') continue
    if (line.startsWith('@')) callers.push(JSON.parse(line.slice(1)) as AuditedCaller)
    else records.push(line.startsWith('{') ? fromJson(line, callers) : fromFields(line, callers, Number(start)))
  }
  return records
}

function fromJson(line: string, callers: readonly AuditedCaller[]): UnpackedRecord {
  const { by, ...rest } = JSON.parse(line) as Omit<UnpackedRecord, 'who'> & { readonly by: number }
  return { ...rest, who: callers[by]! }
}

function fromFields(line: string, callers: readonly AuditedCaller[], start: number): UnpackedRecord {
  const [by, t, status, code, ...rest] = line.split('\t')
  const [address, request, what, operation, query, fault, ...patients] = rest
  return {
    t: start + Number(t),
    who: callers[Number(by)]!,
    code: code!,
    status: Number(status),
    ...(address && { address }),
    ...(request && { request }),
    ...(what && { what }),
    ...(operation && { operation }),
    ...(query && { query }),
    ...(fault && { fault }),
    ...(patients.length > 0 && { patients }),
  }
}
