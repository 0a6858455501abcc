/** What is known of a request for authorization on its way through the checks. */
import type { Scope } from '../../access/scope.ts'
import type { StoredClient } from '../../store/smart/clients.ts'
import type { Launch } from '../../store/smart/launches.ts'
import type { Parameters, SetCookie, SmartRequest } from '../exchange.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Session } from '../people.ts'
import type { Smart } from '../smart.ts'

/** What is kept while the person signs in and decides. */
export interface Progress {
  readonly launch?: Launch
  readonly patient?: string
  readonly encounter?: string
  /** What was allowed. */
  readonly scopes?: string
  readonly remembered?: boolean
}

export interface AuthorizeState {
  readonly parameters: Parameters
  /** The names of parameters that are there again. */
  readonly repeated: readonly string[]
  readonly request: SmartRequest
  /** Of the stored request; absent before it is stored. */
  readonly handle?: string
  /** When it came, in milliseconds. */
  readonly began: number
  readonly progress: Progress
  /** Each of these is there after the check that finds it. */
  readonly client?: StoredClient
  readonly redirectUri?: string
  readonly asked?: readonly Scope[]
  readonly session?: Session
  readonly patient?: string
  readonly encounter?: string
  readonly granted?: readonly Scope[]
}

export type StepResult =
  | { readonly kind: 'continue'; readonly state: AuthorizeState }
  /** The person is asked something. */
  | { readonly kind: 'page'; readonly page: PersonPage; readonly status?: number }
  | { readonly kind: 'redirect'; readonly location: string }

export interface Step {
  readonly name: string
  /** Throws `OAuthError` for what ends the request. */
  readonly check: (state: AuthorizeState, smart: Smart) => Promise<StepResult>
  /** What the form of its page says. */
  readonly accept?: (form: URLSearchParams, state: AuthorizeState, smart: Smart) => Promise<Accepted>
}

export type Accepted =
  | { readonly kind: 'accepted'; readonly progress: Progress; readonly cookies?: readonly SetCookie[] }
  | { readonly kind: 'page'; readonly page: PersonPage; readonly status?: number }
  /** Another page of ours, from which the person comes back. */
  | { readonly kind: 'elsewhere'; readonly location: string }

export function goOn(state: AuthorizeState, found: Partial<AuthorizeState> = {}): StepResult {
  return { kind: 'continue', state: { ...state, ...found } }
}
