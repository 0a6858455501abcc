/**
 * The authorization endpoint: one list, read from top to bottom. What is wrong before the redirect URI is known to be the
 * client's is told to the person, everything after it to the client. https://www.rfc-editor.org/rfc/rfc6749#section-4.1
 */
import { checkAudience } from './check-audience.ts'
import { checkClient } from './check-client.ts'
import { checkParameters } from './check-parameters.ts'
import { checkPkce } from './check-pkce.ts'
import { checkRedirectUri } from './check-redirect-uri.ts'
import { checkResponseType } from './check-response-type.ts'
import { checkScope } from './check-scope.ts'
import { issueCode } from './issue-code.ts'
import { requireConsent } from './require-consent.ts'
import { requireEncounter } from './require-encounter.ts'
import { requirePatient } from './require-patient.ts'
import { requireSecondFactor } from './require-second-factor.ts'
import { requireSignIn } from './require-sign-in.ts'
import { requireTerms } from './require-terms.ts'
import { resolveLaunch } from './resolve-launch.ts'
import type { Step } from './state.ts'

export const steps: readonly Step[] = [
  checkClient,
  checkRedirectUri,
  checkParameters,
  checkResponseType,
  checkPkce,
  checkAudience,
  checkScope,
  resolveLaunch,
  requireSignIn,
  requireSecondFactor,
  requireTerms,
  requirePatient,
  requireEncounter,
  requireConsent,
  issueCode,
]
