/** @param times milliseconds in any order @returns them rounded to hundredths */
export function percentiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
