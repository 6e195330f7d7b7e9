/** One path of several, without slashes around it. */
export function joinPaths(...paths: unknown[]): string {
  return paths
    .map((path) => (path === undefined ? '' : String(path)).replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
}
