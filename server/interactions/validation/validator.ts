/** The validator of a process: compiled once, for as long as the profiles that are known stay the same. */
import type { Context } from '../../context.ts'
import type { CanonicalsInForce } from '../../fhir/conformance/in-force.ts'
import type { JsonObject } from '../../fhir/json.ts'
import type { Issue } from '../../fhir/outcome.ts'
import { policies, type ValidationMode } from '../../fhir/validation/mode.ts'
import {
  createValidator,
  settle,
  type Validation,
  type ValidationRequest,
} from '../../fhir/validation/profile/validator.ts'
import { snapshotOf } from '../../fhir/validation/snapshot.ts'
import { validateStructure } from '../../fhir/validation/structure.ts'
import { terminologyOf } from '../terminology/terminology.ts'
import { storedQuestionnaires } from './questionnaires.ts'
import { alternativesFor } from './required-profiles.ts'

export interface ValidateOptions extends ValidationRequest {
  /** Instead of the mode that is set. */
  readonly mode?: ValidationMode
}

/** What can be told at once, and the codes that have to be asked for. */
export function validateNow(resource: JsonObject, context: Context, options: ValidateOptions = {}): Validation {
  const { mode = modeFor(context), ...request } = options
  if (mode !== 'off') {
    const demands = withDemands(request, resource, mode, context)
    return validatorFor(mode, context)(resource, { ...demands, now: new Date(context.now()).toISOString() })
  }
  const structure = { transaction: request.transaction === true }
  return { issues: validateStructure(resource, context.definitions, structure), pending: [] }
}

/** And the profiles that count by the settings. */
function withDemands(
  request: ValidationRequest,
  { resourceType }: JsonObject,
  mode: ValidationMode,
  context: Context,
): ValidationRequest {
  if (mode === 'base') return { ...request, claims: false }
  const type = String(resourceType)
  const required = context.config.requiredProfiles.byType.get(type) ?? []
  const profiles = [...required, ...(request.profiles ?? [])]
  return { ...request, profiles, alternatives: alternativesFor(type, context) }
}

/** The context with the profiles that this process has just stored. */
export async function withLatestProfiles(context: Context): Promise<Context> {
  const canonicals = await context.conformance.latest()
  return canonicals === context.canonicals ? context : { ...context, canonicals }
}

/** The rest of a validation: the codes that were not known in memory. */
export function validateRest(validation: Validation, context: Context): Promise<Issue[]> {
  return settle(validation, {
    ...terminologyOf(context),
    questionnaires: (canonicals) => storedQuestionnaires(canonicals, context),
  })
}

/** The same for several, whose codes are asked for together. */
export async function validateRestOfAll(validations: readonly Validation[], context: Context): Promise<Issue[][]> {
  const simple = validations.filter(({ needed }) => !needed)
  const questions = simple.flatMap(({ pending }) => pending.flatMap((one) => one.questions))
  const verdicts = questions.length === 0 ? [] : await terminologyOf(context).decide(questions)
  let start = 0
  const decide = async ({ length }: { readonly length: number }) => {
    start += length
    return verdicts.slice(start - length, start)
  }
  const issues: Issue[][] = []
  for (const validation of validations) {
    issues.push(await (validation.needed ? validateRest(validation, context) : settle(validation, { decide })))
  }
  return issues
}

/** The mode for a request: its client's own, else that of the server. */
export function modeFor({ config, access }: Pick<Context, 'config' | 'access'>): ValidationMode {
  const own = access.client === undefined ? undefined : config.validationClients.get(access.client)
  return own ?? config.validation
}

type Validate = (resource: JsonObject, request: ValidationRequest) => Validation
type Validators = Map<ValidationMode, (context: Context) => Validate>

const validators = new WeakMap<CanonicalsInForce, Validators>()

function validatorFor(mode: Exclude<ValidationMode, 'off'>, context: Context): Validate {
  const { canonicals } = context
  let byMode = validators.get(canonicals)
  if (!byMode) {
    byMode = new Map()
    validators.set(canonicals, byMode)
  }
  let make = byMode.get(mode)
  if (!make) {
    make = compile(mode, context)
    byMode.set(mode, make)
  }
  return make(context)
}

function compile(mode: Exclude<ValidationMode, 'off'>, context: Context): (context: Context) => Validate {
  const { canonicals, definitions } = context
  // A validation is synchronous: what one asks for is asked in the name of its own request.
  let asking = context
  const validate = createValidator({
    definitions,
    canonicals,
    terminology: { check: (question) => terminologyOf(asking).check(question) },
    elements: (profile) => snapshotOf(profile, canonicals.near(profile)).elements,
    policy: policies[mode],
  })
  return (current) => {
    asking = current
    return validate
  }
}
