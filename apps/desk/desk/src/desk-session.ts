import { AgentApi, ApiProblem, chatPath } from './api/agent-api.js';
import { AgentPush } from './api/agent-push.js';
import { memory, type StoredToken } from './api/memory.js';
import { beginOidc, finishOidc, type OidcSettings, type OidcTokens, readOidcSettings, renewOidc } from './api/oidc.js';
import { randomKey } from './api/random-key.js';
import { COMMAND_RETRIES, retried, sleep } from './api/retried.js';
import type { Chat, DeskLists, EventsPage, Me } from './api/shapes.js';
import { DeskStore } from './desk-store.js';
import { isSupervisor, type DeskState, type Remembered } from './state/desk-state.js';
import { BEFORE_FIRST } from './state/entry-id.js';
import type { OpenChat } from './state/open-chat.js';
import type { Command, Echo } from './state/outbox.js';

/** Events a page. */
const PAGE = 500;
/** How long before its end a token is renewed, in milliseconds. */
const RENEW_AHEAD_MS = 60_000;
/** Loading is tried until it works: without the chats there is no desk. */
const LOAD_RETRIES = { tries: Number.POSITIVE_INFINITY, waitsMs: [500, 1_000, 2_000, 4_000], sleep };

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface CommandWish {
  readonly serviceId: string;
  readonly label: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly echo?: Omit<Echo, 'since'>;
}

const rememberedOf = ({ selected, order, chats }: DeskState): Remembered => ({
  selected,
  chats: order.flatMap((id) => {
    const open = chats[id];
    return open === undefined ? [] : [{ serviceId: id, seenTo: open.seenTo, draft: open.draft }];
  }),
});

/** An agent at the desk: what the page does over the network. The state that comes of it is the store's. */
export class DeskSession {
  readonly store = new DeskStore();
  readonly api = new AgentApi(() => this.stored?.token ?? '');
  oidc: OidcSettings | undefined;
  private stored: StoredToken | null = memory.token();
  private push: AgentPush | undefined;
  private pacer: Worker | undefined;
  private readonly loading = new Set<string>();
  /** The last command of each chat: they are sent one after the other. */
  private readonly tails = new Map<string, Promise<void>>();
  private renewal: Promise<void> | undefined;
  private renewedAtMs = 0;
  private isLeaving = false;

  constructor() {
    this.store.subscribe(() => {
      const { phase, presence } = this.store.state;
      if (phase === 'at-desk' && presence === 'signed-out') this.forget('You have signed out.');
      else this.loadWhatIsMissing();
    });
    addEventListener('pagehide', () => {
      this.remember();
    });
  }

  /** Goes on where the tab was, or shows the sign-in page. */
  async begin(): Promise<void> {
    if (this.stored !== null) this.store.dispatch({ type: 'SigningIn' });
    try {
      this.oidc = await readOidcSettings();
      const tokens = this.oidc === undefined ? undefined : await finishOidc(this.oidc);
      if (tokens !== undefined) this.keep(tokens);
      if (this.stored === null) {
        // Draws the button of the identity provider.
        this.store.dispatch({ type: 'SignedOut', problem: null });
        return;
      }
      await this.takeSeat();
    } catch (error) {
      this.forget(wordsOf(error));
    }
  }

  async signIn(token: string): Promise<void> {
    this.stored = { token };
    memory.setToken(this.stored);
    this.store.dispatch({ type: 'SigningIn' });
    await this.takeSeat();
  }

  async signInByOidc(): Promise<void> {
    if (this.oidc === undefined) return;
    try {
      await beginOidc(this.oidc);
    } catch (error) {
      this.forget(wordsOf(error));
    }
  }

  async signOut(): Promise<void> {
    this.isLeaving = true;
    try {
      await this.api.post('/me/sign-out');
    } catch {
      // He is away as soon as his heartbeats stop.
    }
    this.forget(null);
  }

  /** Waits no longer for a server that does not answer. */
  cancelSignIn(): void {
    this.forget('The server cannot be reached');
  }

