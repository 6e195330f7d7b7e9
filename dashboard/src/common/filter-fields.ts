export interface FilterField {
  /** Name in the URL and in the API. */
  name: string;
  label: string;
  kind: 'text' | 'choice' | 'instant';
  choices?: readonly (readonly [value: string, label: string])[];
}

export type Filters = Record<string, string>;

/** Only known names are taken from the URL. */
export function readFilters(fields: readonly FilterField[], query: URLSearchParams): Filters {
  const filters: Filters = {};
  for (const { name } of fields) {
    const value = query.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

const COMPACT_JWT = /^eyJ[\w-]*(\.[\w-]*){2}((\.[\w-]*){2})?$/;

/** A refresh or access token, in any of the module's formats. It must never get into the URL. */
export const looksLikeToken = (text: string): boolean => text.startsWith('jrt_') || COMPACT_JWT.test(text);
