/** Where people decide what an app may have. */
import { type Interaction, printScope, type ResourceScope, type Scope } from '../../access/scope.ts'
import { type Html, html } from '../../http/pages/html.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'
import type { AskingPage } from '../authorize/state.ts'
import { hiddenFields } from './sign-in-page.ts'

export interface ConsentFacts {
  readonly client: Pick<ClientRecord, 'name' | 'metadata'>
  /** Who decides. */
  readonly person: string
  /** Whose record it is about. */
  readonly patient?: string
  readonly scopes: readonly Scope[]
}

export function consentPage({ client, person, patient, scopes }: ConsentFacts): AskingPage {
  const resources = scopes.filter((scope) => scope.kind === 'resource')
  const isLasting = scopes.some((scope) => scope.kind === 'plain' && scope.name === 'offline_access')
  return {
    title: `Allow ${client.name}?`,
    main: (fields) => html`<main id="main" class="sign-in"><h1>Allow ${client.name}?</h1>
<p>You are signed in as ${person}.${patient !== undefined && ` The app asks for the record of ${patient}.`}</p>
<h2>The app wants to</h2>
<ul>${resources.map((scope) => html`<li>${scopeText(scope)}</li>`)}
${isLasting && html`<li>${lastingText}</li>`}</ul>
<form method="post" action="${fields.action}">${hiddenFields(fields)}
<p><label><input type="checkbox" name="remember" value="1"> Do not ask again for the same</label></p>
<p><button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button></p></form>
<details><summary>Choose what to allow</summary>
<form method="post" action="${fields.action}">${hiddenFields(fields)}<input type="hidden" name="narrow" value="1">
<fieldset><legend>The app may</legend>
${resources.flatMap((scope) => [scope, ...narrower(scope)].map((one) => choice(one, one === scope)))}
${isLasting && html`<p><label><input type="checkbox" name="scope" value="offline_access" checked> ${lastingText}</label></p>`}
</fieldset>
<p><button type="submit" name="decision" value="allow">Allow what is ticked</button></p></form></details></main>`,
  }
}

const lastingText = 'do so also while you are not using it, until you end it'

function choice(scope: ResourceScope, isTicked: boolean): Html {
  return html`<p><label><input type="checkbox" name="scope" value="${printScope(scope)}"${isTicked && html` checked`}> ${scopeText(scope)}</label></p>`
}

const words: Readonly<Record<Interaction, string>> = {
  c: 'add',
  r: 'read',
  u: 'change',
  d: 'delete',
  s: 'find',
}

function scopeText({ type, interactions, criteria }: ResourceScope): string {
  const verbs = interactions.map((letter) => words[letter])
  const list = verbs.length === 1 ? verbs[0] : `${verbs.slice(0, -1).join(', ')} and ${verbs.at(-1)}`
  const what = type === '*' ? 'everything' : type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
  const only = criteria.map(
    ({ name, values }) => `${name} ${values.map((value) => value.split('|').at(-1)).join(' or ')}`,
  )
  return `${list} ${what}${only.length > 0 ? `, only ${only.join(' and ')}` : ''}`
}

const categories = 'http://terminology.hl7.org/CodeSystem'
const usCore = 'http://hl7.org/fhir/us/core/CodeSystem'

/** Parts of a type that people may allow instead of all of it. */
const parts: Readonly<Record<string, readonly string[]>> = {
  Condition: [
    `${categories}/condition-category|encounter-diagnosis`,
    `${categories}/condition-category|problem-list-item`,
    `${usCore}/condition-category|health-concern`,
  ],
  Observation: [
    `${categories}/observation-category|laboratory`,
    `${categories}/observation-category|vital-signs`,
    `${categories}/observation-category|social-history`,
    `${categories}/observation-category|survey`,
    `${usCore}/us-core-category|sdoh`,
  ],
}

function narrower(scope: ResourceScope): readonly ResourceScope[] {
  if (scope.criteria.length > 0 || !Object.hasOwn(parts, scope.type)) return []
  return parts[scope.type]!.map((value) => ({
    ...scope,
    syntax: 'v2' as const,
    criteria: [{ name: 'category', values: [value], text: `category=${value}` }],
  }))
}