  async goReady(): Promise<void> {
    await this.changePresence('/me/ready', {});
  }

  async goNotReady(reason: string): Promise<void> {
    await this.changePresence('/me/not-ready', { reason });
  }

  /** Sends a command of a chat after those before it; what comes of it is in the store. */
  send({ serviceId, label, path, body = {}, echo }: CommandWish): void {
    const since = this.store.state.chats[serviceId]?.lines.at(-1)?.id ?? BEFORE_FIRST;
    const command: Command = {
      ...{ key: randomKey(), serviceId, label, path, body, state: 'pending', problem: null },
      echo: echo === undefined ? null : { ...echo, since },
    };
    this.store.dispatch({ type: 'CommandGiven', command });
    this.queue(command);
  }

  retry(command: Command): void {
    this.store.dispatch({ type: 'CommandRetried', key: command.key });
    this.queue(command);
  }

  /** Typing notices come and go; one that is lost is no loss. */
  tellTyping(serviceId: string, typing: boolean): void {
    this.api.post(`${chatPath(serviceId)}/typing`, { typing }).catch(() => undefined);
  }

  async answerOffer(serviceId: string, token: string, isAccepted: boolean): Promise<void> {
    this.store.dispatch({ type: 'OfferAnswered', token });
    const path = `${chatPath(serviceId)}/${isAccepted ? 'accept' : 'reject'}`;
    const key = randomKey();
    try {
      await retried(() => this.api.post(path, { token }, key), COMMAND_RETRIES);
      if (isAccepted) this.store.dispatch({ type: 'ChatOpened', serviceId });
    } catch (error) {
      this.failed(isAccepted ? 'The chat could not be taken' : 'The chat could not be declined', error);
    }
  }

  /** Opens a chat as one who reads along. */
  async watch(serviceId: string): Promise<void> {
    try {
      await this.api.call('PUT', `${chatPath(serviceId)}/monitor`);
      this.store.dispatch({ type: 'ChatOpened', serviceId });
    } catch (error) {
      this.failed('The chat cannot be read along', error);
    }
  }

  async stopWatching(serviceId: string): Promise<void> {
    try {
      await this.api.call('DELETE', `${chatPath(serviceId)}/monitor`);
      this.store.dispatch({ type: 'ChatClosed', serviceId });
    } catch (error) {
      this.failed('Reading along could not be ended', error);
    }
  }

  async join(serviceId: string): Promise<void> {
    const key = randomKey();
    try {
      await retried(() => this.api.post(`${chatPath(serviceId)}/join`, {}, key), COMMAND_RETRIES);
      this.store.dispatch({ type: 'ChatOpened', serviceId });
    } catch (error) {
      this.failed('The chat could not be joined', error);
    }
  }

  /** All events of a chat, from the first; for what is looked at and not kept. */
  async allEvents(serviceId: string, isAll: boolean, signal: AbortSignal): Promise<EventsPage['events']> {
    const events: EventsPage['events'][number][] = [];
    for (let after = BEFORE_FIRST, hasMore = true; hasMore;) {
      const page = await this.page(serviceId, after, isAll, signal);
      events.push(...page.events);
      after = page.lastId;
      hasMore = page.hasMore;
    }
    return events;
  }

  async refreshLists(): Promise<void> {
    try {
      this.store.dispatch({ type: 'ListsLoaded', lists: await this.api.get<DeskLists>('/desk') });
    } catch (error) {
      this.expired(error);
    }
  }

  /** Says what went wrong. */
  failed(what: string, error: unknown): void {
    if (this.expired(error)) return;
    this.store.dispatch({ type: 'Noticed', notice: { key: randomKey(), text: `${what}: ${wordsOf(error)}` } });
  }

