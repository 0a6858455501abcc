/** Patients read who looked at their record, and question it. */
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject, parseStored } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../../fhir/request.ts'
import { accessOf } from '../../interactions/access/caller-access.ts'
import { readPatient } from '../authorize/patients.ts'
import { type Handler, type SmartReply, withQuery } from '../exchange.ts'
import { type AccessDay, accessPage } from '../pages/access-page.ts'
import { accessQuestionPage, questionSentPage } from '../pages/access-question-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords, nameOf } from '../pages/resource-words.ts'
import type { Smart } from '../smart.ts'
import { accessEntries } from './access-entries.ts'
import { accessWords, ownClient } from './access-words.ts'
import { ownPage, type Visitor } from './own-page.ts'

export const accessPath = '/auth/access'
export const accessQuestionPath = '/auth/access/question'

/** Events of one page. */
const most = 200

export function accessLog(smart: Smart): Handler {
  return ownPage(smart, accessPath, page)
}

interface Asked {
  /** Which of the records that the person may see: ids stay out of URLs. */
  readonly record: number
  readonly from: string
  readonly to: string
  readonly cursor: string
}

function askedOf({ request }: Visitor): Asked {
  const query = new URLSearchParams(request.query)
  const day = (name: string) => /^\d{4}-\d\d-\d\d$/.exec(query.get(name) ?? '')?.[0] ?? ''
  const record = Math.max(0, Number.parseInt(query.get('record') ?? '0', 10) || 0)
  return { record, from: day('from'), to: day('to'), cursor: query.get('cursor') ?? '' }
}

async function page(visitor: Visitor): Promise<PersonPage> {
  const { session, smart, texts } = visitor
  const { account } = session
  const asked = askedOf(visitor)
  const patients = await Promise.all(account.patients.map((id) => readPatient(account, id, smart.context())))
  const names = patients.map((patient) => (patient ? nameOf(patient, texts) : texts.patient.nameless))
  const chosen = asked.record < account.patients.length ? asked.record : 0
  const patient = account.patients[chosen]
  const { days, cursor, isBehind } =
    patient === undefined ? { days: [], cursor: undefined, isBehind: false } : await daysOf(patient, asked, visitor)
  const link = (at: string) => {
    const { from, to } = asked
    return withQuery(accessPath, {
      record: String(chosen),
      from: from || undefined,
      to: to || undefined,
      cursor: at || undefined,
    })
  }
  return accessPage(
    {
      name: names[chosen],
      isOwn: account.fhirUser === `Patient/${patient}`,
      records: names.map((name, i) => ({ value: String(i), name, chosen: i === chosen })),
      from: asked.from,
      to: asked.to,
      days,
      isBehind,
      older: cursor === undefined ? undefined : link(cursor),
      newest: asked.cursor === '' ? undefined : link(''),
    },
    texts,
  )
}

/** Who changed the address of the page by hand gets all there is. */
async function daysOf(patient: string, asked: Asked, visitor: Visitor): Promise<Found> {
  try {
    return await findDays(patient, asked, visitor)
  } catch (error) {
    const isPlain = `${asked.from}${asked.to}${asked.cursor}` === ''
    if (isPlain || !(error instanceof OutcomeError) || error.status >= 500) throw error
    return findDays(patient, { ...asked, from: '', to: '', cursor: '' }, visitor)
  }
}

interface Found {
  readonly days: readonly AccessDay[]
  readonly cursor?: string | undefined
  readonly isBehind: boolean
}

async function findDays(patient: string, { from, to, cursor }: Asked, visitor: Visitor): Promise<Found> {
  const query = new URLSearchParams([
    ...[
      ['patient', patient],
      ['_sort', '-date'],
      ['_count', String(most)],
    ],
    ...(from === '' ? [] : [['date', `ge${from}`]]),
    ...(to === '' ? [] : [['date', `le${to}`]]),
    ...(cursor === '' ? [] : [['_cursor', cursor]]),
  ] as [string, string][])
  const { content } = await carryOut({ method: 'GET', path: ['AuditEvent'], query: query.toString() }, patient, visitor)
  const { entry = [], link = [] } = parseStored(content!) as unknown as Searchset
  const found = entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource)
  const next = link.find(({ relation }) => relation === 'next')
  return {
    days: await inDays(found, visitor),
    cursor: next && (new URL(next.url).searchParams.get('_cursor') ?? undefined),
    isBehind: entry.some(({ search }) => search?.mode === 'outcome'),
  }
}

