/** Stories of skin, stomach, joints and head. */
import type { Story } from './story.ts'

export const otherStories = {
  hayFever: {
    problems: [{ condition: 'allergicRhinitis', since: 64 }],
    medicines: [{ medicine: 'loratadine', from: 50, for: 'allergicRhinitis' }],
  },
  migraine: {
    problems: [{ condition: 'migraine', since: 88 }],
    medicines: [{ medicine: 'sumatriptan', from: 47, for: 'migraine' }],
    visits: [{ from: 47, until: 7, every: 13, kind: 'followUp', reason: 'Headache follow-up', for: ['migraine'] }],
    plan: ['Headache diary', 'Regular sleep and meals'],
  },
  knees: {
    problems: [{ condition: 'kneeArthritis', since: 72 }],
    medicines: [{ medicine: 'acetaminophen', from: 60, for: 'kneeArthritis' }],
    visits: [{ from: 50, until: 5, every: 15, kind: 'followUp', reason: 'Knee pain', for: ['kneeArthritis'] }],
    plan: ['Water exercise twice a week'],
  },
  eczema: {
    problems: [{ condition: 'eczema', since: 45 }],
    medicines: [{ medicine: 'hydrocortisone', from: 45, for: 'eczema' }],
    visits: [
      { from: 45, until: 9, every: 12, kind: 'followUp', with: 'dermatology', reason: 'Eczema flare', for: ['eczema'] },
    ],
  },
  acne: {
    problems: [{ condition: 'acne', since: 17 }],
    medicines: [{ medicine: 'doxycycline', from: 17, until: 11, for: 'acne' }],
    visits: [{ from: 17, until: 5, every: 6, kind: 'followUp', with: 'dermatology', reason: 'Acne', for: ['acne'] }],
  },
  skinCancer: {
    problems: [{ condition: 'skinCancer', since: 15, until: 13.5 }],
    visits: [
      {
        from: 15,
        until: 3,
        every: 6,
        kind: 'followUp',
        with: 'dermatology',
        reason: 'Skin check',
        for: ['skinCancer'],
      },
    ],
    procedures: [{ procedure: 'skinExcision', at: 14, for: 'skinCancer', with: 'dermatology' }],
  },
  colonPolyp: {
    problems: [{ condition: 'colonPolyp', since: 22, until: 21.5 }],
    procedures: [{ procedure: 'colonoscopy', at: 22, for: 'colonPolyp' }],
  },
  prostate: {
    problems: [{ condition: 'enlargedProstate', since: 61 }],
    medicines: [{ medicine: 'tamsulosin', from: 58, for: 'enlargedProstate' }],
    visits: [
      {
        from: 54,
        until: 6,
        every: 12,
        kind: 'followUp',
        reason: 'Getting up at night',
        for: ['enlargedProstate'],
        panels: ['psa'],
      },
    ],
    curves: {
      psa: [
        [60, 2.1],
        [0, 3],
      ],
    },
  },
  reflux: {
    problems: [{ condition: 'reflux', since: 35 }],
    medicines: [{ medicine: 'omeprazole', from: 35, for: 'reflux' }],
    visits: [{ from: 35, until: 20, every: 12, kind: 'followUp', reason: 'Heartburn', for: ['reflux'] }],
  },
  gestationalDiabetesPast: {
    problems: [{ condition: 'gestationalDiabetes', since: 62, until: 55 }],
    curves: {
      a1c: [
        [60, 5.6],
        [0, 5.5],
      ],
    },
    visits: [
      {
        from: 40,
        until: 4,
        every: 12,
        kind: 'followUp',
        reason: 'Yearly blood sugar check',
        for: ['gestationalDiabetes'],
        panels: ['a1c'],
      },
    ],
  },
  /** The hospital stay itself is a visit of its own; this is how the blood answered. */
  gallbladder: {
    curves: {
      wbc: [
        [27, 6.9],
        [26.1, 14.6],
        [25.8, 13.8],
        [25.4, 7],
      ],
      alt: [
        [27, 24],
        [26.1, 88],
        [25.8, 84],
        [24, 25],
      ],
      bilirubin: [
        [27, 0.6],
        [26.1, 1.6],
        [25.8, 1.5],
        [24, 0.6],
      ],
    },
  },
  mammograms: {
    procedures: [
      { procedure: 'mammogram', at: 44 },
      { procedure: 'mammogram', at: 19 },
    ],
  },
} as const satisfies Record<string, Story>
