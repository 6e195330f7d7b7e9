// Subjects take turns, round after round, so that what else the machine does hits all alike; what counts is the median.

/**
 * Tells standard error how far it is.
 *
 * @param subjects `[{ name, measure() }]`; a measurement is an object of numbers
 * @returns by name: the median of each figure, and `rounds` with all of them
 */
export async function inRounds(subjects, rounds) {
  const all = new Map(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, measure } of subjects) {
      const measured = await measure();
      all.get(name).push(measured);
      console.error(`round ${round + 1} of ${rounds}, ${name}: ${JSON.stringify(measured)}`);
    }
  }
  return Object.fromEntries([...all].map(([name, measured]) => [name, { ...medians(measured), rounds: measured }]));
}

/** Of the ratios inside each round: neighbours in time share the machine's mood. */
export function medianRatio(subject, peer, figure) {
  return median(subject.rounds.map((measured, round) => measured[figure] / peer.rounds[round][figure]));
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

function medians(measured) {
  return Object.fromEntries(Object.keys(measured[0]).map((figure) => [figure, median(measured.map((one) => one[figure]))]));
}
