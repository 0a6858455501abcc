/** How long what is issued can be used, in milliseconds. */

const minute = 60_000
const day = 24 * 60 * minute

export const lifetimes = {
  code: minute,
  /** Of people's apps. */
  access: 60 * minute,
  /** Of backend services: at most five minutes, as SMART demands. */
  serviceAccess: 5 * minute,
  /** From one use to the next: regulation wants three months at least. */
  refresh: 120 * day,
  /** As long as the session goes on. */
  onlineRefresh: day,
  idToken: 60 * minute,
  launch: 10 * minute,
  /** To sign in and to decide. */
  request: 30 * minute,
  /** The longest that a grant is ever used. */
  grant: 3650 * day,
} as const
