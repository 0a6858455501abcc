/** Errors as GraphQL has them, each with the OperationOutcome of the same fault. https://hl7.org/fhir/R4/graphql.html#errors */
import { GraphQLError } from 'graphql'
import { OutcomeError, operationOutcome } from '../../fhir/outcome.ts'

/** A request that is no valid GraphQL, for all the reasons at once. */
export class InvalidGraphql extends OutcomeError {
  readonly errors: readonly GraphQLError[]

  constructor(errors: readonly GraphQLError[]) {
    super('invalid-graphql', { reason: errors.map(({ message }) => message).join(' ') })
    this.errors = errors
  }
}

export function invalid(errors: readonly GraphQLError[]): InvalidGraphql {
  return new InvalidGraphql(errors)
}

/** A member of `errors`. Throws what is no outcome, since it is a bug, and what is no fault of the request. */
export function responseError(error: GraphQLError): object {
  const outcome = outcomeOf(error)
  const { code } = outcome.issues[0]!
  const resource = operationOutcome(outcome.issues)
  return { ...error.toJSON(), message: error.message, extensions: { code, resource } }
}

/** The members of `errors` for what ended the whole request. */
export function requestErrors(error: OutcomeError): object[] {
  if (error instanceof InvalidGraphql) return error.errors.map(responseError)
  return [responseError(new GraphQLError(error.message, { originalError: error }))]
}

function outcomeOf(error: GraphQLError): OutcomeError {
  const { originalError } = error
  if (originalError instanceof OutcomeError) {
    if (originalError.status >= 500) throw originalError
    return originalError
  }
  if (originalError && !(originalError instanceof GraphQLError)) throw originalError
  return new OutcomeError('invalid-graphql', { reason: error.message })
}