interface Searchset {
  readonly entry?: readonly { readonly resource: JsonObject; readonly search?: { readonly mode: string } }[]
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
}

async function inDays(events: readonly JsonObject[], visitor: Visitor): Promise<readonly AccessDay[]> {
  const words = accessWords(visitor)
  const days = new Map<string, Promise<AccessDay['entries'][number]>[]>()
  for (const entry of accessEntries(events)) {
    const date = dayInWords(entry.last, visitor)
    const question = withQuery(accessQuestionPath, { event: entry.event })
    days.set(date, [...(days.get(date) ?? []), words.item(entry, question)])
  }
  return Promise.all([...days].map(async ([day, entries]) => ({ day, entries: await Promise.all(entries) })))
}

function dayInWords(time: number, { request: { language } }: Visitor): string {
  return dateInWords(new Date(time).toISOString(), language)
}

/** As an app of the patient that may read the log: it is noted, as everything is. */
async function carryOut(
  asked: Omit<FhirRequest, 'headers' | 'from'>,
  patient: string,
  { session: { account }, smart, request }: Visitor,
): Promise<FhirReply> {
  const context: Context = smart.context()
  const caller = { client: ownClient, grant: '', scopes: ['patient/AuditEvent.rs'], account, patient }
  const access = await accessOf(caller, context)
  const from = { address: request.address }
  return context.dispatch({ ...asked, headers: {}, from }, { ...context, access })
}

export function accessQuestion(smart: Smart): Handler {
  return ownPage(
    smart,
    accessQuestionPath,
    (visitor) => questionPage(new URLSearchParams(visitor.request.query).get('event') ?? '', visitor),
    send,
    { typed: { reason: ({ access }) => access.question.reason }, hidden: ['event'], about: aboutEvent },
  )
}

async function aboutEvent(fields: ReadonlyMap<string, string>, visitor: Visitor): Promise<string | undefined> {
  const found = await findEvent(fields.get('event') ?? '', visitor)
  const [entry] = found ? accessEntries([found.event]) : []
  return entry && `${(await accessWords(visitor).item(entry, '')).who}, ${dayInWords(entry.last, visitor)}`
}

async function questionPage(event: string, visitor: Visitor, refused?: string): Promise<PersonPage | SmartReply> {
  const found = await findEvent(event, visitor)
  const [entry] = found ? accessEntries([found.event]) : []
  if (!entry) return { status: 303, location: accessPath }
  const access = await accessWords(visitor).item(entry, '')
  return accessQuestionPage({ event, day: dayInWords(entry.last, visitor), access, refused }, visitor.texts)
}

async function send(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const id = form.get('event') ?? ''
  const reason = (form.get('reason') ?? '').trim()
  const found = await findEvent(id, visitor)
  if (!found) return { status: 303, location: accessPath }
  if (reason === '' || reason.length > mostReason) return questionPage(id, visitor, reason)
  const body = { resourceType: 'Parameters', parameter: [{ name: 'reason', valueString: reason }] }
  await carryOut({ method: 'POST', path: ['AuditEvent', id, '$question'], query: '', body }, found.patient, visitor)
  return questionSentPage(visitor.texts)
}

const mostReason = 2000

/** An event of one of the records that the person may see. */
async function findEvent(id: string, visitor: Visitor) {
  for (const patient of visitor.session.account.patients) {
    try {
      const { content } = await carryOut({ method: 'GET', path: ['AuditEvent', id], query: '' }, patient, visitor)
      const event = parseStored(content!)
      if (isJsonObject(event)) return { event, patient }
    } catch (error) {
      if (!(error instanceof OutcomeError) || error.status >= 500) throw error
    }
  }
  return undefined
}
