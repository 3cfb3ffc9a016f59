/** The part of faye's client that tests use. */
declare module 'faye' {
  interface FayeSubscription extends PromiseLike<void> {
    cancel(): void;
  }

  interface FayeClient {
    setHeader(name: string, value: string): void;
    disable(feature: string): void;
    subscribe(channel: string, callback: (data: unknown) => void): FayeSubscription;
    disconnect(): PromiseLike<void> | undefined;
  }

  const faye: { readonly Client: new (url: string, options?: { readonly timeout?: number }) => FayeClient };
  export default faye;
}
