/** What the demo was started with, from a meta tag. */
export interface DemoConfig {
  transport: 'body' | 'cookie' | 'both';
  accessTokenProp: string;
  refreshTokenProp: string;
  /** Whether a refresh needs the access token too. */
  sendAccessToken: boolean;
  graceSeconds: number;
}

export const config = JSON.parse(document.querySelector<HTMLMetaElement>('meta[name="demo"]')!.content) as DemoConfig;

/** With `both`, the safer one. */
export const mode = config.transport === 'body' ? 'body' : 'cookie';
