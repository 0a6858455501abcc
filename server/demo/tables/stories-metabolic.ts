/** Stories of sugar, thyroid, cholesterol, kidneys, joints and bones. */
import type { Story } from './story.ts'

export const metabolicStories = {
  diabetes: {
    problems: [{ condition: 'diabetes', since: 51 }],
    medicines: [
      { medicine: 'metformin', from: 50.5, until: 44, for: 'diabetes', changed: 'Dose raised to 1,000 mg twice a day' },
      { medicine: 'metformin1000', from: 44, for: 'diabetes' },
    ],
    visits: [
      {
        from: 51,
        until: 1,
        every: 3.9,
        kind: 'followUp',
        reason: 'Diabetes check',
        first: 'Thirsty and tired for weeks',
        for: ['diabetes'],
        panels: ['a1c', 'bmp'],
        sometimes: ['urineAlbumin', 'lipid'],
      },
    ],
    curves: {
      a1c: [
        [62, 6.3],
        [51, 9.4],
        [47, 8.4],
        [43, 7.6],
        [39, 7.1],
        [31, 6.8],
        [19, 7.1],
        [15, 6.9],
        [0, 6.6],
      ],
      glucose: [
        [62, 118],
        [51, 212],
        [47, 174],
        [43, 151],
        [31, 132],
        [19, 141],
        [0, 124],
      ],
      urineAlbumin: [
        [60, 18],
        [36, 34],
        [12, 22],
        [0, 19],
      ],
    },
    weight: [
      [60, 3],
      [48, 4],
      [30, -3],
      [0, -4],
    ],
    procedures: [
      { procedure: 'footExam', at: 27.6, for: 'diabetes' },
      { procedure: 'footExam', at: 12, for: 'diabetes' },
      { procedure: 'eyeExam', at: 24, for: 'diabetes' },
    ],
    goals: [
      {
        text: 'Hemoglobin A1c below 7 %',
        for: 'diabetes',
        measure: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'high', 7, '%'],
        achieved: true,
      },
      { text: 'Walk 30 minutes on five days a week', for: 'diabetes' },
    ],
    plan: [
      'Check blood sugar before breakfast three times a week',
      'Eye examination every year',
      'Foot check at every visit',
      'Class: cooking well with diabetes',
    ],
  },
  diabetesLongstanding: {
    problems: [{ condition: 'diabetes', since: 190 }],
    medicines: [
      { medicine: 'metformin', from: 120, for: 'diabetes' },
      { medicine: 'glargine', from: 40, for: 'diabetes' },
    ],
    visits: [
      {
        from: 57,
        until: 2,
        every: 5,
        kind: 'followUp',
        with: 'endocrinology',
        reason: 'Diabetes follow-up',
        for: ['diabetes'],
        panels: ['a1c'],
        sometimes: ['urineAlbumin'],
      },
    ],
    curves: {
      a1c: [
        [60, 8.3],
        [42, 8.9],
        [36, 7.9],
        [18, 7.6],
        [0, 7.8],
      ],
      glucose: [
        [60, 168],
        [42, 190],
        [36, 155],
        [0, 149],
      ],
      urineAlbumin: [
        [60, 48],
        [30, 72],
        [0, 95],
      ],
    },
    goals: [
      {
        text: 'Hemoglobin A1c below 8 %',
        for: 'diabetes',
        measure: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'high', 8, '%'],
      },
    ],
    plan: [
      'Insulin at the same hour every evening',
      'Eye examination every year',
      'Visiting nurse checks the pill box',
    ],
  },
  diabetes1: {
    problems: [{ condition: 'diabetes1', since: 74 }],
    medicines: [
      { medicine: 'glargine', from: 74, for: 'diabetes1' },
      { medicine: 'lispro', from: 74, for: 'diabetes1' },
    ],
    visits: [
      {
        from: 56,
        until: 2,
        every: 4,
        kind: 'followUp',
        with: 'endocrinology',
        reason: 'Type 1 diabetes visit',
        for: ['diabetes1'],
        panels: ['a1c'],
        sometimes: ['urineAlbumin', 'thyroid'],
      },
    ],
    curves: {
      a1c: [
        [60, 8.6],
        [44, 7.9],
        [30, 8.8],
        [20, 8.1],
        [0, 7.3],
      ],
      glucose: [
        [60, 190],
        [0, 145],
      ],
    },
    goals: [
      {
        text: 'Hemoglobin A1c below 7 %',
        for: 'diabetes1',
        measure: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'high', 7, '%'],
      },
    ],
    plan: ['Count carbohydrates at each meal', 'Sick-day rules are on the fridge', 'School nurse has the care plan'],
  },
  prediabetes: {
    problems: [
      { condition: 'prediabetes', since: 26 },
      { condition: 'obesity', since: 60 },
    ],
    visits: [
      {
        from: 26,
        until: 2,
        every: 8,
        kind: 'followUp',
        reason: 'Blood sugar check',
        for: ['prediabetes'],
        panels: ['a1c'],
      },
    ],
    curves: {
      a1c: [
        [60, 5.6],
        [26, 6.2],
        [18, 6.1],
        [0, 5.8],
      ],
      glucose: [
        [60, 98],
        [26, 113],
        [0, 104],
      ],
      triglycerides: [
        [60, 160],
        [0, 148],
      ],
    },
    weight: [
      [60, 6],
      [26, 9],
      [0, 4],
    ],
    goals: [{ text: 'Lose 5 % of body weight within a year', for: 'prediabetes' }],
    plan: ['Diabetes prevention class, 16 weeks', 'Food diary on the phone'],
  },
  hypertension: {
    problems: [{ condition: 'hypertension', since: 66 }],
    medicines: [
      { medicine: 'lisinopril', from: 65, until: 40, for: 'hypertension', changed: 'Dose raised to 20 mg' },
      { medicine: 'lisinopril20', from: 40, for: 'hypertension' },
    ],
    visits: [
      {
        from: 58,
        until: 4,
        every: 9,
        kind: 'followUp',
        reason: 'Blood pressure check',
        for: ['hypertension'],
        sometimes: ['bmp'],
      },
    ],
    systolic: [
      [66, 158],
      [58, 146],
      [42, 149],
      [38, 133],
      [20, 128],
      [0, 126],
    ],
    diastolic: [
      [66, 96],
      [58, 90],
      [42, 92],
      [38, 83],
      [0, 78],
    ],
    goals: [
      {
        text: 'Blood pressure below 130/80 at home',
        for: 'hypertension',
        measure: ['8480-6', 'Systolic blood pressure', 'high', 130, 'mm[Hg]'],
        achieved: true,
      },
    ],
    plan: ['Measure blood pressure at home twice a week', 'Less than a teaspoon of salt a day'],
  },
  cholesterol: {
    problems: [{ condition: 'hyperlipidemia', since: 46 }],
    medicines: [{ medicine: 'atorvastatin', from: 45, for: 'hyperlipidemia' }],
    visits: [
      {
        from: 46,
        until: 42,
        every: 3,
        kind: 'followUp',
        reason: 'Cholesterol follow-up',
        for: ['hyperlipidemia'],
        panels: ['lipid'],
      },
      {
        from: 34,
        until: 3,
        every: 10,
        kind: 'followUp',
        reason: 'Cholesterol follow-up',
        for: ['hyperlipidemia'],
        panels: ['lipid'],
        sometimes: ['cmp'],
      },
    ],
    curves: {
      ldl: [
        [70, 152],
        [46, 178],
        [45, 174],
        [42, 112],
        [34, 96],
        [0, 84],
      ],
      triglycerides: [
        [70, 190],
        [46, 224],
        [42, 168],
        [0, 141],
      ],
      hdl: [
        [60, 41],
        [0, 47],
      ],
    },
    goals: [
      {
        text: 'LDL cholesterol below 100 mg/dL',
        for: 'hyperlipidemia',
        measure: [
          '13457-7',
          'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation',
          'high',
          100,
          'mg/dL',
        ],
        achieved: true,
      },
    ],
    plan: ['Atorvastatin every evening', 'Nuts, oats and fish instead of butter'],
  },
  thyroid: {
    problems: [{ condition: 'hypothyroidism', since: 33 }],
    medicines: [
      { medicine: 'levothyroxine', from: 32.8, until: 30, for: 'hypothyroidism', changed: 'Dose raised to 75 mcg' },
      { medicine: 'levothyroxine75', from: 30, for: 'hypothyroidism' },
    ],
    visits: [
      {
        from: 33,
        until: 27,
        every: 2,
        kind: 'followUp',
        reason: 'Thyroid check after the new dose',
        first: 'Tired all the time and feeling cold',
        for: ['hypothyroidism'],
        panels: ['thyroid'],
      },
      {
        from: 18,
        until: 5,
        every: 12,
        kind: 'followUp',
        reason: 'Thyroid check',
        for: ['hypothyroidism'],
        panels: ['thyroid'],
      },
    ],
    curves: {
      tsh: [
        [60, 3.4],
        [44, 5.2],
        [33, 11.8],
        [31, 7.1],
        [29, 4.9],
        [27, 3.2],
        [18, 2.4],
        [0, 2.1],
      ],
      freeT4: [
        [60, 1.05],
        [33, 0.62],
        [31, 0.84],
        [27, 1.12],
        [0, 1.22],
      ],
    },
    goals: [
      {
        text: 'TSH between 0.4 and 4.5',
        for: 'hypothyroidism',
        measure: ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'high', 4.5, 'm[IU]/L'],
        achieved: true,
      },
    ],
  },
  kidneys: {
    problems: [{ condition: 'ckd3', since: 49 }],
    medicines: [{ medicine: 'amlodipine', from: 30, for: 'hypertension' }],
    visits: [
      {
        from: 55,
        until: 2,
        every: 4.4,
        kind: 'followUp',
        with: 'internal',
        reason: 'Kidney check',
        for: ['ckd3', 'hypertension'],
        panels: ['bmp'],
        sometimes: ['cbc', 'urineAlbumin'],
      },
      {
        from: 0.4,
        until: 0.2,
        every: 0.2,
        kind: 'bloodDraw',
        with: 'internal',
        reason: 'Potassium check',
        for: ['ckd3'],
        panels: ['bmp'],
      },
    ],
    curves: {
      creatinine: [
        [60, 1.24],
        [48, 1.42],
        [36, 1.55],
        [24, 1.68],
        [12, 1.87],
        [0, 2.02],
      ],
      urea: [
        [60, 19],
        [0, 36],
      ],
      potassium: [
        [60, 4.5],
        [12, 5],
        [2, 5.2],
        [0.6, 6.6],
        [0.36, 6.5],
        [0.3, 5],
        [0, 4.9],
      ],
      carbonDioxide: [
        [60, 25],
        [0, 21.6],
      ],
      hemoglobin: [
        [60, 13.9],
        [0, 12.4],
      ],
      urineAlbumin: [
        [60, 88],
        [24, 210],
        [0, 185],
      ],
    },
    goals: [
      {
        text: 'Blood pressure below 130/80 to protect the kidneys',
        for: 'ckd3',
        measure: ['8480-6', 'Systolic blood pressure', 'high', 130, 'mm[Hg]'],
      },
    ],
    plan: ['No ibuprofen or naproxen', 'Potassium list for the kitchen', 'Kidney blood tests every four months'],
  },
  gout: {
    problems: [{ condition: 'gout', since: 37 }],
    medicines: [
      { medicine: 'naproxen', from: 37, until: 36.5, for: 'gout' },
      { medicine: 'allopurinol', from: 36, for: 'gout' },
    ],
    visits: [
      {
        from: 37,
        until: 30,
        every: 3,
        kind: 'followUp',
        reason: 'Gout follow-up',
        first: 'Sudden pain in the big toe',
        for: ['gout'],
        panels: ['urate'],
      },
      {
        from: 22,
        until: 4,
        every: 9,
        kind: 'followUp',
        reason: 'Gout follow-up',
        for: ['gout'],
        panels: ['urate', 'bmp'],
      },
    ],
    curves: {
      urate: [
        [60, 8.1],
        [37, 9.6],
        [34, 7.2],
        [31, 5.8],
        [0, 5.3],
      ],
    },
    goals: [
      {
        text: 'Uric acid below 6 mg/dL',
        for: 'gout',
        measure: ['3084-1', 'Urate [Mass/volume] in Serum or Plasma', 'high', 6, 'mg/dL'],
        achieved: true,
      },
    ],
  },
  bones: {
    problems: [{ condition: 'osteoporosis', since: 44 }],
    medicines: [
      { medicine: 'alendronate', from: 43, for: 'osteoporosis' },
      { medicine: 'vitaminD', from: 43, for: 'osteoporosis' },
    ],
    visits: [
      {
        from: 44,
        until: 8,
        every: 12,
        kind: 'followUp',
        reason: 'Bone health',
        for: ['osteoporosis'],
        panels: ['vitaminD'],
      },
    ],
    curves: {
      vitaminD: [
        [60, 17],
        [44, 18],
        [32, 34],
        [0, 41],
      ],
    },
    procedures: [
      { procedure: 'boneDensity', at: 44.5, for: 'osteoporosis' },
      { procedure: 'boneDensity', at: 20, for: 'osteoporosis' },
    ],
    goals: [{ text: 'No falls this year', for: 'osteoporosis' }],
    plan: ['Balance class on Thursdays', 'Night lights in the hall'],
  },
  ironDeficiency: {
    problems: [{ condition: 'ironDeficiency', since: 16, until: 3 }],
    medicines: [{ medicine: 'iron', from: 16, until: 3, for: 'ironDeficiency' }],
    visits: [
      {
        from: 16,
        until: 3,
        every: 4.2,
        kind: 'followUp',
        reason: 'Iron follow-up',
        first: 'Tired, pale and short of breath on stairs',
        for: ['ironDeficiency'],
        panels: ['cbc', 'iron'],
      },
    ],
    curves: {
      hemoglobin: [
        [60, 12.9],
        [24, 12],
        [16, 9.6],
        [12, 11.1],
        [8, 12.6],
        [0, 13.1],
      ],
      mcv: [
        [60, 88],
        [16, 73],
        [8, 84],
        [0, 88],
      ],
      ferritin: [
        [60, 38],
        [16, 5],
        [12, 14],
        [8, 29],
        [0, 52],
      ],
      iron: [
        [60, 80],
        [16, 24],
        [8, 71],
        [0, 90],
      ],
      ironBinding: [
        [60, 350],
        [16, 462],
        [0, 345],
      ],
    },
  },
  rheumatoid: {
    problems: [{ condition: 'rheumatoidArthritis', since: 98 }],
    medicines: [
      { medicine: 'methotrexate', from: 96, for: 'rheumatoidArthritis' },
      { medicine: 'folicAcid', from: 96, for: 'rheumatoidArthritis' },
    ],
    visits: [
      {
        from: 56,
        until: 2,
        every: 6,
        kind: 'followUp',
        with: 'internal',
        reason: 'Arthritis medicine check',
        for: ['rheumatoidArthritis'],
        panels: ['cbc', 'crp'],
        sometimes: ['cmp'],
      },
    ],
    curves: {
      crp: [
        [60, 14],
        [40, 7],
        [26, 22],
        [20, 9],
        [0, 5],
      ],
    },
    plan: ['Methotrexate on Sundays only', 'Hand therapy exercises each morning'],
  },
} as const satisfies Record<string, Story>
