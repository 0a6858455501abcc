/** What `candela package check` says: what installing would change. */
import { packageText } from '../../fhir/packages/manifest.ts'
import type { CanonicalChange, PackageCheck, ParameterCheck } from '../../packages/check.ts'
import { installationText } from './texts.ts'

export function checkText(check: PackageCheck): string {
  const { packages, missing, canonicals } = check
  if (packages.length === 0) return 'All of it is installed already: nothing would change.'
  return [
    ...packages.map(installationText),
    ...missing.map(
      ({ name, version, neededBy, reason }) => `Missing: ${name}@${version}, needed by ${neededBy}. ${reason}`,
    ),
    ...parametersText(check.parameters),
    ...canonicalsText(canonicals),
    storedText(check),
    `Nothing was changed. ${packages.map(({ manifest }) => packageText(manifest)).join(', ')} can be installed with candela package add.`,
  ].join('\n')
}

const headings: Readonly<Record<Exclude<ParameterCheck['effect'], 'same' | 'kept'>, string>> = {
  changed: 'Search parameters that would change meaning',
  unusable: 'Search parameters that could not be used',
  new: 'New search parameters',
}

function parametersText(parameters: readonly ParameterCheck[]): string[] {
  const of = (effect: ParameterCheck['effect']) => parameters.filter((one) => one.effect === effect)
  const name = ({ types, code }: ParameterCheck) => `${types.join(', ')}?${code}`
  const [same, kept] = [of('same').length, of('kept').length]
  return [
    ...section(
      headings.changed,
      of('changed').map((one) => `${name(one)}: from ${one.before} to ${one.after}`),
    ),
    ...section(
      headings.unusable,
      of('unusable').map((one) => `${one.url}: ${one.reason}`),
    ),
    ...section(headings.new, of('new').map(name)),
    ...(same > 0
      ? [`${same} search parameters find what those of the base specification find: these go on to serve.`]
      : []),
    ...(kept > 0 ? [`${kept} search parameters are in use already, or a newer version of them is.`] : []),
  ]
}

/** One line for all that changes in the same way. */
function canonicalsText(changes: readonly CanonicalChange[]): string[] {
  const nameOf = ({ type, url }: CanonicalChange) => `${type} ${url.slice(url.lastIndexOf('/') + 1)}`
  return [...Map.groupBy(changes, ({ change }) => change)].map(
    ([change, some]) => `${change} (${some.length}): ${some.map(nameOf).sort().join(', ')}`,
  )
}

function storedText({ concerned, stopping, validated }: PackageCheck): string {
  if (concerned === 0) return 'No stored resource claims one of the profiles, or has one of the extensions.'
  const is = concerned === 1
  const what = is ? '1 stored resource claims' : `${concerned} stored resources claim`
  const count = `${what} one of the profiles, or ${is ? 'has' : 'have'} one of the extensions`
  if (!validated) return `${count}.`
  const lines = stopping.map(
    ({ reference, profile, reasons }) => `${reference} (${profile}): ${reasons.slice(0, 3).join(' ')}`,
  )
  return [`${count}; ${stopping.length} would stop validating.`, ...lines.map((line) => `  ${line}`)].join('\n')
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`)]
}