  /** Whether an error is the end of the token; then the sign-in page is shown. */
  expired(error: unknown): boolean {
    if (!(error instanceof ApiProblem) || !error.isAboutToken) return false;
    const isRenewable = this.stored?.refreshToken !== undefined && this.oidc !== undefined;
    // A token that is refused as soon as it was given will not get better.
    if (isRenewable && Date.now() - this.renewedAtMs > RENEW_AHEAD_MS) void this.renew();
    else if (this.renewal === undefined) this.forget(refusalWords(error.code));
    return true;
  }

  private async takeSeat(): Promise<void> {
    const { stored } = this;
    try {
      // Doing it again, after a reload, changes nothing.
      const me = await retried(() => this.api.post<Me>('/me/sign-in'), LOAD_RETRIES);
      if (this.stored !== stored) return;
      this.store.dispatch({ type: 'MeLoaded', me, nowMs: Date.now(), epoch: 0, remembered: memory.desk() ?? NOTHING });
    } catch (error) {
      if (this.stored === stored && !this.expired(error)) this.forget(wordsOf(error));
      return;
    }
    void this.refreshLists();
    this.pacer = new Worker(new URL('./pacer.ts', import.meta.url), { type: 'module' });
    this.pacer.onmessage = () => {
      this.beat();
    };
    this.push = new AgentPush(() => this.stored?.token ?? '', {
      subscribed: () => {
        this.store.dispatch({ type: 'Resubscribed' });
        void this.reloadMe();
      },
      connected: () => {
        this.store.enqueue({ type: 'ConnectionChanged', connection: 'online' });
      },
      disconnected: () => {
        this.store.enqueue({ type: 'ConnectionChanged', connection: 'offline' });
      },
      refused: () => {
        this.expired(new ApiProblem(401, 'TOKEN_EXPIRED', ''));
      },
      agentTold: (events) => {
        this.store.enqueue({ type: 'AgentTold', events });
      },
      chatTold: (serviceId, events) => {
        this.store.enqueue({ type: 'ChatTold', serviceId, events });
      },
    });
    this.push.start();
  }

  private beat(): void {
    this.remember();
    const expiresAtMs = this.stored?.expiresAtMs;
    if (expiresAtMs !== undefined && expiresAtMs - Date.now() < RENEW_AHEAD_MS) void this.renew();
    this.api.post('/me/heartbeat').catch((error: unknown) => {
      this.expired(error);
    });
  }

  private async reloadMe(): Promise<void> {
    const { epoch } = this.store.state;
    try {
      const me = await retried(() => this.api.get<Me>('/me'), LOAD_RETRIES);
      this.store.dispatch({ type: 'MeLoaded', me, nowMs: Date.now(), epoch });
    } catch (error) {
      this.failed('The desk could not be loaded', error);
    }
  }

  private async changePresence(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const key = randomKey();
    const { epoch } = this.store.state;
    try {
      const me = await retried(() => this.api.post<Me>(path, body, key), COMMAND_RETRIES);
      this.store.dispatch({ type: 'MeLoaded', me, nowMs: Date.now(), epoch });
    } catch (error) {
      this.failed('That could not be changed', error);
    }
  }

  /** Chats that are new at the desk, or may have gaps. */
  private loadWhatIsMissing(): void {
    const { state } = this.store;
    // The first subscription comes first: nothing shall fall between.
    if (state.phase !== 'at-desk' || state.epoch === 0) return;
    for (const open of Object.values(state.chats)) {
      const isMissing = !open.isHeadCurrent || !open.isComplete;
      if (isMissing && open.problem === null && !this.loading.has(open.serviceId)) void this.load(open);
    }
  }

  private async load({ serviceId, completeTo }: OpenChat): Promise<void> {
    this.loading.add(serviceId);
    const { epoch } = this.store.state;
    try {
      const chat = await retried(() => this.api.get<Chat>(chatPath(serviceId)), LOAD_RETRIES);
      this.store.dispatch({ type: 'ChatLoaded', chat, epoch });
      for (let after = completeTo, hasMore = true; hasMore;) {
        const page = await retried(() => this.page(serviceId, after, false), LOAD_RETRIES);
        this.store.dispatch({ type: 'PageLoaded', serviceId, page, epoch });
        after = page.lastId;
        hasMore = page.hasMore;
      }
    } catch (error) {
      if (!this.expired(error)) this.loadFailed(serviceId, error);
    } finally {
      this.loading.delete(serviceId);
      // There may have been another break meanwhile.
      this.loadWhatIsMissing();
    }
  }

