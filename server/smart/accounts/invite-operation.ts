/** `POST Patient/1/$invite`; defined in profiles/operation-definitions/invite.json. */
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { checkParameterNames, parametersResource, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import type { OperationCall } from '../../operations/operation.ts'
import type { RecordPowers } from './account-powers.ts'
import { invitationLetter, letterPage } from './invitation-letter.ts'
import { invite } from './invitations.ts'
import { letterLanguage } from './letter-words.ts'
import type { ProxyRefusal } from './proxy-period.ts'

export interface InviteCaller {
  /** Who invites: the number of an account, or the id of a client. */
  readonly by: string
  /** Whose practice it is. */
  readonly sender: string
}

/** The letter for a patient, or for somebody who is to act for the patient. That the caller may is checked before. */
export async function inviteOperation(
  { id, parameters }: OperationCall,
  powers: RecordPowers,
  { by, sender }: InviteCaller,
): Promise<FhirReply> {
  checkParameterNames(parameters, ['relatedPerson'])
  const patient = id!
  const relatedPerson = textParameter(parameters, 'relatedPerson')?.replace(/^RelatedPerson\//, '')
  const person = relatedPerson === undefined ? `Patient/${patient}` : `RelatedPerson/${relatedPerson}`
  const result = await invite(powers, { patient, by, ...(relatedPerson !== undefined && { relatedPerson }) })
  if (result.kind === 'refused') throw new OutcomeError('invalid-parameters', { reason: reasons[result.reason] })

  const { number, code, expires } = result
  const record = await powers.record.read(person)
  const recipient = nameOf(record)
  const language = letterLanguage(record, await languageOfAccount(powers, by))
  const link = powers.links.invitation(code)
  const letter = await invitationLetter({
    code,
    expires,
    link,
    sender,
    recipient,
    isProxy: relatedPerson !== undefined,
    language,
  })
  const data = Buffer.from(letterPage(letter)).toString('base64')
  const parameter: JsonObject[] = [
    { name: 'invitation', valueString: number },
    { name: 'code', valueString: code },
    { name: 'expires', valueInstant: new Date(expires).toISOString() },
    { name: 'link', valueUrl: link },
    { name: 'letter', valueAttachment: { contentType: 'text/html; charset=utf-8', title: letter.title, data } },
  ]
  return { status: 200, content: JSON.stringify(parametersResource(parameter)) }
}

const reasons: Readonly<Record<ProxyRefusal, string>> = {
  'unknown-person': 'There is no such person.',
  'other-patient': 'The RelatedPerson is another patient’s.',
  inactive: 'The record of this person is not active.',
  ended: 'The time in which this person may act for the patient has ended.',
}

/** Of who asks, where that is a person. */
async function languageOfAccount({ database, directory }: RecordPowers, by: string): Promise<string | undefined> {
  return /^[1-9]\d{0,17}$/.test(by) ? (await directory.find(database, by))?.language : undefined
}

/** The name to write to: the usual one, or the first. */
function nameOf(resource: JsonObject | undefined): string | undefined {
  const names = Array.isArray(resource?.['name']) ? resource['name'].filter(isJsonObject) : []
  const name = names.find(({ use }) => use === 'usual' || use === 'official') ?? names[0]
  if (typeof name?.['text'] === 'string') return name['text']
  const given = Array.isArray(name?.['given']) ? name['given'] : []
  const words = [...given, name?.['family']].filter((part) => typeof part === 'string')
  return words.join(' ') || undefined
}
