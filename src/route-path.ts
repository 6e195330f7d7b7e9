/** One path of several, without slashes around it. */
export function joinPaths(...paths: (string | undefined)[]): string {
  return paths
    .map((path) => String(path ?? '').replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
}
