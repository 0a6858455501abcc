/** https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { booleanParameter, checkParameterNames, parameterList, textParameter } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { objects, propertyText } from '../../fhir/terminology/code-table.ts'
import {
  type Facts,
  joinCanonical,
  orUnknown,
  splitCanonical,
  unknownTerminology,
} from '../../fhir/terminology/facts.ts'
import {
  type CodeToTranslate,
  type Match,
  matchesIn,
  noMatches,
  type TranslateOptions,
} from '../../fhir/terminology/translate.ts'
import { askServer } from '../../interactions/terminology/external/ask.ts'
import { type Question, simple } from '../../interactions/terminology/external/question.ts'
import { hintOf } from '../../interactions/terminology/external/reply.ts'
import { applyRule } from '../../interactions/terminology/terminology.ts'
import type { OperationCall } from '../operation.ts'
import { answerElsewhere, given, passedOn } from './external-answer.ts'
import {
  calledResource,
  codesToCheck,
  invalidParameters,
  parametersReply,
  sentResource,
  sentResources,
} from './terminology-call.ts'

const names = [
  ...['url', 'conceptMap', 'conceptMapVersion', 'code', 'system', 'version', 'source', 'coding', 'codeableConcept'],
  ...['target', 'targetsystem', 'dependency', 'reverse', 'tx-resource'],
]

export async function translate(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, names)
  const codes = codesToCheck(parameters, { system: 'system', version: 'version' }).map(
    ({ system, ...code }): CodeToTranslate => ({ ...code, ...(system && { system }) }),
  )
  const options = translateOptions(parameters)
  const ownMap = (await calledResource(call, context)) ?? sentResource(parameters, 'conceptMap', 'ConceptMap', context)
  const url = textParameter(parameters, 'url')
  const canonical = url === undefined ? undefined : joinCanonical(url, textParameter(parameters, 'conceptMapVersion'))
  const found = await applyRule(
    context,
    (facts) => orUnknown(() => translations(ownMap, canonical, codes, options, facts)),
    sentResources(parameters, context),
  )
  const question = (map: string | undefined): Question => ({
    operation: 'ConceptMap/$translate',
    parameters: [...mapParameters(map), ...given(parameters, passedOnNames)],
  })
  if (found instanceof OutcomeError) return answerElsewhere(question(canonical), found, context)
  const { matches, unknownMap } = found
  const isNamed = ownMap !== undefined || canonical !== undefined
  if (matches.some(isMatch) || (isNamed && unknownMap === undefined)) return translationReply(matches, codes)
  // Of maps that are not known here one may have the code.
  const reply = await askServer(context, question(unknownMap))
  return reply?.kind === 'answered' ? passedOn(reply.resource) : translationReply(matches, codes, hintOf(reply))
}

const passedOnNames = names.filter((name) => !['url', 'conceptMap', 'conceptMapVersion'].includes(name))

function mapParameters(canonical: string | undefined): readonly JsonObject[] {
  if (canonical === undefined) return []
  const { url, version } = splitCanonical(canonical)
  return [...simple('url', 'Uri', url), ...simple('conceptMapVersion', 'String', version)]
}

function isMatch({ equivalence }: Match): boolean {
  return !noMatches.has(equivalence)
}

function translationReply(matches: readonly Match[], codes: readonly CodeToTranslate[], hint?: string): FhirReply {
  const found = matches.some(isMatch)
  const message = [`No map leads from ${codes.map(named).join(', ')}.`, ...(hint === undefined ? [] : [hint])].join(' ')
  return parametersReply([
    { name: 'result', valueBoolean: found },
    ...(found ? [] : [{ name: 'message', valueString: message }]),
    ...matches.map(matchParameter),
  ])
}

interface Translations {
  readonly matches: readonly Match[]
  /** One that is said to know more, and is not here. */
  readonly unknownMap?: string
}

function translations(
  ownMap: JsonObject | undefined,
  canonical: string | undefined,
  codes: readonly CodeToTranslate[],
  options: TranslateOptions,
  facts: Facts,
): Translations {
  const unknownMaps = new Set<string>()
  const matches = codes.flatMap((code) =>
    follow(mapsFor(ownMap, canonical, code, options, facts), code, options, facts, unknownMaps),
  )
  const [unknownMap] = unknownMaps
  return { matches, ...(unknownMap !== undefined && { unknownMap }) }
}

function named({ system, code }: CodeToTranslate): string {
  return system === undefined ? code : `${system}|${code}`
}

function translateOptions(parameters: JsonObject): TranslateOptions {
  const text = (name: string, as: string) => {
    const value = textParameter(parameters, name)
    return value === undefined ? {} : { [as]: value }
  }
  const dependencies = parameterList(parameters)
    .filter(({ name }) => name === 'dependency')
    .map(({ part }) => {
      const value = (name: string) => objects(part).find((one) => one['name'] === name)
      const [element, concept] = [value('element'), value('concept')]
      const codings = objects((concept?.['valueCodeableConcept'] as JsonObject | undefined)?.['coding'])
      return { property: element ? propertyText(element) : '', codings }
    })
  return {
    reverse: booleanParameter(parameters, 'reverse') ?? false,
    ...text('source', 'source'),
    ...text('target', 'target'),
    ...text('targetsystem', 'targetSystem'),
    dependencies,
  }
}

/** The map that is named; else all that lead from the code's system. */
function mapsFor(
  ownMap: JsonObject | undefined,
  canonical: string | undefined,
  { system }: CodeToTranslate,
  { source, target }: TranslateOptions,
  facts: Facts,
): readonly JsonObject[] {
  if (ownMap) return [ownMap]
  if (canonical !== undefined) {
    const found = facts.resource('ConceptMap', canonical)
    if (!found) throw unknownTerminology('concept map', canonical)
    return [found]
  }
  const uris = [system, source, target].flatMap((uri) => uri ?? [])
  if (uris.length === 0) throw invalidParameters("Give the map by 'url' or 'conceptMap', or the system of the code.")
  return facts.conceptMaps(uris)
}

/** Where a map leaves codes to another one, that one is asked; each is asked once, so that circles end. */
function follow(
  maps: readonly JsonObject[],
  code: CodeToTranslate,
  options: TranslateOptions,
  facts: Facts,
  unknownMaps: Set<string>,
  asked = new Set<unknown>(),
): Match[] {
  return maps.flatMap((map) => {
    const name = map['url'] === undefined ? map : `${map['url']}|${map['version'] ?? ''}`
    if (asked.has(name)) return []
    asked.add(name)
    return matchesIn(map, code, options).flatMap((match) => {
      if (match.otherMap === undefined) return [match]
      const other = facts.resource('ConceptMap', match.otherMap)
      if (!other) unknownMaps.add(match.otherMap)
      return other ? follow([other], code, options, facts, unknownMaps, asked) : []
    })
  })
}

function matchParameter({ equivalence, concept, source, products }: Match): JsonObject {
  return {
    name: 'match',
    part: [
      { name: 'equivalence', valueCode: equivalence },
      ...(concept['code'] === undefined ? [] : [{ name: 'concept', valueCoding: concept }]),
      ...products.map(productPart),
      ...(source === '' ? [] : [{ name: 'source', valueUri: source }]),
    ],
  }
}

function productPart({ property, system, value, display }: JsonObject): JsonObject {
  const coding = {
    ...(typeof system === 'string' && { system }),
    ...(typeof value === 'string' && { code: value }),
    ...(typeof display === 'string' && { display }),
  }
  return {
    name: 'product',
    part: [
      { name: 'element', valueUri: property ?? '' },
      { name: 'concept', valueCoding: coding },
    ],
  }
}
