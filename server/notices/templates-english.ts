/** What notices say, in English. */
import type { NoticeWords, Template } from './templates.ts'

const notYou = 'If this was not you, reset your password at once and tell the practice.'
const noRequest = 'If you did not ask for this, you need not do anything: without the link nothing happens.'

export const englishTemplates = {
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

export const englishWords: NoticeWords = {
  closing: 'This mail was sent by a program. Answers to it are not read.',
  times: { PT24H: '24 hours', PT30M: '30 minutes' },
  changes: {
    'name-changed': 'your name',
    'passkey-added': 'a passkey was added',
    'passkey-removed': 'a passkey was removed',
    'second-step-on': 'a second step for signing in was set up',
    'second-step-off': 'the second step for signing in was turned off',
    'backup-codes-made': 'new backup codes were made',
    'identity-linked': 'another way to sign in was added',
    'identity-unlinked': 'a way to sign in was removed',
    'proxies-changed': 'who may act for whom',
    'account-activated': 'another account of yours was activated',
  },
}
