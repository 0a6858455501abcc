/** English: sessions that end. */
export const sessionEnglish = {
  zone: 'Days and times are in UTC.',

  sessionEnd: {
    withApps: 'And disconnect all apps',
    withAppsHint:
      'Apps that stay connected go on after you sign out, unless you tick this. They have to ask you again then.',
    endedWithApps: 'All other browsers are signed out, and all apps are disconnected.',
    idle: 'If you do nothing for {minutes} minutes, you are signed out: at {time}.',
    last: 'You are signed out at {time}, and can sign in again then.',
    stay: 'Stay signed in (opens a new tab)',
    title: 'You are still signed in',
    lead: 'You can close this tab and go on where you were: nothing that you typed there was changed.',
    signedOut: 'Your session had ended, so nothing was changed. Sign in and do it again.',
    kept: 'Your session had ended before this was sent. We keep what you typed for an hour: sign in, and you can look at it and send it.',
  },

  kept: {
    title: 'You were about to send this',
    lead: 'Your session ended before it was sent. Nothing has been sent yet.',
    nothing: 'Nothing',
    send: 'Send it now',
    discard: 'Discard it',
  },
}
