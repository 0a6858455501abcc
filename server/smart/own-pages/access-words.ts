/** An entry of the access log in words: names of people and apps, parts of the record, reasons. */
import { openAccess } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { parseStored } from '../../fhir/json.ts'
import { isId } from '../../fhir/reference.ts'
import { findAccount } from '../../store/accounts/accounts.ts'
import { currentVersion } from '../../store/resources.ts'
import { findClient } from '../../store/smart/clients.ts'
import type { AccessItem } from '../pages/access-page.ts'
import { fill } from '../pages/fill.ts'
import type { Language } from '../pages/language.ts'
import { nameOf } from '../pages/resource-words.ts'
import type { Texts } from '../pages/texts.ts'
import { compareTypes, typeInWords } from '../pages/type-words.ts'
import { type AccessEntry, type Deed, type OtherDeed, whatIsLinked, wholeRecord } from './access-entries.ts'
import type { Visitor } from './own-page.ts'

/** Our own pages, as a client program; what happens there has none. */
export const ownClient = 'candela'
const ownClients: ReadonlySet<string> = new Set([ownClient, 'unknown'])

export interface AccessWords {
  item(entry: AccessEntry, question: string): Promise<AccessItem>
}

/** Names are looked up once. Who looked at a record is told to the patient, whatever else they may see of the staff. */
export function accessWords({ session, smart, request: { language }, texts }: Visitor): AccessWords {
  const context = smart.context()
  const { access } = texts
  const { number, fhirUser } = session.account
  const people = remembered((person) => personName(person, context, texts))
  const apps = remembered(async (id) => (await findClient(context.store.database, id))?.name)
  return {
    item: async (entry, question) => {
      const { person, client, roles, purpose, onBehalf } = entry
      const isYou = person !== undefined && [fhirUser, accountOf(number)].includes(person)
      const app = client === undefined || ownClients.has(client) ? undefined : ((await apps(client)) ?? client)
      const reason = purpose === undefined ? undefined : (access.reasons[purpose] ?? purpose)
      const name = person === undefined ? access.program : ((await people(person)) ?? access.unknown)
      return {
        who: isYou ? access.you : name,
        roles: [
          ...(isYou ? [] : roles.map((role) => access.roles[role] ?? role)),
          ...(onBehalf ? [access.onBehalf] : []),
        ].join(', '),
        app: app && fill(access.withApp, { app }),
        when: timesInWords(entry, texts),
        deeds: [...entry.deeds].map(([deed, parts]) => deedInWords(deed, parts, entry, language, texts)),
        why: reason && fill(access.why, { reason }),
        isEmergency: purpose === 'BTG',
        ...(!isYou && { question }),
      }
    },
  }
}

function remembered<T>(find: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const found = new Map<string, Promise<T>>()
  return (key) => {
    const before = found.get(key) ?? find(key)
    found.set(key, before)
    return before
  }
}

const accountMark = 'account '

function accountOf(number: string): string {
  return `${accountMark}${number}`
}

/** The name of `Practitioner/1`, or of the account of a person who is no resource. */
async function personName(person: string, { store, indexes }: Context, texts: Texts): Promise<string | undefined> {
  if (person.startsWith(accountMark)) {
    return (await findAccount(store.database, person.slice(accountMark.length)))?.name
  }
  const [type = '', id = ''] = person.split('/')
  if (!isId(id)) return undefined
  const found = await currentVersion(store.db, openAccess, type, indexes.terms.key(type, id))
  return found && nameOf(parseStored(found.content), texts)
}

function timesInWords({ first, last, count }: AccessEntry, { access }: Texts): string {
  const [from, to] = [first, last].map((time) => new Date(time).toISOString().slice(11, 16)) as [string, string]
  return fill(count === 1 || from === to ? access.once : access.times, { from, to, count })
}

function deedInWords(
  deed: Deed,
  parts: ReadonlySet<string>,
  { others }: AccessEntry,
  language: Language,
  texts: Texts,
): string {
  const { access } = texts
  const types = [...parts].filter((part) => part !== wholeRecord && part !== whatIsLinked).sort(compareTypes)
  const named = types.map((type) => typeInWords(type, language))
  const all = parts.has(wholeRecord) ? [access.whole] : named
  const linked = parts.has(whatIsLinked) && !parts.has(wholeRecord) ? [access.linked] : []
  if (deed === 'other') return [...others.values()].map((other) => otherInWords(other, texts)).join('; ')
  const what = [...all, ...linked]
  return fill(access.deeds[deed], { what: (what.length > 0 ? what : [access.something]).join('; ') })
}

function otherInWords({ code, wasRefused, text, detail }: OtherDeed, { access }: Texts): string {
  const words = access.events[code] ?? text ?? access.something
  const what = wasRefused ? fill(access.wasRefused, { what: words }) : words
  const more = detail === undefined || wasRefused ? undefined : details[code]?.(detail, access.methods)
  return more === undefined ? what : `${what}: ${more}`
}

/** What is told besides, by the code of the event: the rest is for those who run the server. */
const details: Readonly<
  Record<string, (detail: string, methods: Readonly<Record<string, string>>) => string | undefined>
> = {
  '110122': (detail, methods) => Object.entries(methods).find(([method]) => detail.split(' ').includes(method))?.[1],
  '110127': (reason) => reason,
  '110138': (finding) => finding,
}
