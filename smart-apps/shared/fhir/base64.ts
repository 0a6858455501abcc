/** https://hl7.org/fhir/R4/datatypes.html#base64Binary */

/** Empty where it is no base64. */
export function fromBase64(data: string, type: string): Blob {
  try {
    const text = atob(data)
    return new Blob([Uint8Array.from(text, (char) => char.charCodeAt(0))], { type })
  } catch {
    return new Blob([], { type })
  }
}

/** How many bytes a text in base64 stands for. */
export function sizeOfBase64(data: string): number {
  const digits = data.replace(/[\s=]+/g, '').length
  return Math.floor((digits * 3) / 4)
}
