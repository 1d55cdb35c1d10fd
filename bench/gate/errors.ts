import { type Draw, normal } from "@ratchet/gate/testing";

/** A way in which a regression errs, and its mean absolute and mean squared error. */
export interface Errors {
  readonly one: (draw: Draw) => number;
  readonly absolute: number;
  readonly squared: number;
}

export const normalErrors: Errors = { one: normal, absolute: Math.sqrt(2 / Math.PI), squared: 1 };

/** Student's with three degrees: tails so heavy that the variance of a squared error is infinite. */
export const studentErrors: Errors = {
  one(draw) {
    const chi = normal(draw) ** 2 + normal(draw) ** 2 + normal(draw) ** 2;
    return normal(draw) / Math.sqrt(chi / 3);
  },
  absolute: (2 * Math.sqrt(3)) / Math.PI,
  squared: 3,
};

/** As large as a lognormal number, to either side. */
export const lognormalErrors: Errors = {
  one: (draw) => (draw(2) === 0 ? -1 : 1) * Math.exp(normal(draw)),
  absolute: Math.exp(0.5),
  squared: Math.exp(2),
};

/** Errors of two models that have so much of their variance in common; the challenger's are so many times as large. */
export const inCommon =
  ({ one }: Errors, shared: number, challenger = 1) =>
  (draw: Draw): (() => readonly [number, number]) => {
    const [common, apart] = [Math.sqrt(shared), Math.sqrt(1 - shared)];
    return () => {
      const both = common * one(draw);
      return [challenger * (both + apart * one(draw)), both + apart * one(draw)];
    };
  };
