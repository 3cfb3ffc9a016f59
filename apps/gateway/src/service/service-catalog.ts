import { DomainError } from '@app/domain';
import type { ServiceDefinition } from '@app/config';
import type { ChatServerFacade } from '@app/wire';

/** The service definitions by every name that they answer to. */
export class ServiceCatalog {
  private byName = new Map<string, ServiceDefinition>();
  private readonly facades = new Map<string, ChatServerFacade>();

  constructor(definitions: readonly ServiceDefinition[]) {
    this.replace(definitions);
  }

  /** Takes other definitions, for new services and for what running ones read at every request. */
  replace(definitions: readonly ServiceDefinition[]): void {
    const byName = new Map<string, ServiceDefinition>();
    for (const definition of definitions) {
      for (const name of [definition.name, ...definition.aliases]) byName.set(name, definition);
    }
    this.byName = byName;
    this.facades.clear();
  }

  /** Every definition once. */
  all(): readonly ServiceDefinition[] {
    return [...new Set(this.byName.values())];
  }

  /** @throws DomainError SERVICE_NAME_UNKNOWN */
  named(name: string): ServiceDefinition {
    const definition = this.byName.get(name);
    if (definition !== undefined) return definition;
    throw new DomainError('SERVICE_NAME_UNKNOWN', 'no service of this name is configured');
  }

  /** The definition of a running service; it may have left the configuration since. */
  find(name: string): ServiceDefinition | undefined {
    return this.byName.get(name);
  }

  /** What the verbose fields show of a chat server. */
  facade(name: string): ChatServerFacade {
    let facade = this.facades.get(name);
    if (facade === undefined) {
      const options = this.byName.get(name)?.options;
      facade = {
        chatServerHost: options?.chatServerHost ?? 'localhost',
        chatWebApiPort: options?.chatWebApiPort ?? '',
        chatServerLoadBalancerAlias: options?.chatServerLoadBalancerAlias ?? '',
        isTlsRequired: options?.isTlsRequired ?? false,
        timeZoneOffsetMin: options?.clientTimeZoneOffsetMin ?? 0,
      };
      this.facades.set(name, facade);
    }
    return facade;
  }
}
