/** Whose data a text tells: every reference to a Patient in it, and every Patient. */

/** Adds the ids of the patients in JSON as this server writes it. */
export function addPatientsIn(text: string, base: string, patients: Set<string>): void {
  for (let at = text.indexOf('Patient'); at >= 0; at = text.indexOf('Patient', at + 7)) {
    const after = text.charCodeAt(at + 7)
    if (after === slash) {
      if (beginsReference(text, at, base)) addId(text, at + 8, patients)
    } else if (after === quote && text.startsWith(beforeId, at + 7) && text.endsWith(beforeType, at)) {
      addId(text, at + 7 + beforeId.length, patients)
    }
  }
}

const beforeType = '"resourceType":"'
const beforeId = '","id":"'

function beginsReference(text: string, at: number, base: string): boolean {
  const before = text.charCodeAt(at - 1)
  if (before === quote) return true
  return before === slash && text.startsWith(base, at - 1 - base.length)
}

const quote = 0x22
const slash = 0x2f

const idCharacters = codesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.')
/** What may come after an id: the end, a version, a query or a part of the resource. */
const ends = codesOf('"/\\?')
const longestId = 64

/** By the code of a character, 1 where it is one of them. */
function codesOf(characters: string): Uint8Array {
  const codes = new Uint8Array(128)
  for (const character of characters) codes[character.charCodeAt(0)] = 1
  return codes
}

/** Every answer is read so: a regular expression would take four times as long. */
function addId(text: string, at: number, patients: Set<string>): void {
  let end = at
  while (idCharacters[text.charCodeAt(end)] === 1) end += 1
  const length = end - at
  if (length > 0 && length <= longestId && ends[text.charCodeAt(end)] === 1) patients.add(text.slice(at, end))
}

/** The ids of patients that a request names: in its path, or as the value of a parameter for them. */
export function patientsNamed(query: string): readonly string[] {
  const mark = query.indexOf('?')
  const path = mark < 0 ? query : query.slice(0, mark)
  const inPath = /^Patient\/([A-Za-z0-9\-.]{1,64})(?:\/|$)/.exec(path)?.[1]
  const found = inPath === undefined ? [] : [inPath]
  if (mark < 0) return found
  for (const [name, value] of new URLSearchParams(query.slice(mark + 1))) {
    const [code, modifier] = name.split(':')
    const isPatient = code === 'patient' || modifier === 'Patient' || (path === 'Patient' && code === '_id')
    if (!isPatient && code !== 'subject') continue
    for (const one of value.split(',')) {
      const match = /^(Patient\/)?([A-Za-z0-9\-.]{1,64})$/.exec(one)
      if (match && (isPatient || match[1] !== undefined)) found.push(match[2]!)
    }
  }
  return [...new Set(found)]
}
