import { base64Url } from './random-key.js';

/** Where agents may sign in besides with a token. */
export interface OidcSettings {
  readonly authority: string;
  readonly clientId: string;
}

/** What the identity provider gave. */
export interface OidcTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** In local time; null: unknown. */
  readonly expiresAtMs: number | null;
}

interface Discovery {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

interface Begun {
  readonly state: string;
  readonly verifier: string;
}

const BEGUN_KEY = 'desk.oidc';

const random = (): string => base64Url(crypto.getRandomValues(new Uint8Array(32)));

const discover = async ({ authority }: OidcSettings): Promise<Discovery> => {
  const response = await fetch(`${authority.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    credentials: 'omit',
  });
  if (!response.ok) throw new Error(`The identity provider answered ${response.status}`);
  return (await response.json()) as Discovery;
};

/** The desk without a query: where the provider sends the agent back to. */
const redirectUri = (): string => `${location.origin}/desk/`;

const askForTokens = async (settings: OidcSettings, fields: Readonly<Record<string, string>>): Promise<OidcTokens> => {
  const { token_endpoint: endpoint } = await discover(settings);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, client_id: settings.clientId }),
    credentials: 'omit',
  });
  if (!response.ok) throw new Error(`The identity provider refused (${response.status})`);
  const answer = (await response.json()) as {
    readonly access_token: string;
    readonly refresh_token?: string;
    readonly expires_in?: number;
  };
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    expiresAtMs: answer.expires_in === undefined ? null : Date.now() + answer.expires_in * 1_000,
  };
};

/** The gateway's word on where to sign in; undefined: with a token only. */
export const readOidcSettings = async (): Promise<OidcSettings | undefined> => {
  try {
    const response = await fetch('/desk/config.json', { credentials: 'omit' });
    if (!response.ok) return undefined;
    const { oidc } = (await response.json()) as { readonly oidc?: OidcSettings };
    return oidc;
  } catch {
    return undefined;
  }
};

/** Goes to the identity provider: authorization code with PKCE (RFC 7636). */
export const beginOidc = async (settings: OidcSettings): Promise<void> => {
  // Browsers give the digest to secure pages only.
  if (!isSecureContext) throw new Error('Signing in this way needs the desk to be served by HTTPS');
  const { authorization_endpoint: endpoint } = await discover(settings);
  const begun: Begun = { state: random(), verifier: random() };
  sessionStorage.setItem(BEGUN_KEY, JSON.stringify(begun));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(begun.verifier));
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    ...Object.fromEntries(url.searchParams),
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: redirectUri(),
    scope: 'openid profile',
    state: begun.state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(url);
};

/** Back from the identity provider? Takes the code out of the address either way. */
export const finishOidc = async (settings: OidcSettings): Promise<OidcTokens | undefined> => {
  const query = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(BEGUN_KEY);
  const state = query.get('state');
  if (state === null || stored === null) return undefined;
  sessionStorage.removeItem(BEGUN_KEY);
  history.replaceState(null, '', redirectUri());
  const begun = JSON.parse(stored) as Begun;
  if (state !== begun.state) throw new Error('The answer of the identity provider is not to our question');
  const code = query.get('code');
  if (code === null) throw new Error(query.get('error_description') ?? query.get('error') ?? 'The sign-in failed');
  return askForTokens(settings, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri(),
    code_verifier: begun.verifier,
  });
};

export const renewOidc = (settings: OidcSettings, refreshToken: string): Promise<OidcTokens> =>
  askForTokens(settings, { grant_type: 'refresh_token', refresh_token: refreshToken });
