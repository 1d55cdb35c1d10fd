/**
 * What rows say of a ratio of two means: of numerators, and of denominators that are never negative. A mean is one with
 * denominators of 1; a ratio of squared errors is one, too.
 */
export interface RatioRows {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}
