/**
 * What notices say. They travel in clear and lie on foreign machines: none says more than that somebody has an account here.
 * Their parameters are links, numbers and times; no name, and nothing of a record.
 */

/** All that a notice can be told. */
export interface NoticeParameters {
  /** A page of this server. */
  readonly link?: string
  /** How long the link works: `30 minutes`. */
  readonly time?: string
  /** When it happened, as it is to be read. */
  readonly when?: string
  /** One of a few words of our own. */
  readonly what?: string
}

export interface Template {
  readonly subject: string
  /** `{name}` is replaced by the parameter of that name. */
  readonly paragraphs: readonly string[]
  /** What the link is called. */
  readonly action?: string
  /** After the link. */
  readonly after?: readonly string[]
}

const notYou = 'If this was not you, reset your password at once and tell the practice.'
const noRequest = 'If you did not ask for this, you need not do anything: without the link nothing happens.'

export const templates = {
  'verify-address': {
    subject: 'Confirm your e-mail address',
    paragraphs: ['Somebody, presumably you, has made an account with this address.'],
    action: 'Confirm this address',
    after: ['The link works once, for {time}.', noRequest],
  },
  'already-registered': {
    subject: 'You have an account already',
    paragraphs: [
      'Somebody, presumably you, tried to make an account with this address. There is one already: sign in with it. If you have forgotten the password, the page for signing in lets you choose another.',
    ],
    action: 'Sign in',
    after: ['If this was not you, you need not do anything.'],
  },
  'reset-password': {
    subject: 'Choose a new password',
    paragraphs: ['Somebody, presumably you, has asked for a new password for the account of this address.'],
    action: 'Choose a new password',
    after: ['The link works once, for {time}.', noRequest],
  },
  'password-changed': {
    subject: 'Your password was changed',
    paragraphs: ['The password of your account was changed on {when}. You have been signed out everywhere.', notYou],
    action: 'Reset your password',
  },
  'confirm-new-address': {
    subject: 'Confirm your new e-mail address',
    paragraphs: ['Somebody, presumably you, wants to use this address for their account.'],
    action: 'Use this address',
    after: ['The link works once, for {time}.', noRequest],
  },
  'address-change-requested': {
    subject: 'Your e-mail address is about to be changed',
    paragraphs: [
      'Another address was entered for your account on {when}. It takes effect when a link is used that was sent there.',
      notYou,
    ],
    action: 'Reset your password',
  },
  'address-changed': {
    subject: 'Your e-mail address was changed',
    paragraphs: ['The e-mail address of your account was changed on {when}.', notYou],
    action: 'Reset your password',
  },
  'details-changed': {
    subject: 'Your account was changed',
    paragraphs: ['This was changed on {when}: {what}.', notYou],
    action: 'See your account',
  },
  'account-linked': {
    subject: 'Your account is ready',
    paragraphs: ['Your account has been activated on {when}.'],
    action: 'Sign in',
  },
  'link-refused': {
    subject: 'Your account could not be activated',
    paragraphs: ['The practice could not tell whose account this is. Please ask there for an invitation letter.'],
  },
  'sign-in-attempts': {
    subject: 'Many attempts to sign in to your account',
    paragraphs: [
      'Somebody has tried many times to sign in to your account with a wrong password. They did not succeed, and you can sign in as ever.',
      'A second factor, such as an app for codes or a passkey, makes your account safe from this.',
    ],
    action: 'See your account',
  },
  'glass-broken': {
    subject: 'Emergency access was used',
    paragraphs: ['Somebody has used emergency access on {when}. It has to be reviewed: entry {what}.'],
    action: 'Review it',
  },
  'record-opened': {
    subject: 'Your record was opened in an emergency',
    paragraphs: [
      'Emergency access to your record was used on {when}. You see who it was, and the reason, when you sign in.',
    ],
    action: 'See who has used your record',
  },
} as const satisfies Record<string, Template>

export type TemplateName = keyof typeof templates

export interface Notice {
  readonly template: TemplateName
  readonly parameters: NoticeParameters
}