  /** A chat that is remembered and may not be seen any more is not worth a word. */
  private loadFailed(serviceId: string, error: unknown): void {
    const isGone = error instanceof ApiProblem && (error.status === 404 || error.status === 403);
    if (isGone && this.store.state.chats[serviceId]?.chat === null) {
      this.store.dispatch({ type: 'ChatClosed', serviceId });
      return;
    }
    this.store.dispatch({ type: 'LoadFailed', serviceId, problem: wordsOf(error) });
  }

  private page(serviceId: string, after: string, isAll: boolean, signal?: AbortSignal): Promise<EventsPage> {
    const query = `after=${after}&limit=${PAGE}${isAll && isSupervisor(this.store.state) ? '&all=true' : ''}`;
    return this.api.get<EventsPage>(`${chatPath(serviceId)}/events?${query}`, signal);
  }

  private queue(command: Command): void {
    const { serviceId } = command;
    const tail = (this.tails.get(serviceId) ?? Promise.resolve()).then(() => this.carryOut(command));
    this.tails.set(serviceId, tail);
  }

  private async carryOut({ key, serviceId, path, body }: Command): Promise<void> {
    try {
      await retried(() => this.api.post(`${chatPath(serviceId)}/${path}`, body, key), COMMAND_RETRIES);
      this.store.dispatch({ type: 'CommandDone', key });
    } catch (error) {
      if (this.expired(error)) return;
      this.store.dispatch({ type: 'CommandFailed', key, problem: commandProblem(path, error) });
    }
  }

  private renew(): Promise<void> {
    this.renewal ??= this.renewOnce().finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  private async renewOnce(): Promise<void> {
    const refreshToken = this.stored?.refreshToken;
    if (this.oidc === undefined || refreshToken === undefined) return;
    try {
      const tokens = await renewOidc(this.oidc, refreshToken);
      this.keep({ ...tokens, refreshToken: tokens.refreshToken ?? refreshToken });
      this.renewedAtMs = Date.now();
      this.push?.configure();
    } catch (error) {
      this.forget(wordsOf(error));
    }
  }

  private keep({ accessToken: token, refreshToken, expiresAtMs }: OidcTokens): void {
    this.stored = {
      token,
      ...(refreshToken === null ? {} : { refreshToken }),
      ...(expiresAtMs === null ? {} : { expiresAtMs }),
    };
    memory.setToken(this.stored);
  }

  private remember(): void {
    if (this.store.state.phase === 'at-desk') memory.setDesk(rememberedOf(this.store.state));
  }

  /** Back to the sign-in page. What was open is kept for whoever signs in next with this tab. */
  private forget(problem: string | null): void {
    if (this.isLeaving) memory.setDesk(null);
    else this.remember();
    this.stored = null;
    memory.setToken(null);
    this.push?.stop();
    this.pacer?.terminate();
    this.push = undefined;
    this.pacer = undefined;
    this.store.dispatch({ type: 'SignedOut', problem: this.isLeaving ? null : problem });
    this.isLeaving = false;
  }
}

const NOTHING: Remembered = { selected: null, chats: [] };

/** A refused poke has no body to say why. */
const commandProblem = (path: string, error: unknown): string =>
  path === 'poke' && error instanceof ApiProblem && error.status === 503
    ? 'the customer’s device cannot be told now'
    : wordsOf(error);

const refusalWords = (code: string): string => {
  if (code === 'TOKEN_EXPIRED') return 'Your sign-in has expired. Please sign in again.';
  if (code === 'TOKEN_REQUIRED') return 'Please sign in.';
  return 'This token is not known here.';
};
