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
  readonly tls?: boolean | undefined;
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}
