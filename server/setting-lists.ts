/** How settings that list several values are read from texts; undefined for what they do not take. */

/** `a=b,c=d`; a later one goes before. */
export function pairs(text: string): ReadonlyMap<string, string> | undefined {
  const found = text.split(',').map((part) => /^\s*([^=]*[^=\s])\s*=\s*([^=\s]+)\s*$/.exec(part))
  return found.every((one) => one !== null) ? new Map(found.map((one) => [one[1]!, one[2]!])) : undefined
}

/** `a,b`: words without spaces. */
export function words(text: string): readonly string[] | undefined {
  const found = text.split(',').map((part) => part.trim())
  return found.every((part) => /^\S+$/.test(part)) ? found : undefined
}
