/** Browsers refuse to follow a redirect after a form to where the page did not say that it may lead. */
export function formTarget(address: string): string {
  const { protocol, origin } = new URL(address)
  return ['http:', 'https:'].includes(protocol) ? origin : protocol
}
