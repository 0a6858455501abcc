/** Results that people may want to be told of before they read them. What they are is listed in CLARIFICATIONS.md. */

import { categoryCodes } from '../../server/fhir/results/categories.ts'
import type { Panel } from '../../server/fhir/results/panels.ts'

/** Kinds of results: tissue and genes. */
const categories: ReadonlySet<string> = new Set(
  [categoryCodes.pathology, categoryCodes.genetics].flatMap((bySystem) => Object.values(bySystem).flat()),
)

/** https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html: restricted and very restricted. */
const labels: ReadonlySet<string> = new Set(['R', 'V'])

/** As laboratories and LOINC name tests: there are too many codes to list. */
const words =
  /\bHIV\b|immunodeficiency virus|chlamydia|gonorrh|syphilis|treponema|trichomonas|herpes simplex|papilloma|\bHPV\b|hepatitis [BC]\b|choriogonadotropin|\bhCG\b|pregnancy test|opiate|cocaine|cannab|amphetamine|fentanyl|ethanol|drugs? of abuse|tumou?r marker|\bBRCA|huntingtin|biopsy|cytology/i

export function isSensitive({ categories: own, report, results }: Panel): boolean {
  const codes = [report?.codes ?? [], ...results.map((result) => result.codes)].flat()
  const names = [report?.name, ...results.map(({ name }) => name), ...codes.map(({ display }) => display)]
  const marks = [...(report?.labels ?? []), ...results.flatMap((result) => result.labels)]
  return (
    own.some((code) => categories.has(code)) ||
    codes.some(({ code }) => categories.has(code)) ||
    marks.some((label) => labels.has(label)) ||
    names.some((name) => name !== undefined && words.test(name))
  )
}
