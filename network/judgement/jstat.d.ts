/** The part of jstat 1.9 that is used here; the package brings no types. */
declare module 'jstat' {
  interface Quantile<P extends number[]> {
    inv(probability: number, ...parameters: P): number;
    cdf(value: number, ...parameters: P): number;
  }
  const jstat: {
    beta: Quantile<[alpha: number, beta: number]>;
    chisquare: Quantile<[degrees: number]>;
    studentt: Quantile<[degrees: number]>;
    normal: Quantile<[mean: number, deviation: number]>;
  };
  export default jstat;
}
