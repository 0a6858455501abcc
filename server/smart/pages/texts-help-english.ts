/** English: help for people. */

export interface HelpTopic {
  readonly title: string
  readonly text: string
}

export const helpEnglish = {
  person: {
    label: 'Your pages',
    home: 'Start',
    account: 'Account',
    apps: 'Apps',
    access: 'Who looked',
    people: 'People',
    review: 'Emergencies',
    signedInAs: 'Signed in: {name}',
  },

  helpPage: {
    title: 'Help',
    lead: 'What people ask most. If you do not find it here, call or visit your clinic.',
    begin: 'Go to the start page',
    topics: [
      {
        title: 'I forgot my password',
        text: 'Choose “I forgot my password” where you sign in. We send you a link with which you choose a new one. It works once, for 30 minutes.',
      },
      {
        title: 'No mail arrives',
        text: 'Look among the unwanted mail. If it is not there, your clinic can check which address your account has.',
      },
      {
        title: 'I must wait before I can sign in',
        text: 'After several wrong passwords we make everybody wait a little, so that nobody can guess yours. Wait, then try again, or reset your password.',
      },
      {
        title: 'I have a letter with a code',
        text: 'Make an account, or sign in, and choose “Use an invitation”. Type the code of the letter. It works once, for thirty days. Your clinic can make a new one.',
      },
      {
        title: 'The second step',
        text: 'It is a code that an app on your phone shows. If you have no phone at hand, type one of your backup codes. If you have lost them too, call your clinic.',
      },
      {
        title: 'Apps that use my record',
        text: 'No app sees your record unless you let it in. Under “Apps” you see which ones you have let in, and stop them.',
      },
      {
        title: 'Who looked at my record',
        text: 'Under “Who looked” you find everybody who has opened your record, and when. You can ask your clinic about each of them there.',
      },
      {
        title: 'I use a computer that others use, too',
        text: 'Choose “Sign out” at the top of the page when you are done. If you forgot it, sign in elsewhere: your account page ends the other sign-ins.',
      },
    ] as readonly HelpTopic[],
  },
}
