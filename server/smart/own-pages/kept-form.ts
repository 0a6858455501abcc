/**
 * What somebody typed is not lost because their session ended meanwhile: it is kept, sealed, until the same person has signed
 * in again, and sent only when they say so. https://www.w3.org/WAI/WCAG22/Understanding/re-authenticating.html
 */
import { findKeptForm, putKeptForm, removeKeptForm } from '../../store/accounts/kept-forms.ts'
import { sessionAges } from '../accounts/stored-people.ts'
import type { SmartRequest } from '../exchange.ts'
import { keptFormPage } from '../pages/kept-form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Texts } from '../pages/texts.ts'
import type { Session } from '../people.ts'
import type { Smart } from '../smart.ts'
import type { Visitor } from './own-page.ts'

/** What is kept of the form of a page. Passwords, codes and tokens never are. */
export interface KeptFields {
  /** What was typed, with what the page calls it. */
  readonly typed: Readonly<Record<string, (texts: Texts) => string>>
  /** What the form sends along. */
  readonly hidden?: readonly string[]
  /** What it is about, where that is not typed. */
  readonly about?: (fields: ReadonlyMap<string, string>, visitor: Visitor) => Promise<string | undefined>
}

/** The field that says whose form it is, for when their session has ended. */
export const ownerField = 'owner'
/** What the button of a kept form does that is not to be sent. */
export const discardKept = 'discard-kept'

/** Milliseconds to sign in again. */
const keptAge = 60 * 60_000
/** Characters of a field. */
const longest = 4000

interface Owner {
  readonly account: string
  readonly until: number
}

/** Whose form of the page it is: nobody else's browser gets one. */
export function ownerToken({ account }: Session, path: string, { context }: Smart): string {
  const { sealer, now } = context()
  const owner: Owner = { account: account.number, until: now() + sessionAges.absolute }
  return sealer.seal(JSON.stringify(owner), `owner of ${path}`).toString('base64url')
}

/** Keeps a form that was not accepted, for the person whose it is; answers their account. */
export async function keepForm(
  form: URLSearchParams,
  request: SmartRequest,
  path: string,
  keeps: KeptFields | undefined,
  smart: Smart,
): Promise<string | undefined> {
  const isForeign = request.origin !== undefined && request.origin !== smart.urls.issuer
  const account = keeps && !isForeign ? ownerOf(form.get(ownerField) ?? '', path, smart) : undefined
  if (!keeps || account === undefined) return undefined
  const names = [...Object.keys(keeps.typed), ...(keeps.hidden ?? [])]
  const fields = names.map((name) => [name, (form.get(name) ?? '').slice(0, longest)] as const)
  const isTyped = fields.some(([name, value]) => name in keeps.typed && value.trim() !== '')
  if (!isTyped) return undefined
  const { store, sealer, now } = smart.context()
  const sealed = sealer.seal(JSON.stringify(fields), purposeOf(account, path))
  await putKeptForm(store.database, { account, path }, sealed, now() + keptAge)
  return account
}

/** The page that shows what was kept; undefined where nothing is. */
export async function keptPage(visitor: Visitor, path: string, keeps: KeptFields): Promise<PersonPage | undefined> {
  const { smart, session, texts } = visitor
  const account = session.account.number
  const { store, sealer, now } = smart.context()
  const sealed = await findKeptForm(store.database, { account, path }, now())
  const text = sealed && opened(() => sealer.open(sealed, purposeOf(account, path)))
  if (text === undefined) return undefined
  const fields = new Map(JSON.parse(text) as [string, string][])
  const typed = Object.entries(keeps.typed).map(([name, label]) => ({
    label: label(texts),
    text: fields.get(name) ?? '',
  }))
  const about = await keeps.about?.(fields, visitor)
  return keptFormPage({ fields: Object.fromEntries(fields), typed, about, discard: discardKept }, texts)
}

/** Once it was sent, or is not wanted. */
export async function dropKept({ smart, session }: Visitor, path: string): Promise<void> {
  await removeKeptForm(smart.context().store.database, { account: session.account.number, path })
}

function ownerOf(token: string, path: string, { context }: Smart): string | undefined {
  const { sealer, now } = context()
  const text = opened(() => sealer.open(Buffer.from(token.slice(0, 1000), 'base64url'), `owner of ${path}`))
  const owner = text === undefined ? undefined : (JSON.parse(text) as Owner)
  return owner && owner.until > now() ? owner.account : undefined
}

/** Bound to the person and the page. */
function purposeOf(account: string, path: string): string {
  return `kept form ${account} ${path}`
}

function opened(open: () => string): string | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
