/** Median growth of children by age in years, rounded from the WHO and CDC charts, and how widely it spreads. */
import type { Curve } from './story.ts'

type BySex = Readonly<Record<'F' | 'M', Curve>>

/** Centimeters. */
// biome-ignore format: two rows read as a chart
export const medianHeight: BySex = {
  M: [[0, 50], [0.25, 61.4], [0.5, 67.6], [1, 75.7], [1.5, 82.3], [2, 87.5], [3, 96], [4, 103.2], [5, 110], [6, 116], [7, 122], [8, 128], [9, 133.5], [10, 138.5], [11, 143.5], [12, 149], [13, 156], [14, 164], [15, 170], [16, 173.5], [17, 175.3], [18, 176.2], [20, 176.8]],
  F: [[0, 49.1], [0.25, 59.8], [0.5, 65.7], [1, 74], [1.5, 80.7], [2, 86.2], [3, 95], [4, 102.2], [5, 109], [6, 115], [7, 121.2], [8, 127], [9, 132.4], [10, 138.2], [11, 144.8], [12, 151.5], [13, 157.1], [14, 160.4], [15, 161.9], [16, 162.5], [17, 162.9], [18, 163.1], [20, 163.3]],
}

/** Kilograms. */
// biome-ignore format: two rows read as a chart
export const medianWeight: BySex = {
  M: [[0, 3.3], [0.25, 6.4], [0.5, 7.9], [1, 9.6], [1.5, 10.9], [2, 12.4], [3, 14.3], [4, 16.3], [5, 18.5], [6, 20.8], [7, 23.1], [8, 25.6], [9, 28.6], [10, 32], [11, 36], [12, 40.7], [13, 45.8], [14, 51.2], [15, 56.6], [16, 61.1], [17, 64.7], [18, 67.3], [20, 70.6]],
  F: [[0, 3.2], [0.25, 5.8], [0.5, 7.3], [1, 8.9], [1.5, 10.2], [2, 11.9], [3, 13.9], [4, 15.9], [5, 17.9], [6, 20.2], [7, 22.8], [8, 25.8], [9, 29.1], [10, 33], [11, 37], [12, 41.6], [13, 45.8], [14, 49.4], [15, 52.1], [16, 53.9], [17, 55.1], [18, 56.2], [20, 58.2]],
}

/** Centimeters around the head. */
// biome-ignore format: two rows read as a chart
export const medianHead: BySex = {
  M: [[0, 34.5], [0.25, 40.5], [0.5, 43.3], [1, 46.1], [1.5, 47.4], [2, 48.3], [3, 49.5]],
  F: [[0, 33.9], [0.25, 39.5], [0.5, 42.2], [1, 44.9], [1.5, 46.2], [2, 47.2], [3, 48.5]],
}

/** By age in years, for both sexes. */
// biome-ignore format: one row reads as a chart
export const restingPulse: Curve = [[0, 138], [0.5, 126], [1, 117], [3, 103], [6, 91], [10, 83], [15, 75], [20, 72]]
export const restingBreaths: Curve = [
  [0, 37],
  [1, 28],
  [3, 24],
  [6, 21],
  [10, 18],
  [16, 15],
  [20, 15],
]

/** Relative standard deviations. */
export const spread = { height: 0.042, weight: 0.13, head: 0.028, bmi: 0.12 } as const
