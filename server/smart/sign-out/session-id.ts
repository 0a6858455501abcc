/** What a session is called where others see it: enough of its hash to tell sessions apart, and of no use to sign in. */
export function sessionId(hash: Buffer): string {
  return hash.subarray(0, 12).toString('base64url')
}
