/** From now on this process measures so many milliseconds more than have passed. `jest.restoreAllMocks()` ends it. */
export function passTime(milliseconds: number): void {
  const measured = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => measured() + milliseconds);
}
