/** Where Redis is. Exactly one of `url`, `clusterNodes` and `sentinels` is set. */
export interface RedisTopology {
  /** `redis://` or `rediss://` address of one node. */
  readonly url?: string | undefined;
  readonly clusterNodes?: readonly RedisAddress[] | undefined;
  readonly sentinels?: readonly RedisAddress[] | undefined;
  /** The name of the master that the Sentinels watch. */
  readonly sentinelName?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Of the Sentinels themselves, where they want one. */
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  /** TLS to Cluster nodes, to Sentinels and to what they watch; a `rediss://` URL says it itself. */
  readonly tls?: boolean | undefined;
  /** How TLS is done, where it is done. */
  readonly tlsOptions?: RedisTls | undefined;
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** What both ends of a TLS connection show each other; PEM texts. */
export interface RedisTls {
  /** Authorities whose certificates are believed; those that Node comes with by default. */
  readonly ca?: string | undefined;
  /** The name that certificates must be for; by default the name or address that was connected to. */
  readonly serverName?: string | undefined;
  /** Our own certificate and its key, for servers that ask for one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}
