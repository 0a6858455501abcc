/** The answer lists of LOINC as value sets, which have answers in their order. https://hl7.org/fhir/R4/loinc.html#implicit */
import type { JsonObject } from '../../../fhir/json.ts'
import { numberOf, type Row, textOf } from '../delimited-rows.ts'
import { type Places, visitTable } from '../table.ts'
import { formats, type LoincFiles } from './loinc-files.ts'

interface AnswerList {
  readonly title: string
  readonly answers: { readonly code: string; readonly place: number }[]
}

/** Lists that have answers of LOINC's own. */
export async function* answerLists({ answers }: LoincFiles, version: string): AsyncGenerator<JsonObject> {
  const lists = new Map<string, AnswerList>()
  // What is wrong with the file was told when its concepts were read.
  const tell = () => {}
  await visitTable(answers, formats.answers, tell, (row, at) => takeAnswer(lists, row, at))
  for (const [id, list] of lists) yield valueSetOf(id, list, version)
}

type AnswerColumn = (typeof formats.answers.columns)[number]

function takeAnswer(lists: Map<string, AnswerList>, row: Row, at: Places<AnswerColumn>): void {
  const code = textOf(row, at.AnswerStringId)
  if (code === '') return
  const id = textOf(row, at.AnswerListId)
  let list = lists.get(id)
  if (!list) {
    list = { title: textOf(row, at.AnswerListName), answers: [] }
    lists.set(id, list)
  }
  // Those without a number come last, as the file has them.
  list.answers.push({ code, place: numberOf(row, at.SequenceNumber) ?? Number.MAX_SAFE_INTEGER })
}

function valueSetOf(id: string, { title, answers }: AnswerList, version: string): JsonObject {
  const codes = new Set(answers.toSorted((a, b) => a.place - b.place).map(({ code }) => code))
  const system = 'http://loinc.org'
  return {
    ...{ resourceType: 'ValueSet', url: `${system}/vs/${id}`, version, title, status: 'active' },
    compose: { include: [{ system, concept: [...codes].map((code) => ({ code })) }] },
  }
}
