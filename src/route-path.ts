/** One path of several, without slashes around it. */
export function joinPaths(...paths: (string | undefined)[]): string {
  return paths
    .flatMap((path) => String(path ?? '').split('/'))
    .filter(Boolean)
    .join('/');
}
